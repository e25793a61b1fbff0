// Package dossier binds what was written and handed in for a case into its
// dossier (案卷): a book in PDF with cover and catalogue, or an archive package
// with a manifest of hashes. What a dossier must hold is the business of
// package document, whose completeness gate others ask.
package dossier
