package db_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/migrations"
)

func steps(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range names {
		table := strings.TrimSuffix(name[5:], ".sql")
		for _, dialect := range []string{"sqlite", "postgres"} {
			files[dialect+"/"+name] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE " + table + " (id BIGINT);\n-- +goose Down\nDROP TABLE " + table + ";\n")}
		}
	}
	return files
}

func TestMigrateForwardOnly(t *testing.T) {
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			d := dbtest.Empty(t, dialect)
			older, newer := steps("0001_one.sql"), steps("0001_one.sql", "0002_two.sql")
			if done, err := d.Migrate(t.Context(), older); err != nil || len(done) != 1 {
				t.Fatal(done, err)
			}
			list, err := d.Migrations(t.Context(), newer)
			if err != nil || len(list) != 2 || list[0].AppliedAt.IsZero() || !list[1].AppliedAt.IsZero() {
				t.Errorf("status %v, %v", list, err)
			}
			if done, err := d.Migrate(t.Context(), newer); err != nil || len(done) != 1 {
				t.Error(done, err)
			}
			if done, err := d.Migrate(t.Context(), newer); err != nil || len(done) != 0 {
				t.Error(done, err)
			}
			if _, err := d.Migrate(t.Context(), older); !errors.Is(err, db.ErrNewerSchema) {
				t.Errorf("an older program migrated: %v", err)
			}
		})
	}
}

func TestProcessesMigrateOneAfterAnother(t *testing.T) {
	d := dbtest.Empty(t, "postgres")
	var wg sync.WaitGroup
	for range 4 {
		other := dbtest.Again(t, d)
		wg.Go(func() {
			if _, err := other.Migrate(t.Context(), migrations.Files); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
