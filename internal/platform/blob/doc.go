// Package blob keeps uploaded files on disk, outside anything that a web server
// could serve by itself, under random names that tell nothing. A file is
// streamed with a size limit, hashed, recognised by its content against a short
// list of harmless types, sealed with a key of its own, synced, and only then
// moved into place: what Put has acknowledged survives a crash, what it refused
// leaves nothing behind.
package blob
