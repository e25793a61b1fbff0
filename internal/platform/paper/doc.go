// Package paper sets official documents (公文) on A4 as GB/T 9704-2012 asks and
// writes them as PDF and as DOCX. It knows measures, fonts and line breaking;
// what a document says, and who may issue it, is the caller's business.
//
// A caller fills a Document, a list of Blocks under a few named parts, and
// calls PDF, DOCX, or Book for a bound dossier with bookmarks. No character is
// ever dropped: one that the named font lacks is set in the next font that has
// it, and one that no font has is reported in a MissingError before anything
// is written.
//
// Text may hold line breaks ("\n"): each starts a new line, in a Para a new
// paragraph. Other control characters are left out.
package paper
