package document

import (
	"io"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/web"
)

// templateView is the page on which a bureau changes a text.
type templateView struct {
	Template
	Sheet    *paper.Document // the preview, nil when the text cannot be read
	Versions []Template
	Form     *page.Form
	Edits    bool
}

func (s *Service) getTemplates(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := access.From(ctx)
	if !a.Has(access.BureauHead, access.BureauClerk) {
		return ErrNotYours
	}
	list, err := s.Templates(ctx, a.UnitID)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, templatesPage(list))
}

// templateOf reads the kind of the path for somebody of a bureau.
func (s *Service) templateOf(r *http.Request) (templateView, error) {
	ctx := r.Context()
	a := access.From(ctx)
	k, ok := wording.Find(r.PathValue("kind"))
	if !ok {
		return templateView{}, fault.New(fault.NotFound, "document.unknown")
	}
	if !a.Has(access.BureauHead, access.BureauClerk) {
		return templateView{}, ErrNotYours
	}
	v := templateView{Edits: a.Has(access.BureauHead)}
	var err error
	if v.Template, err = s.Template(ctx, a.UnitID, k); err != nil {
		return v, err
	}
	v.Versions, err = s.Versions(ctx, a.UnitID, k)
	return v, err
}

func (s *Service) getTemplate(w http.ResponseWriter, r *http.Request) error {
	v, err := s.templateOf(r)
	if err != nil {
		return err
	}
	v.Form = page.NewForm(nil).Set("text", v.Text)
	return s.drawTemplate(w, r, http.StatusOK, v)
}

// drawTemplate adds the preview of what is typed.
func (s *Service) drawTemplate(w http.ResponseWriter, r *http.Request, status int, v templateView) error {
	ctx := r.Context()
	if sheet, err := s.PreviewTemplate(ctx, access.From(ctx), v.Kind, v.Form.Get("text")); err == nil {
		v.Sheet = &sheet
	} else if v.Form.OK() {
		if err := v.Form.Take(err); err != nil {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, templatePage(v))
}

// postTemplate previews, saves, or goes back to the program's text.
func (s *Service) postTemplate(w http.ResponseWriter, r *http.Request) error {
	v, err := s.templateOf(r)
	if err != nil {
		return err
	}
	if v.Form, err = web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	text := v.Form.Get("text")
	switch v.Form.Get("do") {
	case "preview":
		return s.drawTemplate(w, r, http.StatusOK, v)
	case "restore":
		text = ""
	}
	err = s.SaveTemplate(ctx, access.From(ctx), v.Kind, text, s.Clock.Now())
	if err = v.Form.Take(err); err != nil {
		return err
	}
	if !v.Form.OK() {
		return s.drawTemplate(w, r, http.StatusUnprocessableEntity, v)
	}
	web.Flash(w, "document.done.template")
	return web.Redirect(w, r, "/admin/documents/"+v.Kind.ID)
}

func (s *Service) getIssuer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	i, err := s.IssuerOf(ctx, access.From(ctx))
	if err != nil {
		return err
	}
	form := page.NewForm(nil).Set("word", i.Word).Set("mark", i.Mark).Set("address", i.Address).Set("contact", i.Contact).Set("phone", i.Phone)
	return web.Render(w, r, http.StatusOK, issuerPage(i, form, wording.Approves(access.From(ctx))))
}

func (s *Service) postIssuer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	a := access.From(ctx)
	i, err := s.IssuerOf(ctx, a)
	if err != nil {
		return err
	}
	i.Word, i.Mark, i.Address, i.Contact, i.Phone = form.Get("word"), form.Get("mark"), form.Get("address"), form.Get("contact"), form.Get("phone")
	err = s.SaveIssuer(ctx, a, i, upload(r, "stamp", largestStamp), s.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, issuerPage(i, form, wording.Approves(a)))
	}
	web.Flash(w, "document.done.issuer")
	return web.Redirect(w, r, "/desk/documents/issuer")
}

// upload reads a file of a form, one byte more than the limit at most; nil
// when none was chosen.
func upload(r *http.Request, name string, limit int64) []byte {
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		return nil
	}
	f, err := r.MultipartForm.File[name][0].Open()
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil || len(data) == 0 {
		return nil
	}
	return data
}

func (s *Service) getVerify(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	if code == "" {
		query, err := web.Query(r)
		if err != nil {
			return err
		}
		code = query.Get("code")
	}
	return s.verdict(w, r, code, nil)
}

func (s *Service) postVerify(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return s.verdict(w, r, form.Get("code"), upload(r, "file", largest))
}

func (s *Service) verdict(w http.ResponseWriter, r *http.Request, code string, file []byte) error {
	form := page.NewForm(nil).Set("code", code)
	if code == "" {
		return web.Render(w, r, http.StatusOK, verifyPage(form, nil))
	}
	v, err := s.Verify(r.Context(), code, file)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !v.Known {
		status = http.StatusNotFound
	}
	return web.Render(w, r, status, verifyPage(form, &v))
}
