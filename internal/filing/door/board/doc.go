// Package board is the door for message boards (留言板) and other hotlines: it
// takes files that an administrator brings, and reads a feed that another
// system offers. Every row becomes an arrival under the source's own number, so
// the same file or page read again registers nothing twice.
//
// Which column holds what is said once a source and kept with the door. A file
// is shown before it is taken, can be tried without taking anything, and goes
// on where it was after a crash. Rows that cannot be read are listed with the
// line, the field and the reason, never with what they say.
package board
