// Package migrations holds the schema, a folder per database with the same
// numbers in both: NNNN_capability_what.sql, in goose's format. Columns stand
// in the same order in both; a test compares the databases that they make.
package migrations

import "embed"

// Files are the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
