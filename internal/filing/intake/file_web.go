package intake

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/puzzle"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// The guided filing keeps nothing on the server: every step carries the
// answers before it in hidden fields, and the address is the step shown. So
// back, refresh, a second click and another process all do no harm; the filing
// key of the first step makes the last one act once.

// step is one question, and the fields that answer it.
type step struct {
	Name   string
	Fields []string
}

var steps = []step{
	{"what", []string{"words"}},
	{"where", []string{"area", "place", "occurred_on"}},
	{"wish", []string{"purpose", "wish"}},
	{"you", []string{"accused", "anonymous", "name", "phone", "address", "id_no", "sex", "household", "org_name", "persons", "secret"}},
	{"files", nil},
	{"check", nil},
}

const (
	stepFiles  = "files"
	stepCheck  = "check"
	actSend    = "send"
	fieldAt    = "at"      // the step that was filled in
	fieldFiles = "uploads" // "1" when the key has files
	fieldVia   = "via"     // token of the code that was scanned
)

func stepIndex(name string) int {
	return slices.IndexFunc(steps, func(s step) bool { return s.Name == name })
}

// guide is what a page of the guided filing shows.
type guide struct {
	Step    string
	Form    *page.Form
	Areas   []ui.Option
	Accused []ui.Option
	Files   []File
	Promise promises
	Offer   templ.Component // what resembles it, before it is sent
	Puzzle  puzzle.Challenge
}

func (s *Service) getFile(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	form := page.NewForm(nil).Set(page.KeyField, page.NewKey())
	if p := query.Get("purpose"); slices.Contains(Purposes, Purpose(p)) {
		form.Set("purpose", p)
	}
	for _, name := range []string{"area", "place", fieldVia} { // of a code that was scanned
		if v := query.Get(name); v != "" && len(v) <= 4*MaxPlace {
			form.Set(name, v)
		}
	}
	return s.show(w, r, http.StatusOK, steps[0].Name, form)
}

func (s *Service) postStep(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	to, from := stepIndex(r.PathValue("step")), stepIndex(form.Get(fieldAt))
	if len(form.Key()) < minKey || from < 0 {
		return web.Redirect(w, r, "/file")
	}
	if steps[from].Name == stepFiles {
		s.receive(r, form)
	}
	switch {
	case r.PathValue("step") == actSend:
		return s.send(w, r, form)
	case to < 0:
		return fault.New(fault.NotFound, "intake.no_step")
	case to > from:
		s.examine(form, from)
	}
	if !form.OK() {
		return s.show(w, r, http.StatusUnprocessableEntity, steps[firstWrong(form, from)].Name, form)
	}
	return s.show(w, r, http.StatusOK, steps[to].Name, form)
}

// examine notes what is wrong in the steps up to one; later steps have not
// been asked yet.
func (s *Service) examine(form *page.Form, upTo int) {
	problems, ok := fault.As(s.Check(filing(form), s.clock.Now()))
	if !ok {
		return
	}
	for _, p := range problems.Fields {
		if at := stepOf(p.Name); at >= 0 && at <= upTo {
			form.Fail(p.Name, p.ID, p.Args...)
		}
	}
}

func stepOf(field string) int {
	return slices.IndexFunc(steps, func(s step) bool { return slices.Contains(s.Fields, field) })
}

// firstWrong is the earliest step with a problem, or the fallback.
func firstWrong(form *page.Form, fallback int) int {
	for i, s := range steps {
		for _, p := range form.Problems() {
			if slices.Contains(s.Fields, p.Name) {
				return i
			}
		}
	}
	return fallback
}

// receive takes uploads out of a posted files step and removes one if asked.
func (s *Service) receive(r *http.Request, form *page.Form) {
	ctx, draft := r.Context(), form.Key()
	if id, ok := form.Int64("remove"); ok {
		if err := s.files.Discard(ctx, draft, id); err != nil {
			failFile(form, err)
		}
	}
	if r.MultipartForm == nil {
		return
	}
	for _, head := range r.MultipartForm.File["files"] {
		f, err := head.Open()
		if err != nil {
			failFile(form, err)
			return
		}
		_, err = s.files.Upload(ctx, draft, web.Clean(head.Filename), f, s.clock.Now())
		f.Close()
		if err != nil {
			failFile(form, err)
			return
		}
		form.Set(fieldFiles, "1")
	}
}

// failFile shows why a file was not taken where it was chosen.
func failFile(form *page.Form, err error) {
	e, ok := fault.As(err)
	switch {
	case ok && len(e.Fields) > 0:
		form.Fail("files", e.Fields[0].ID, e.Fields[0].Args...)
	case ok && e.Kind != fault.Internal:
		form.Fail("files", e.ID, e.Args...)
	default:
		form.Fail("files", "intake.file_failed")
	}
}

// send registers the filing and leads to the receipt.
func (s *Service) send(w http.ResponseWriter, r *http.Request, form *page.Form) error {
	now := s.clock.Now()
	receipt, err := s.File(r.Context(), filing(form), now)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return s.show(w, r, http.StatusUnprocessableEntity, steps[firstWrong(form, len(steps)-1)].Name, form)
	}
	s.grantReceipt(w, receipt.No, now)
	if !receipt.Again {
		s.answered(r.Context(), receipt.Case, form)
	} else {
		web.Flash(w, "intake.again")
	}
	return web.Redirect(w, r, "/receipt/"+receipt.No)
}

// filing reads the form. What a purpose does not allow is dropped, because
// its question is not asked.
func filing(form *page.Form) Filing {
	area, _ := form.Int64("area")
	f := Filing{
		Key: form.Key(), Actor: access.Actor{Role: access.Petitioner}, Channel: casework.Web,
		Purpose: Purpose(form.Get("purpose")), Words: form.Get("words"), Wish: form.Get("wish"),
		AreaID: area, Place: form.Get("place"), OccurredOn: form.Get("occurred_on"),
		Persons: form.Int("persons"), Secret: form.Has("secret", "1"), Via: form.Get(fieldVia),
		Who: Petitioner{
			Name: form.Get("name"), OrgName: form.Get("org_name"), Phone: form.Get("phone"),
			IDNo: form.Get("id_no"), Address: form.Get("address"),
			Sex: form.Get("sex"), Household: form.Get("household"),
		},
	}
	f.Anonymous = f.Purpose.mayBeAnonymous() && form.Has("anonymous", "1")
	if f.Purpose.accuses() {
		f.AccusedID, _ = form.Int64("accused")
	}
	if form.Has(fieldFiles, "1") {
		f.Draft = form.Key()
	}
	return f
}

func (s *Service) show(w http.ResponseWriter, r *http.Request, status int, name string, form *page.Form) error {
	g := guide{Step: name, Form: form, Promise: s.promises()}
	if name == stepCheck && s.Puzzles != nil {
		g.Puzzle = s.Puzzles.Make(form.Key(), s.clock.Now())
	}
	lang := i18n.Lang(r.Context())
	switch name {
	case "where", stepCheck:
		g.Areas = s.areas(lang)
	}
	if name == stepCheck || name == "you" {
		g.Accused = s.accusable(lang)
	}
	if (name == stepFiles || name == stepCheck) && form.Has(fieldFiles, "1") {
		var err error
		if g.Files, err = s.files.Uploaded(r.Context(), form.Key()); err != nil {
			return err
		}
	}
	if name == stepCheck {
		g.Offer = s.offer(r.Context(), form)
	}
	// The pages answer posts, and the browser's own Back must show them again:
	// it may keep them, which it may not with the rest of the house.
	w.Header().Set("Cache-Control", "private, no-cache")
	return web.Render(w, r, status, filePage(g))
}

// The fields of a browser's proof of work.
const (
	fieldPuzzle = "puzzle"
	fieldAnswer = "answer"
)

// Proven tells whether a posted filing brings the work that its page asked for.
// Who comes without, for want of a script, is let in more slowly.
func (s *Service) Proven(r *http.Request) bool {
	if s.Puzzles == nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return s.Puzzles == nil
	}
	form, err := web.Form(r)
	return err == nil && s.Puzzles.Solved(form.Key(), form.Get(fieldPuzzle), form.Get(fieldAnswer), s.clock.Now())
}
