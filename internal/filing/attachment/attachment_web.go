package attachment

import (
	"mime"
	"net/http"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/web"
)

// Routes registers the download. Uploads come with the forms of others.
func (s *Service) Routes(rt *web.Router) {
	rt.Handle("GET /files/{id}", s.getFile)
}

// A file is another origin's work shown on ours: it may load and run nothing.
// Browsers refuse to draw a PDF in a sandbox; their viewers are one.
const (
	filePolicy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
	pdfPolicy  = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)

func (s *Service) getFile(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return ErrUnknown
	}
	a, f, err := s.Open(r.Context(), access.From(r.Context()), id)
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", contentType(a))
	h.Set("Content-Disposition", disposition(a))
	h.Set("Content-Security-Policy", policy(a))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache") // asked again, sight is checked again
	h.Set("ETag", `"`+a.SHA256+`"`)
	http.ServeContent(w, r, "", a.CreatedAt, f)
	return nil
}

func policy(a Attachment) string {
	if a.Type == "application/pdf" {
		return pdfPolicy
	}
	return filePolicy
}

// contentType leaves the encoding of texts to the reader's program: many are
// in GB 18030.
func contentType(a Attachment) string {
	if a.Type == "text/plain" {
		return "application/octet-stream"
	}
	return a.Type
}

// disposition opens pictures and PDF in the browser and saves the rest.
func disposition(a Attachment) string {
	how := "attachment"
	if blob.KindOf(a.Type).Inline {
		how = "inline"
	}
	if d := mime.FormatMediaType(how, map[string]string{"filename": a.Name}); d != "" {
		return d
	}
	return how
}

// Download serves the file {id} of the path, for pages that have their own way
// of knowing who asks.
func (s *Service) Download(w http.ResponseWriter, r *http.Request) error { return s.getFile(w, r) }
