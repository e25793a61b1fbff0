package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// lite is a SQLite file: one writer and some read-only connections.
type lite struct {
	writerDB *sql.DB
	writer   *liteWriter
	readerDB *sql.DB
	readers  *liteReaders
}

// Both kinds of connection: the write-ahead log lets readers and the writer
// work at once; FULL syncs it at every commit, so that acknowledged is on disk.
// A larger log between checkpoints (16 MB) trades disk for steadier commits.
var (
	litePragmas = []string{
		"busy_timeout(5000)", "foreign_keys(1)", "synchronous(FULL)", "temp_store(MEMORY)", "trusted_schema(0)",
	}
	liteWriterPragmas = []string{"journal_mode(WAL)", "wal_autocheckpoint(4000)", "cache_size(-24000)"}
	liteReaderPragmas = []string{"query_only(1)", "cache_size(-6000)"}
)

func openLite(ctx context.Context, path string, o Options) (*lite, error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New("SQLite needs the path of a file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	l := &lite{}
	var err error
	if l.writerDB, err = sql.Open("sqlite", liteURL(path, "rwc", "immediate", liteWriterPragmas)); err != nil {
		return nil, err
	}
	l.writerDB.SetMaxOpenConns(1)
	l.writerDB.SetConnMaxLifetime(0)
	// The writer creates the file and its journal mode before anyone reads.
	if err := l.writerDB.PingContext(ctx); err != nil {
		_ = l.writerDB.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if l.readerDB, err = sql.Open("sqlite", liteURL(path, "ro", "deferred", liteReaderPragmas)); err != nil {
		_ = l.writerDB.Close()
		return nil, err
	}
	l.readers = newLiteReaders(l.readerDB, cmp.Or(o.ReadConns, 4))
	l.writer = newLiteWriter(l.writerDB, o.Logger)
	return l, nil
}

func liteURL(path, mode, lock string, extra []string) string {
	v := url.Values{"mode": {mode}, "_txlock": {lock}}
	v["_pragma"] = append(append([]string{}, litePragmas...), extra...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func (l *lite) close() {
	l.writer.close()
	l.readers.close()
	_ = l.readerDB.Close()
	_ = l.writerDB.Close()
}

func (l *lite) reader() Queryer { return l.readers }

func (l *lite) stats() Stats {
	s := l.writer.stats()
	s.Reads, s.ReadsMax = l.readers.inUse(), l.readers.max
	return s
}

func (l *lite) inTx(ctx context.Context, fn func(context.Context, Tx) error) ([]string, error) {
	return l.writer.run(ctx, fn)
}

func (l *lite) send(ctx context.Context, b *Batch) error {
	_, err := l.writer.run(ctx, func(ctx context.Context, tx Tx) error { return tx.Send(ctx, b) })
	return err
}
