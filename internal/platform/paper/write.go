package paper

import (
	"errors"
	"io"
)

var errUnset = errors.New("paper: not set yet")

// PDF writes a document as PDF, fonts embedded as subsets, text selectable.
func PDF(w io.Writer, d Document, f Fonts) error { return errUnset }

// DOCX writes a document as an Office Open XML file that Word and WPS open.
func DOCX(w io.Writer, d Document, f Fonts) error { return errUnset }

// Part is one piece of a Book: a document to be set, or a file that exists.
type Part struct {
	Name     string // bookmark; "": the document's title
	Document *Document
	PDF      []byte // pages taken over as they are
	Image    []byte // JPEG or PNG, one page, fitted into the text block
}

// Book binds a dossier: the cover, then every part, with bookmarks and one
// continuous run of page numbers.
func Book(w io.Writer, cover Document, parts []Part, f Fonts) error { return errUnset }

// StampImage draws a round red seal with the name around the ring, a PNG of 600
// pixels with transparent ground, for units that gave no image. note, such as
// "示范", is set across the middle where a real seal has its star; this is a
// placeholder and looks like one.
func StampImage(name, note string, f Fonts) ([]byte, error) { return nil, errUnset }
