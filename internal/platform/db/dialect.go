package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Dialect holds, by name, the few things that the databases say differently.
type Dialect struct{ postgres bool }

// Name is "postgres" or "sqlite", the folder of the migrations.
func (d Dialect) Name() string {
	if d.postgres {
		return "postgres"
	}
	return "sqlite"
}

// SkipLocked ends a SELECT that takes rows of a queue: processes on PostgreSQL
// share the queue, SQLite has only one writer and needs no lock.
func (d Dialect) SkipLocked() string {
	if d.postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ForUpdate ends a SELECT of a row that the same unit of work will change.
func (d Dialect) ForUpdate() string {
	if d.postgres {
		return " FOR UPDATE"
	}
	return ""
}

// SearchMatch is a condition: the search column (an FTS5 column on SQLite, a
// tsvector on PostgreSQL) holds all words of the argument, which SearchWords
// has made.
func (d Dialect) SearchMatch(column string, arg int) string {
	if d.postgres {
		return column + " @@ plainto_tsquery('simple', $" + strconv.Itoa(arg) + ")"
	}
	return column + " MATCH $" + strconv.Itoa(arg)
}

// SearchWords makes the argument of SearchMatch. Signs inside a word split it,
// since the databases would cut there differently.
func (d Dialect) SearchWords(words []string) string {
	parts := strings.FieldsFunc(strings.Join(words, " "), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if d.postgres {
		return strings.Join(parts, " ")
	}
	for i, p := range parts {
		parts[i] = `"` + p + `"`
	}
	return strings.Join(parts, " ")
}

// SearchStore is the expression that writes the words of a text, an argument
// of words separated by spaces, into a search column.
func (d Dialect) SearchStore(arg int) string {
	if d.postgres {
		return "to_tsvector('simple', $" + strconv.Itoa(arg) + ")"
	}
	return "$" + strconv.Itoa(arg)
}

// SearchStreams tells whether the word index gives its hits newest first, one
// by one, so that a common word costs no more than the page that it fills.
func (d Dialect) SearchStreams() bool { return !d.postgres }

// Explain gives the plan of a query as text, a step a line. On PostgreSQL
// sequential scans are discouraged, so that one shows only where no index fits.
func (d *DB) Explain(ctx context.Context, query string, args ...any) (string, error) {
	var lines []string
	err := d.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if d.dialect.postgres {
			if _, err = tx.Exec(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
			lines, err = List(ctx, tx, Value[string], "EXPLAIN "+query, args...)
			return err
		}
		lines, err = List(ctx, tx, func(r Rows) (string, error) {
			var id, parent, unused int64
			var detail string
			err := r.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+query, args...)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("explain: %w", err)
	}
	return strings.Join(lines, "\n"), nil
}
