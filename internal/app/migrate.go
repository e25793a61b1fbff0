package app

import (
	"context"
	"path"
	"strings"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/logx"
	"xinqiao/migrations"
)

// openDB opens the database alone, for commands about its schema.
func openDB(ctx context.Context, c Config) (*db.DB, error) {
	url, err := c.DatabaseURL()
	if err != nil {
		return nil, err
	}
	return db.Open(ctx, url, db.Options{Logger: logx.New(c.Err, c.LogFormat, c.LogLevel)})
}

// Migrate applies the steps of the schema that are missing and gives them.
func Migrate(ctx context.Context, c Config) ([]Migration, error) {
	d, err := openDB(ctx, c)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	before, err := schema(ctx, d)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, d); err != nil {
		return nil, err
	}
	after, err := schema(ctx, d)
	var applied []Migration
	for i, m := range after {
		if m.Applied && (i >= len(before) || !before[i].Applied) {
			applied = append(applied, m)
		}
	}
	return applied, err
}

// MigrateStatus lists the steps of the schema and which are applied.
func MigrateStatus(ctx context.Context, c Config) ([]Migration, error) {
	d, err := openDB(ctx, c)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return schema(ctx, d)
}

func schema(ctx context.Context, d *db.DB) ([]Migration, error) {
	list, err := d.Migrations(ctx, migrations.Files)
	out := make([]Migration, len(list))
	for i, m := range list {
		name := strings.TrimSuffix(path.Base(m.File), ".sql")
		_, name, _ = strings.Cut(name, "_")
		out[i] = Migration{Number: m.Version, Name: name, Applied: !m.AppliedAt.IsZero(), AppliedAt: m.AppliedAt}
	}
	return out, err
}
