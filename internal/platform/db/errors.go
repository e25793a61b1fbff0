package db

import (
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What callers compare with errors.Is.
var (
	// ErrNoRows: the query that should give a row gave none.
	ErrNoRows = errors.New("db: no rows")
	// ErrStale: an expected count of a batch was not met; nothing was written.
	ErrStale = errors.New("db: changed by somebody else meanwhile")
	// ErrNested: a unit of work tried to start another.
	ErrNested = errors.New("db: a unit of work cannot start another")
	// ErrNewerSchema: the database was migrated by a newer program.
	ErrNewerSchema = errors.New("db: the database belongs to a newer version of the program")
	// ErrClosed: the database was closed.
	ErrClosed = errors.New("db: closed")

	errLost     = errors.New("db: an earlier statement of this unit of work failed")
	errRowsOpen = errors.New("db: close the rows before the next statement of a unit of work")
)

// IsUnique tells whether a unique or primary key was violated.
func IsUnique(err error) bool {
	return pgCode(err) == "23505" ||
		liteCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID)
}

// IsUniqueOn tells whether the uniqueness of these columns was violated, given
// as "table.column" or "table.first,second" in the order of the index.
func IsUniqueOn(err error, columns string) bool {
	if !IsUnique(err) {
		return false
	}
	table, list, _ := strings.Cut(columns, ".")
	want := strings.Split(strings.ReplaceAll(list, " ", ""), ",")
	return uniqueTable(err) == table && strings.Join(uniqueColumns(err), ",") == strings.Join(want, ",")
}

var keyColumns = regexp.MustCompile(`\(([^()]*)\)=\(`)

func uniqueTable(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.TableName
	}
	table, _, _ := strings.Cut(liteKey(err), ".")
	return table
}

func uniqueColumns(err error) []string {
	var names []string
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		if m := keyColumns.FindStringSubmatch(pg.Detail); m != nil {
			names = strings.Split(m[1], ", ")
		}
		return names
	}
	for _, part := range strings.Split(liteKey(err), ", ") {
		_, column, _ := strings.Cut(part, ".")
		names = append(names, column)
	}
	return names
}

// liteKey cuts "case_file.no, case_file.year" out of SQLite's message.
func liteKey(err error) string {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return ""
	}
	_, key, _ := strings.Cut(e.Error(), "UNIQUE constraint failed: ")
	key, _, _ = strings.Cut(key, " (")
	return key
}

// IsForeign tells whether a reference points nowhere.
func IsForeign(err error) bool {
	return pgCode(err) == "23503" || liteCode(err, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY)
}

// IsCheck tells whether a CHECK or NOT NULL was violated.
func IsCheck(err error) bool {
	code := pgCode(err)
	return code == "23514" || code == "23502" ||
		liteCode(err, sqlite3.SQLITE_CONSTRAINT_CHECK, sqlite3.SQLITE_CONSTRAINT_NOTNULL)
}

// IsBusy tells whether the unit lost against others and may simply be tried
// again: lock timeouts, deadlocks, serialization failures.
func IsBusy(err error) bool {
	switch pgCode(err) {
	case "40001", "40P01", "55P03":
		return true
	}
	return litePrimary(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
}

// IsUnavailable tells whether the database cannot serve now: gone, shutting
// down, full, read-only, its disk failing. Later it may.
func IsUnavailable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if errors.Is(err, ErrClosed) || isConnection(err) {
		return true
	}
	switch code := pgCode(err); {
	case strings.HasPrefix(code, "53"), code == "25006", code == "58030":
		return true
	}
	return litePrimary(err, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
}

// isConnection tells whether PostgreSQL itself is out of reach.
func isConnection(err error) bool {
	switch code := pgCode(err); {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"):
		return true
	case code != "":
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

func isSerialization(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01"
}

func pgCode(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

func liteCode(err error, codes ...int) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	for _, c := range codes {
		if e.Code() == c {
			return true
		}
	}
	return false
}

func litePrimary(err error, codes ...int) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	for _, c := range codes {
		if e.Code()&0xff == c {
			return true
		}
	}
	return false
}
