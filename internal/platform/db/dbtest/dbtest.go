package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xinqiao/internal/platform/db"
	"xinqiao/migrations"
)

// Each runs a test on both databases, as subtests "sqlite" and "postgres".
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// SQLite opens a migrated database in a temporary file.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	template, err := liteTemplate()
	if err != nil {
		t.Fatal("dbtest: ", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal("dbtest: ", err)
	}
	return open(t, path)
}

// Postgres opens a migrated database of its own on the test server.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	template, err := pgTemplate()
	if err != nil {
		t.Fatal("dbtest: ", err)
	}
	return open(t, pgDatabase(t, template))
}

// Empty opens a database without any schema, "sqlite" or "postgres".
func Empty(t testing.TB, dialect string) *db.DB {
	t.Helper()
	if dialect == "sqlite" {
		return open(t, filepath.Join(t.TempDir(), "empty.db"))
	}
	return open(t, pgDatabase(t, "template0"))
}

// Again opens the database of d a second time, as another process would.
func Again(t testing.TB, d *db.DB) *db.DB {
	t.Helper()
	return open(t, URL(d))
}

var urls sync.Map // *db.DB → what it was opened with

// URL is what a database of this package was opened with.
func URL(d *db.DB) string {
	u, _ := urls.Load(d)
	s, _ := u.(string)
	return s
}

// Indexed fails the test when the plan of a query reads a whole table.
func Indexed(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	plan, err := d.Explain(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(plan, "\n") {
		line = strings.TrimSpace(line)
		whole := strings.HasPrefix(line, "SCAN ") && !strings.Contains(line, " USING ") &&
			!strings.Contains(line, "CONSTANT ROW") && !strings.Contains(line, "VIRTUAL TABLE")
		if whole || strings.Contains(line, "Seq Scan on") {
			t.Errorf("the query reads a whole table: %s\n%s", query, plan)
			return
		}
	}
}

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal("dbtest: ", err)
	}
	urls.Store(d, url)
	t.Cleanup(func() {
		d.Close()
		urls.Delete(d)
	})
	return d
}

// liteTemplate migrates a file once a process and keeps its bytes.
var liteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "xqlite")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrate(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Migrate(ctx, migrations.Files)
	return err
}

// running keeps the server's pipe from being collected, and so closed.
var running *Server

// server is the one server of this process; it dies with the process.
var server = sync.OnceValues(func() (string, error) {
	if url := os.Getenv("XINQIAO_TEST_PG"); url != "" {
		return url, nil
	}
	var err error
	if running, err = Start(); err != nil {
		return "", err
	}
	return running.URL, nil
})

// pgTemplate migrates one database on the server, to be copied by every test.
// Its name tells the migrations, so that processes can share it.
var pgTemplate = sync.OnceValues(func() (string, error) {
	base, err := server()
	if err != nil {
		return "", err
	}
	name, err := templateName()
	if err != nil {
		return "", err
	}
	err = withAdmin(base, func(ctx context.Context, admin *pgx.Conn) error {
		if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock(4201)"); err != nil {
			return err
		}
		var exists bool
		err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
		if err != nil || exists {
			return err
		}
		building := name + "_building"
		if _, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+building+" WITH (FORCE)"); err != nil {
			return err
		}
		if _, err := admin.Exec(ctx, "CREATE DATABASE "+building+" TEMPLATE template0"); err != nil {
			return err
		}
		if err := migrate(databaseURL(base, building)); err != nil {
			return err
		}
		return retryInUse(func() error {
			_, err := admin.Exec(ctx, "ALTER DATABASE "+building+" RENAME TO "+name)
			return err
		})
	})
	return name, err
})

func templateName() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations.Files, "postgres", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.Files, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
	return "xq_template_" + hex.EncodeToString(hash.Sum(nil)[:8]), err
}

// pgDatabase creates a database for one test and drops it afterwards.
func pgDatabase(t testing.TB, template string) string {
	t.Helper()
	base, err := server()
	if err != nil {
		t.Fatal("dbtest: ", err)
	}
	name := "xq_" + strings.ToLower(rand.Text())
	err = withAdmin(base, func(ctx context.Context, admin *pgx.Conn) error {
		return retryInUse(func() error {
			_, err := admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
			return err
		})
	})
	if err != nil {
		t.Fatal("dbtest: create database: ", err)
	}
	t.Cleanup(func() {
		err := withAdmin(base, func(ctx context.Context, admin *pgx.Conn) error {
			_, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			return err
		})
		if err != nil {
			t.Error("dbtest: drop database: ", err)
		}
	})
	return databaseURL(base, name)
}

func withAdmin(base string, use func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	admin, err := pgx.Connect(ctx, base)
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close(ctx) }()
	return use(ctx, admin)
}

// retryInUse tries again while another test copies the same template.
func retryInUse(do func() error) error {
	for range 100 {
		err := do()
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "55006" {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return do()
}

func databaseURL(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	u.Path = "/" + name
	return u.String()
}
