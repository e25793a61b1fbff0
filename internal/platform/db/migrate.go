package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// Migration tells of one step of the schema.
type Migration struct {
	Version   int64
	File      string
	AppliedAt time.Time // zero when pending
}

// Migrate brings the schema up to date with the files of the dialect's folder
// in files. Several processes may call it at once. A database that a newer
// program has migrated is refused with ErrNewerSchema and left alone.
func (d *DB) Migrate(ctx context.Context, files fs.FS) (applied []string, err error) {
	err = d.withGoose(ctx, files, func(p *goose.Provider) error {
		have, want, err := p.GetVersions(ctx)
		if err != nil {
			return err
		}
		if have > want {
			return fmt.Errorf("%w: schema %d, program %d; run the newer program or restore a backup", ErrNewerSchema, have, want)
		}
		results, err := p.Up(ctx)
		for _, r := range results {
			applied = append(applied, r.Source.Path)
		}
		return err
	})
	if err != nil {
		return applied, fmt.Errorf("migrate: %w", err)
	}
	return applied, nil
}

// Migrations lists the steps of files and which of them the database has.
func (d *DB) Migrations(ctx context.Context, files fs.FS) (list []Migration, err error) {
	err = d.withGoose(ctx, files, func(p *goose.Provider) error {
		status, err := p.Status(ctx)
		for _, s := range status {
			list = append(list, Migration{s.Source.Version, s.Source.Path, s.AppliedAt})
		}
		return err
	})
	return list, err
}

func (d *DB) withGoose(ctx context.Context, files fs.FS, use func(*goose.Provider) error) (err error) {
	folder, err := fs.Sub(files, d.dialect.Name())
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	pool, handle := d.Handles()
	dialect := goose.DialectSQLite3
	if pool != nil {
		dialect = goose.DialectPostgres
		handle = stdlib.OpenDBFromPool(pool)
		defer func() { err = errors.Join(err, handle.Close()) }()
		options = append(options, goose.WithSessionLocker(advisoryLock{}))
	}
	p, err := goose.NewProvider(dialect, handle, folder, options...)
	if err != nil {
		return err
	}
	return use(p)
}

// Handles gives the driver's own handle of the writing side: a pool on
// PostgreSQL, on SQLite a database/sql pool of the one writing connection,
// which is shared with the units of work. It exists for migrations and for
// platform/jobs.
func (d *DB) Handles() (*pgxpool.Pool, *sql.DB) {
	switch e := d.engine.(type) {
	case *postgres:
		return e.writes, nil
	case *lite:
		return nil, e.writerDB
	}
	return nil, nil
}

// advisoryLock lets one process at a time migrate a PostgreSQL database. It
// asks often: the library's own waits five seconds between two tries.
type advisoryLock struct{}

const advisoryKey = 0x58696e5169616f // "XinQiao"

// SessionLock implements goose's lock.SessionLocker.
func (advisoryLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	for {
		var got bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", int64(advisoryKey)).Scan(&got); err != nil {
			return fmt.Errorf("lock the schema: %w", err)
		}
		if got {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// SessionUnlock implements goose's lock.SessionLocker.
func (advisoryLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(advisoryKey))
	return err
}
