package paper

import (
	"errors"
	"io"
)

// DOCX writes a document as an Office Open XML file that Word and WPS open.
func DOCX(w io.Writer, d Document, f Fonts) error { return errors.New("paper: not set yet") }
