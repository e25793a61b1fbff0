// Package apptest starts the real thing for tests: the whole application on a
// port of its own, with a small city, on either database, under a clock that
// stands still until a request moves it.
package apptest

import (
	"bytes"
	"context"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db/dbtest"
)

// Monday is when every house opens: 9 o'clock in Beijing on 2 March 2026.
var Monday = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Kinds are the databases that the application runs on.
var Kinds = []string{"sqlite", "postgres"}

// House is a running application and what a test needs of it.
type House struct {
	*app.App
	City
	URL   string
	Clock *clock.Manual
	Log   *Log

	t     testing.TB
	mu    sync.Mutex
	staff map[string]int64 // login → id
}

// Option changes the configuration of a house before it opens.
type Option func(*app.Config)

// Each runs a test in a house on each database.
func Each(t *testing.T, fn func(t *testing.T, h *House), options ...Option) {
	t.Helper()
	for _, kind := range Kinds {
		t.Run(kind, func(t *testing.T) { fn(t, Start(t, kind, options...)) })
	}
}

// Start opens a house on "sqlite" or "postgres". It closes with the test.
func Start(t testing.TB, kind string, options ...Option) *House {
	t.Helper()
	h := &House{t: t, Clock: clock.At(Monday), Log: &Log{}, staff: map[string]int64{}}
	var c app.Config
	c.Data, c.Database = t.TempDir(), database(t, kind)
	c.Listen, c.PublicURL = "127.0.0.1:0", ""
	c.UploadLimit, c.CityCode, c.CityNameZH, c.CityNameEN = 1<<20, "MC", "名川市", "Mingchuan"
	c.LogLevel, c.LogFormat = "debug", "json"
	c.Version, c.Demo, c.Out, c.Err = "test", true, h.Log, h.Log
	for _, o := range options {
		o(&c)
	}
	a, err := app.OpenAt(t.Context(), c, h.Clock)
	if err != nil {
		t.Fatal("apptest: ", err)
	}
	h.App = a
	t.Cleanup(a.Close)
	h.found()
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	h.URL = server.URL
	return h
}

// database gives the address of a migrated database that nobody has open.
func database(t testing.TB, kind string) string {
	t.Helper()
	open := dbtest.SQLite
	if kind == "postgres" {
		open = dbtest.Postgres
	}
	d := open(t)
	url := dbtest.URL(d)
	d.Close()
	return url
}

// Drain delivers every event to its subscribers: index, figures, messages.
func (h *House) Drain() {
	h.t.Helper()
	if err := h.Jobs.Drain(context.WithoutCancel(h.t.Context())); err != nil {
		h.t.Fatal("apptest: ", err)
	}
}

// Log keeps what the application tells its operators.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String gives everything so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Files reads everything that the house keeps on disk: of SQLite also the
// database, for those who look for what must not be there.
func (h *House) Files() map[string][]byte {
	h.t.Helper()
	files := map[string][]byte{}
	dirs := []string{h.Config.Data}
	if !strings.Contains(h.Config.Database, "://") {
		dirs = append(dirs, filepath.Dir(h.Config.Database))
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files[path], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			h.t.Fatal("apptest: ", err)
		}
	}
	return files
}
