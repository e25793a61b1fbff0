// Package dbtest gives tests a real database: SQLite in a temporary file and
// PostgreSQL from a throwaway server, each migrated and empty. There is no
// imitation of a database, and a missing PostgreSQL fails the test instead of
// skipping it.
//
// The server is the one that XINQIAO_TEST_PG names (a postgres:// URL of a
// superuser), or else one that the test process starts from the binaries in
// /usr/lib/postgresql and that dies with it. To share one among many packages:
//
//	go run ./internal/platform/db/dbtest/pgtmp -- go test ./...
package dbtest
