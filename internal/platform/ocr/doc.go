// Package ocr (文字识别) reads the text of a page from its image: where lines
// are, which way the page stands, what the lines say and in which order. It is
// the arithmetic around three networks of the PP-OCRv4 kind, which somebody
// else runs: a Net is all it knows of them, so that it needs no native library
// and is tested without one.
//
// Vertical writing and tables are read line by line as they lie; handwriting is
// read as well as the networks can, which is why every result has to be
// confirmed by a person.
package ocr
