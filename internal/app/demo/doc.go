// Package demo writes the life of Mingchuan (名川市), an invented city, as a
// script: its units, staff, duty list and the cases of eighteen months, each
// with every step that somebody took. The same seed and moment give the same
// script. Every step has passed casework.Decide, so that the script can be
// replayed through the real use cases. No person, place or company exists;
// ID numbers are of region 990000, phone numbers of 199-0000.
package demo
