package dossier

import (
	"bytes"
	"mime"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/platform/web"
)

// Routes registers the pages of dossiers.
func (s *Service) Routes(rt *web.Router) {
	rt.Handle("GET /desk/cases/{no}/dossier", s.getDossier, document.Signed)
	rt.Handle("GET /desk/cases/{no}/dossier.pdf", s.getBook, document.Signed)
	rt.Handle("GET /desk/cases/{no}/dossier.zip", s.getArchive, document.Signed)
}

// dossierView is the check of a dossier.
type dossierView struct {
	Dossier
	Elements []document.Element
	Complete bool
}

func (s *Service) getDossier(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.Of(ctx, access.From(ctx), r.PathValue("no"))
	if err != nil {
		return err
	}
	v := dossierView{Dossier: d, Complete: true}
	if v.Elements, err = s.Elements(ctx, d.Case); err != nil {
		return err
	}
	for _, e := range v.Elements {
		v.Complete = v.Complete && (e.Done || e.Optional)
	}
	return web.Render(w, r, http.StatusOK, dossierPage(v))
}

func (s *Service) getBook(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := access.From(ctx)
	d, err := s.Of(ctx, a, r.PathValue("no"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := s.WriteBook(ctx, &out, a, d, s.Clock.Now()); err != nil {
		return err
	}
	if err := s.Bound(ctx, a, d.Documents, "pdf"); err != nil {
		return err
	}
	save(w, "application/pdf", d.Case.No+".pdf")
	_, err = w.Write(out.Bytes())
	return err
}

// save tells the browser to keep what comes as a file.
func save(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "案卷" + name}))
	h.Set("Cache-Control", "private, no-store")
}

// getArchive streams the package; what fails on the way breaks the file off,
// and its manifest is missing.
func (s *Service) getArchive(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := access.From(ctx)
	d, err := s.Of(ctx, a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if err := s.Bound(ctx, a, d.Documents, "zip"); err != nil {
		return err
	}
	save(w, "application/zip", d.Case.No+".zip")
	return s.WriteArchive(ctx, w, a, d, s.Clock.Now())
}
