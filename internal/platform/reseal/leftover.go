package reseal

import (
	"context"
	"fmt"
	"strings"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
)

// Leftover looks through every column of every table for what a key sealed,
// listed in a part or not, and names the columns. It is the last look before a
// key is destroyed: what it finds would be lost.
func Leftover(ctx context.Context, d *db.DB, keyID int) ([]string, error) {
	all, err := columnsOf(ctx, d)
	if err != nil {
		return nil, err
	}
	head, mark := seal.HeadOf(keyID)
	var found []string
	for _, c := range all {
		where, arg := fmt.Sprintf(`length("%s") > %d AND substr("%s", 1, 3) = $1`, c.name, seal.Overhead, c.name), any(head)
		if c.text {
			where, arg = fmt.Sprintf(`substr("%s", 1, 8) = $1`, c.name), mark
		}
		n, err := db.One(ctx, d.Read(), db.Value[int64], `SELECT count(*) FROM "`+c.table+`" WHERE `+where, arg)
		if err != nil {
			return nil, fmt.Errorf("looking through %s.%s: %w", c.table, c.name, err)
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%s.%s: %d", c.table, c.name, n))
		}
	}
	return found, nil
}

type columnOf struct {
	table, name string
	text        bool
}

// columnsOf lists the columns that can hold sealed values.
func columnsOf(ctx context.Context, d *db.DB) ([]columnOf, error) {
	query := `SELECT table_name, column_name, data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND data_type IN ('bytea', 'text') ORDER BY table_name, column_name`
	if d.Dialect().Name() == "sqlite" {
		query = `SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND m.name NOT LIKE 'case_search_%'
			AND upper(p.type) IN ('BLOB', 'TEXT') ORDER BY m.name, p.name`
	}
	return db.List(ctx, d.Read(), func(r db.Rows) (c columnOf, err error) {
		var kind string
		err = r.Scan(&c.table, &c.name, &kind)
		c.text = strings.EqualFold(kind, "text")
		return c, err
	}, query)
}
