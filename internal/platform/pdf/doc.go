// Package pdf writes PDF files of A4 pages: text in embedded subsets of TrueType
// fonts, lines, images, bookmarks, and pages taken over from other PDFs. It is
// the pen; what goes where is decided by package paper.
//
// Every run of text carries its map back to Unicode, with surrogate pairs for
// rare characters, so that what was written can be searched and copied. The
// same calls give the same bytes: no time and no randomness goes into a file.
//
// Foreign files are not trusted: their objects are read with bounds on nesting,
// pages and unpacked size, and loops are refused.
package pdf
