package db_test

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/migrations"
)

var fileName = regexp.MustCompile(`^\d{4}_[a-z]+(_[a-z0-9]+)+\.sql$`)

func TestSameFilesForBothDatabases(t *testing.T) {
	lite, pg := migrationFiles(t, "sqlite"), migrationFiles(t, "postgres")
	if !slices.Equal(lite, pg) {
		t.Errorf("sqlite has %v\npostgres has %v", lite, pg)
	}
	for _, name := range append(lite, pg...) {
		if !fileName.MatchString(name) {
			t.Errorf("%s is not called NNNN_capability_what.sql", name)
		}
	}
}

func migrationFiles(t *testing.T, dialect string) []string {
	t.Helper()
	entries, err := fs.ReadDir(migrations.Files, dialect)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestSameSchemaInBothDatabases compares tables, and columns with their order
// and nullability, after all migrations.
func TestSameSchemaInBothDatabases(t *testing.T) {
	lite := liteSchema(t, dbtest.SQLite(t))
	pg := pgSchema(t, dbtest.Postgres(t))
	for _, table := range slices.Sorted(maps.Keys(merged(lite, pg))) {
		a, b := lite[table], pg[table]
		switch {
		case a == nil:
			t.Errorf("table %s is missing on SQLite", table)
		case b == nil:
			t.Errorf("table %s is missing on PostgreSQL", table)
		case !slices.Equal(a, b):
			t.Errorf("table %s differs:\n%s", table, difference(a, b))
		}
	}
}

func merged(a, b map[string][]string) map[string][]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func difference(a, b []string) string {
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		left, right := "–", "–"
		if i < len(a) {
			left = a[i]
		}
		if i < len(b) {
			right = b[i]
		}
		if left != right {
			fmt.Fprintf(&out, "  column %d: SQLite %s, PostgreSQL %s\n", i+1, left, right)
		}
	}
	return out.String()
}

type column struct{ table, text string }

func collect(t *testing.T, d *db.DB, query string) map[string][]string {
	t.Helper()
	columns, err := db.List(t.Context(), d.Read(), func(r db.Rows) (c column, err error) {
		var name string
		var required bool
		err = r.Scan(&c.table, &name, &required)
		c.text = name + map[bool]string{true: " NOT NULL", false: " NULL"}[required]
		return c, err
	}, query)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]string{}
	for _, c := range columns {
		tables[c.table] = append(tables[c.table], c.text)
	}
	return tables
}

// liteSchema leaves out the shadow tables behind full-text tables, and takes
// the columns of a full-text table as they are.
func liteSchema(t *testing.T, d *db.DB) map[string][]string {
	return collect(t, d, `SELECT m.name, c.name, (c."notnull" = 1 OR c.pk > 0)
		FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%'
			AND NOT EXISTS (SELECT 1 FROM sqlite_master v WHERE v.sql LIKE 'CREATE VIRTUAL%'
				AND (m.name = v.name OR m.name LIKE v.name || '\_%' ESCAPE '\'))
		ORDER BY m.name, c.cid`)
}

// pgSchema leaves out search tables, which are virtual on SQLite, and
// partitions.
func pgSchema(t *testing.T, d *db.DB) map[string][]string {
	return collect(t, d, `SELECT c.relname::text, a.attname::text, a.attnotnull
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			AND a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE 'goose%'
			AND NOT EXISTS (SELECT 1 FROM pg_attribute v WHERE v.attrelid = c.oid AND v.atttypid = 'tsvector'::regtype)
		ORDER BY c.relname, a.attnum`)
}

// TestSameSearchTables compares the names of the full-text tables.
func TestSameSearchTables(t *testing.T) {
	names := func(d *db.DB, query string) []string {
		list, err := db.List(t.Context(), d.Read(), db.Value[string], query)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	lite := names(dbtest.SQLite(t), "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY name")
	pg := names(dbtest.Postgres(t), `SELECT DISTINCT attrelid::regclass::text FROM pg_attribute
		WHERE atttypid = 'tsvector'::regtype AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')) ORDER BY 1`)
	if !slices.Equal(lite, pg) {
		t.Errorf("SQLite has %v, PostgreSQL has %v", lite, pg)
	}
}
