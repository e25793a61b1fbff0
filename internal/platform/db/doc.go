// Package db is the one seam between the program and its database: the same
// query text runs on SQLite (a single file, the default) and on PostgreSQL.
//
// # Rules for query text
//
//   - Placeholders are $1, $2 …; they may repeat and come in any order.
//   - Ids are BIGINT made by the program, so that a unit of work is one Batch.
//   - Points in time are Time (BIGINT microseconds, UTC); a time.Time argument
//     is refused, because SQLite would store it as text with its zone.
//   - JSON columns take and give JSON.
//   - Divide with a float (1.0*a/b), compare LIKE on folded text, page by key
//     ((a, b) < ($1, $2)): the databases differ silently otherwise. The list
//     of such traps is pinned by dbtest.Exercise.
//   - What cannot be said alike in both is a named function of Dialect.
//
// # Units of work
//
// InTx and Send are atomic and durable when they return nil. On PostgreSQL a
// unit is a transaction. On SQLite the one writer joins up to 64 waiting units
// in one commit, each with a savepoint of its own, and answers nobody before
// the commit is on disk.
//
// A unit may be run again after a serialization failure or a lost connection,
// so its function must change nothing but the database. It must not start
// another unit, and it must not wait for people or networks: on SQLite every
// writer waits with it.
//
// After any statement has failed the unit is lost, on both databases: use
// ON CONFLICT and affected counts instead of catching constraint errors half
// way.
package db
