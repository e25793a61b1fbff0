package procedure

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// Directory lists what the forms offer to choose from.
type Directory interface {
	All() []access.Unit
	Categories() []casework.Category
}

// Uploads keeps files under a secret token until the verb is carried out.
type Uploads interface {
	Receive(ctx context.Context, draft, name string, r io.Reader, by int64) error
	IDs(ctx context.Context, draft string) ([]int64, error)
}

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages of the verbs: one form and one action each, and the bulk
// actions of a queue.
type Web struct {
	service   *Service
	directory Directory
	uploads   Uploads
	clock     Clock
	need      Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, d Directory, u Uploads, c Clock, need Guard) *Web {
	return &Web{s, d, u, c, need}
}

// desk are the roles that work on cases.
var desk = []access.Role{
	access.Operator, access.Agent, access.BureauClerk, access.BureauHead, access.UnitHandler,
	access.UnitHead, access.Supervisor, access.Inspector, access.Leader,
}

// uploadLimit bounds one request: ten files of the largest size and the form.
const uploadLimit = 210 << 20

// Routes implements web.Capability.
func (w *Web) Routes(rt *web.Router) {
	staff := w.need(desk...)
	rt.Handle("GET /desk/cases/{no}/do/{verb}", w.ask, staff)
	rt.Handle("POST /desk/cases/{no}/{verb}", w.act, web.MaxBody(uploadLimit), staff)
	rt.Handle("POST /desk/bulk", w.bulk, staff)
	rt.Handle("POST /desk/bulk/{verb}", w.bulkAct, staff)
}

// request is one case and verb out of a URL.
type request struct {
	no    string
	verb  casework.Verb
	actor access.Actor
	now   time.Time
}

func (w *Web) request(r *http.Request) (request, error) {
	no, ok := casework.CheckNumber(r.PathValue("no"))
	if !ok {
		return request{}, ErrNotFound
	}
	q := request{no, casework.Verb(r.PathValue("verb")), access.From(r.Context()), w.clock.Now()}
	if casework.ByProgram(q.verb) || doorOfTheirOwn(q.verb) {
		return q, ErrNotFound
	}
	return q, nil
}

// ask shows the form of a verb, prefilled from the query by those who suggest.
func (w *Web) ask(rw http.ResponseWriter, r *http.Request) error {
	q, err := w.request(r)
	if err != nil {
		return err
	}
	c, err := w.service.Case(r.Context(), q.actor, q.no)
	if err != nil {
		return err
	}
	if no := casework.Refused(c, q.actor, q.verb, q.now, w.service.Rules()); no != nil {
		return mapError(no)
	}
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	prefill(form, c)
	return w.show(rw, r, http.StatusOK, w.sheet(r.Context(), c, q, form))
}

// prefill offers what triage or registration said before.
func prefill(form *page.Form, c casework.Case) {
	for name, value := range map[string]string{
		"category": c.Category, "nature": string(c.Nature), "urgency": string(c.Urgency), "procedure": string(c.Procedure),
	} {
		if form.Get(name) == "" && value != "" {
			form.Set(name, value)
		}
	}
	earlier(form, c)
}

// earlier offers what was answered before on the request that the form is about.
func earlier(form *page.Form, c casework.Case) {
	for _, q := range c.Requests {
		if strconv.Itoa(q.Seq) != form.Get("request") || q.Diverted() {
			continue
		}
		for name, value := range map[string]string{"result": string(q.Result), "facts": q.Facts, "text": q.Text, "basis": q.Basis, "remedy": q.Remedy} {
			if form.Get(name) == "" && value != "" {
				form.Set(name, value)
			}
		}
	}
}

// act carries the verb out, or shows the form again with what is wrong.
func (w *Web) act(rw http.ResponseWriter, r *http.Request) error {
	q, err := w.request(r)
	if err != nil {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := w.receive(r, form, q.actor.ID); err != nil {
		return err
	}
	if form.OK() {
		err = w.carryOut(r.Context(), q, form)
		if err == nil {
			web.Flash(rw, "procedure.done", i18n.T(r.Context(), "verb."+string(q.verb)), q.no)
			return web.Redirect(rw, r, "/desk/cases/"+q.no)
		}
		if form.Take(err) != nil {
			return err
		}
	}
	c, err := w.service.Case(r.Context(), q.actor, q.no)
	if err != nil {
		return err
	}
	return w.show(rw, r, http.StatusUnprocessableEntity, w.sheet(r.Context(), c, q, form))
}

func (w *Web) carryOut(ctx context.Context, q request, form *page.Form) error {
	d, err := w.data(ctx, q.verb, form)
	if err != nil {
		return err
	}
	_, err = w.service.Do(ctx, casework.Action{No: q.no, Verb: q.verb, Actor: q.actor, Data: d, Key: form.Key(), Now: q.now})
	return err
}

// receive keeps uploaded files under the form's token; what a file lacks
// becomes a problem of its field.
func (w *Web) receive(r *http.Request, form *page.Form, by int64) error {
	if r.MultipartForm == nil {
		return nil
	}
	for _, h := range r.MultipartForm.File["files"] {
		if h.Filename == "" {
			continue
		}
		f, err := h.Open()
		if err != nil {
			return fmt.Errorf("reading an upload: %w", err)
		}
		err = w.uploads.Receive(r.Context(), form.Get("draft"), h.Filename, f, by)
		f.Close()
		if e, ok := fault.As(err); ok && e.Kind != fault.Internal {
			form.Fail("files", e.ID, e.Args...)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// data reads the fields of a verb's form.
func (w *Web) data(ctx context.Context, v casework.Verb, form *page.Form) (casework.Data, error) {
	var d casework.Data
	for _, f := range forms[v] {
		read(&d, f, form)
		switch {
		case f.Input == YesNo && f.Required && form.Get(f.Name) == "":
			return d, fault.New(fault.Invalid, "procedure.incomplete").Field(f.Name, "procedure.choose")
		case f.Input == Attach && form.Get("draft") != "":
			var err error
			if d.Files, err = w.uploads.IDs(ctx, form.Get("draft")); err != nil {
				return d, err
			}
		}
	}
	return d, nil
}

// show renders the sheet as a page, or as the part of the case page that the
// script puts in place.
func (w *Web) show(rw http.ResponseWriter, r *http.Request, status int, s sheet) error {
	if web.IsFragment(r) {
		return web.Render(rw, r, status, actForm(s))
	}
	return web.Render(rw, r, status, actPage(s))
}
