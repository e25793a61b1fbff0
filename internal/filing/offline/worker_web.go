package offline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"sync"
	"time"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

var (
	errNoIcon = fault.New(fault.NotFound, "web.no_page")
	errShell  = fault.New(fault.Unavailable, "offline.not_now")
)

// assets are what the shells are drawn with.
var assets = []string{"public.js", "outbox.js", "style.css", "icons.svg"}

// fresh is how long a build is told without looking at the shells again. They
// change with the program, and when a unit does.
const fresh = 10 * time.Second

// worker serves the script of the service worker. Its first line is the build:
// a hash over everything that a device keeps. So a device that sees another
// build keeps all of it anew, and one that sees the same build does nothing.
type worker struct {
	shells []string
	whole  http.Handler
	clock  clock.Clock

	mu   sync.Mutex
	body []byte
	at   time.Time
}

type build struct {
	Version string   `json:"version"`
	Assets  []string `json:"assets"`
	Shells  []string `json:"shells"`
}

func (k *worker) get(w http.ResponseWriter, r *http.Request) error {
	body, err := k.script(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(body)
	return err
}

func (k *worker) script(r *http.Request) ([]byte, error) {
	script, err := fs.ReadFile(ui.Dist(), path.Base(ui.Asset("sw.js")))
	if err != nil {
		return nil, errNoIcon.Because(err) // not built: there is no worker
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.body != nil && k.clock.Now().Sub(k.at) < fresh {
		return k.body, nil
	}
	b := build{Shells: k.shells}
	hash := sha256.New()
	hash.Write(script)
	for _, name := range assets {
		if at := ui.Asset(name); at != "" {
			b.Assets = append(b.Assets, at)
			hash.Write([]byte(at))
		}
	}
	for _, lang := range []string{i18n.ZH, i18n.EN} {
		for _, shell := range k.shells {
			page, err := k.draw(r.Context(), shell, lang)
			if err != nil {
				return nil, err
			}
			hash.Write(page)
		}
	}
	b.Version = hex.EncodeToString(hash.Sum(nil))[:12]
	line, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	k.body = slices.Concat([]byte("self.xinqiao="), line, []byte(";\nimportScripts(\"/push-worker.js\");\n"), script)
	k.at = k.clock.Now()
	return k.body, nil
}

// draw gives a shell as a device gets it.
func (k *worker) draw(ctx context.Context, shell, lang string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, shell, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Language", lang)
	var out kept
	k.whole.ServeHTTP(&out, r)
	if out.status != http.StatusOK {
		return nil, errShell
	}
	return out.body.Bytes(), nil
}

// kept is a response in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header {
	if k.header == nil {
		k.header = http.Header{}
	}
	return k.header
}
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
func (k *kept) WriteHeader(status int)      { k.status = status }
