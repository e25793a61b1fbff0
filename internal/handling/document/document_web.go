package document

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/web"
)

// Routes registers the pages of documents.
func (s *Service) Routes(rt *web.Router) {
	rt.Handle("GET /desk/documents", s.getList, Signed)
	rt.Handle("GET /desk/documents/new", s.getNew, Signed)
	rt.Handle("POST /desk/documents/new", s.postNew, Signed)
	rt.Handle("GET /desk/documents/issuer", s.getIssuer, Signed)
	rt.Handle("POST /desk/documents/issuer", s.postIssuer, Signed, web.MaxBody(largestStamp+64<<10))
	rt.Handle("GET /desk/documents/{id}", s.getDocument, Signed)
	rt.Handle("GET /desk/documents/{id}/pdf", s.getFile("pdf"), Signed)
	rt.Handle("GET /desk/documents/{id}/docx", s.getFile("docx"), Signed)
	rt.Handle("POST /desk/documents/{id}/{act}", s.postAct, Signed)
	rt.Handle("POST /desk/cases/{no}/documents", s.postMake, Signed)
	rt.Handle("GET /admin/documents", s.getTemplates, Signed)
	rt.Handle("GET /admin/documents/{kind}", s.getTemplate, Signed)
	rt.Handle("POST /admin/documents/{kind}", s.postTemplate, Signed)
	calm := rt.Limit(web.NewLimiter(1, 20, 20_000), nil)
	rt.Handle("GET /verify", s.getVerify)
	rt.Handle("GET /verify/{code}", s.getVerify, calm)
	rt.Handle("POST /verify", s.postVerify, calm, web.MaxBody(largest))
}

// Signed lets members of staff through and sends others to the sign-in.
func Signed(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !access.From(r.Context()).Signed() {
			return errUnsigned
		}
		return next(w, r)
	}
}

// docView is everything that the page of a document shows.
type docView struct {
	Document
	Sheet    paper.Document
	Actor    access.Actor
	Issuer   string
	Staff    map[int64]string
	Receipts []Receipt
	Events   []Event
	Blanks   []int
	Form     *page.Form
	Acts     map[string]bool // edit, approve, seal, serve, void
	WhyNot   string          // message id: why the next step waits for another
	Verify   string
}

func idOf(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}

func (s *Service) docView(ctx context.Context, a access.Actor, id int64, form *page.Form) (docView, error) {
	v := docView{Actor: a, Form: form}
	var err error
	if v.Document, err = s.Show(ctx, a, id); err != nil {
		return v, err
	}
	if v.Sheet, err = s.Paper(ctx, v.Document); err != nil {
		return v, err
	}
	if sheet, err := wording.Read(v.Text); err == nil && !v.Kind.ByHand {
		v.Blanks = sheet.Blanks
	}
	if v.Receipts, err = s.Receipts(ctx, id); err != nil {
		return v, err
	}
	if v.Events, err = s.Happened(ctx, id); err != nil {
		return v, err
	}
	ids := []int64{v.DraftedBy, v.Approver, v.SealedBy}
	for _, e := range v.Events {
		ids = append(ids, e.ActorID)
	}
	if v.Staff, err = s.Staff.Names(ctx, ids); err != nil {
		return v, err
	}
	u, _ := s.Units.Unit(v.UnitID)
	v.Issuer = u.Name(i18n.Lang(ctx))
	v.Acts, v.WhyNot = s.acts(a, v.Document)
	if v.Code != "" {
		v.Verify = s.VerifyURL(v.Code)
	}
	return v, nil
}

// acts tells what the actor may do with a document now, and why the next step
// is not theirs.
func (s *Service) acts(a access.Actor, d Document) (map[string]bool, string) {
	acts := map[string]bool{}
	if !s.mine(a, d) || d.recused {
		return acts, ""
	}
	writes, heads := d.Kind.Drafts(a), wording.Approves(a)
	switch d.State {
	case Draft:
		acts["edit"] = writes || heads
		acts["approve"] = sole(d.Kind) && (writes || heads) || heads && a.ID != d.DraftedBy
		acts["void"] = writes || heads
		switch {
		case acts["approve"]:
		case heads:
			return acts, "fault.document.own_draft"
		default:
			return acts, "fault.document.head_needed"
		}
	case Approved:
		acts["seal"], acts["void"] = heads && d.Kind.Side != wording.OwnSide, heads
	case Sealed, Served:
		acts["serve"], acts["void"] = writes && d.Kind.Tell, heads
	}
	return acts, ""
}

func (s *Service) getDocument(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.docView(ctx, access.From(ctx), idOf(r), page.NewForm(nil))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, documentPage(v))
}

// postAct carries out one step; a refused form is drawn again.
func (s *Service) postAct(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	a, id, now := access.From(ctx), idOf(r), s.Clock.Now()
	act := r.PathValue("act")
	switch act {
	case "edit":
		err = s.Edit(ctx, a, id, form.Get("text"), now)
	case "approve":
		_, err = s.Approve(ctx, a, id, now)
	case "seal":
		_, err = s.Seal(ctx, a, id, now)
	case "serve":
		_, err = s.Serve(ctx, a, id, receiptOf(form, now), now)
	case "void":
		err = s.Void(ctx, a, id, form.Get("reason"), now)
	default:
		return ErrUnknown
	}
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		v, err := s.docView(ctx, a, id, form)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, documentPage(v))
	}
	web.Flash(w, "document.done."+act)
	return web.Redirect(w, r, "/desk/documents/"+strconv.FormatInt(id, 10))
}

// receiptOf reads the form of a service; without a time it is now.
func receiptOf(form *page.Form, now time.Time) Receipt {
	r := Receipt{
		Method: Method(form.Get("method")), At: now, Place: form.Get("place"), Recipient: form.Get("recipient"), Relation: form.Get("relation"),
		Refusal: form.Get("refusal"), Media: form.Get("media"), Tracking: form.Get("tracking"), Remarks: form.Get("remarks"),
		Witnesses: names(form.Get("witnesses")), Deliverers: names(form.Get("deliverers")), Key: formKey(form),
	}
	if text := form.Get("at"); text != "" {
		at, err := time.ParseInLocation("2006-01-02T15:04", text, calendar.China)
		if err != nil {
			at = time.Time{}
		}
		r.At = at
	}
	return r
}

// filePolicy keeps a file from loading or running anything.
const filePolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// send gives bytes to the reader as a file.
func send(w http.ResponseWriter, what, name string, data []byte) error {
	h := w.Header()
	kind, how := "application/pdf", "inline"
	if what == "docx" {
		kind, how = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": FileName(name) + "." + what}))
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cache-Control", "private, no-store")
	_, err := w.Write(data)
	return err
}

func (s *Service) getFile(what string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		d, data, err := s.Download(ctx, access.From(ctx), idOf(r), what, r.URL.Query().Has("print"))
		if err != nil {
			return err
		}
		return send(w, what, d.Kind.ZH+d.Label, data)
	}
}

// formKey is the key of a form; a form without one acts each time.
func formKey(form *page.Form) string {
	if form.Key() == "" {
		return ""
	}
	return "form:" + form.Key()
}

func (s *Service) postMake(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	d, err := s.Make(ctx, access.From(ctx), Wanted{r.PathValue("no"), form.Get("kind"), formKey(form)}, s.Clock.Now())
	if err != nil {
		return err
	}
	web.Flash(w, "document.done.made")
	return web.Redirect(w, r, "/desk/documents/"+strconv.FormatInt(d.ID, 10))
}

// GetLetter shows a served document to the petitioner of the context, as a
// page or with ?file as PDF. The caller has proven the case.
func (s *Service) GetLetter(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	fetch := r.URL.Query().Has("file")
	d, err := s.Read(ctx, access.From(ctx), idOf(r), fetch, s.Clock.Now())
	if err != nil {
		return err
	}
	if fetch {
		pdf, err := s.PDF(ctx, d)
		if err != nil {
			return err
		}
		return send(w, "pdf", d.Kind.ZH+d.Label, pdf)
	}
	sheet, err := s.Paper(ctx, d)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, letterPage(d, sheet, s.VerifyURL(d.Code)))
}

// panelView is the part of the case page about documents.
type panelView struct {
	Case      casework.Case
	Documents []Document
	Suggested []Suggestion
	Missing   []wording.Kind
	Kinds     []wording.Kind // that the actor may make
	Binds     bool
}

// Panel draws the documents of a case for its page.
func (s *Service) Panel(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error) {
	if a.Has(access.SystemAdmin, access.SecAdmin, access.AuditAdmin) || !a.Signed() {
		return nil, nil
	}
	v := panelView{Case: c, Binds: a.Has(Binders...)}
	list, err := s.store.ofCase(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(list) {
		if d.State != Void && (s.mine(a, d) || d.State != Draft && !hides(a, d)) {
			v.Documents = append(v.Documents, d)
		}
	}
	if v.Suggested, err = s.Suggest(ctx, a, c); err != nil {
		return nil, err
	}
	if v.Missing, err = s.Missing(ctx, c); err != nil {
		return nil, err
	}
	for _, k := range wording.Kinds {
		if k.Fits(stageOf(c)) && k.Drafts(a) {
			v.Kinds = append(v.Kinds, k)
		}
	}
	return panel(v), nil
}
