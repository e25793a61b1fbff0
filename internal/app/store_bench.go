package app

import (
	"context"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"xinqiao/internal/platform/db"
)

// config points to a store of the benchmark's own: a file, or a database that
// is created when missing.
func (b *benchRun) config(ctx context.Context, database, name string) (Config, error) {
	c := b.Config
	c.DatabaseFile = ""
	c.Database = filepath.Join(c.Data, "bench-"+name+".db")
	if err := os.MkdirAll(c.Data, 0o750); err != nil || database == "sqlite" {
		return c, err
	}
	u, err := url.Parse(b.o.Postgres)
	if err != nil {
		return c, err
	}
	admin, err := pgx.Connect(ctx, b.o.Postgres)
	if err != nil {
		return c, err
	}
	defer admin.Close(ctx)
	u.Path = "/xqbench_" + name
	c.Database = u.String()
	var there bool
	err = admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", u.Path[1:]).Scan(&there)
	if err == nil && !there {
		_, err = admin.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{u.Path[1:]}.Sanitize())
	}
	return c, err
}

// drop removes a store, for measurements that need an empty one.
func (b *benchRun) drop(ctx context.Context, database, name string) error {
	if database == "sqlite" {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(filepath.Join(b.Data, "bench-"+name+".db"+suffix))
		}
		return nil
	}
	admin, err := pgx.Connect(ctx, b.o.Postgres)
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	_, err = admin.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{"xqbench_" + name}.Sanitize())
	return err
}

// cases counts what a store holds.
func (s *benchStore) cases(ctx context.Context) (int, error) {
	n, err := db.One(ctx, s.DB.Read(), db.Value[int64], `SELECT count(*) FROM case_file`)
	return int(n), err
}
