package tracking

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

const (
	maxText  = 5_000 // of a supplement or a reason
	maxWords = 1_000 // of a rating
)

// own are the verbs of a petitioner.
var ownVerbs = []casework.Verb{
	casework.Supplement, casework.Urge, casework.Withdraw, casework.Contest, casework.Rate, casework.CoRate,
	casework.RequestReview, casework.ConsentMediation, casework.AskRecusal, casework.NameSpeakers,
}

func verbOf(r *http.Request) (casework.Verb, error) {
	v := casework.Verb(r.PathValue("verb"))
	if !slices.Contains(ownVerbs, v) {
		return "", errNoVerb
	}
	return v, nil
}

// getAct asks what the verb needs; a refusal of the moment is told at once.
func (s *Service) getAct(w http.ResponseWriter, r *http.Request, v visit) error {
	verb, err := verbOf(r)
	if err != nil {
		return err
	}
	if no := casework.Refused(v.Case, v.Actor, verb, v.Now, v.Rules); no != nil {
		return fault.New(fault.RuleBroken, no.ID, no.Args...)
	}
	return web.Render(w, r, http.StatusOK, actPage(v, verb, page.NewForm(nil)))
}

func (s *Service) postAct(w http.ResponseWriter, r *http.Request, v visit) error {
	verb, err := verbOf(r)
	if err != nil {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	data := s.data(r, form, verb)
	if form.OK() {
		do := s.Cases.Do
		if verb == casework.CoRate && s.Signers != nil {
			do = s.Signers.Rate
		}
		_, err = do(r.Context(), casework.Action{
			No: v.Case.No, Verb: verb, Actor: v.Actor, Data: data, Key: commandKey(v.Case, verb, form), Now: v.Now,
		})
		if err = form.Take(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, actPage(v, verb, form))
	}
	web.Flash(w, "tracking.done."+string(verb))
	return web.Redirect(w, r, v.href())
}

// commandKey makes a second click harmless; it is bound to the case, so that
// no other case's key can be guessed.
func commandKey(c casework.Case, verb casework.Verb, form *page.Form) string {
	if form.Key() == "" {
		return ""
	}
	return "follow:" + c.No + ":" + string(verb) + ":" + form.Key()
}

// data reads what a verb brings.
func (s *Service) data(r *http.Request, form *page.Form, verb casework.Verb) casework.Data {
	var d casework.Data
	limit := maxText
	switch verb {
	case casework.Supplement:
		d.Text = form.Get("text")
		d.Files = s.receive(r, form)
	case casework.RequestReview:
		d.Reason = form.Get("reason")
		d.Files = s.receive(r, form)
	case casework.ConsentMediation:
		d.Upheld = form.Get("upheld") == "true"
		if form.Get("upheld") == "" {
			form.Fail("upheld", "tracking.choose")
		}
	case casework.NameSpeakers:
		d.Count = form.Int("count")
	case casework.Withdraw, casework.Contest, casework.AskRecusal:
		d.Reason = form.Get("reason")
	case casework.Rate, casework.CoRate:
		limit = maxWords
		d.Text = form.Get("text")
		d.RatedUnit, d.RatedResult = casework.Grade(form.Int("rated_unit")), casework.Grade(form.Int("rated_result"))
	}
	for name, text := range map[string]string{"text": d.Text, "reason": d.Reason} {
		if n := utf8.RuneCountInString(text); n > limit {
			form.Fail(name, "tracking.text_long", limit, n)
		}
	}
	return d
}

// receive takes the files of a supplement and gives the ids of all that the
// form has brought so far.
func (s *Service) receive(r *http.Request, form *page.Form) []int64 {
	if r.MultipartForm == nil || form.Key() == "" {
		return nil
	}
	ctx := r.Context()
	for _, head := range r.MultipartForm.File["files"] {
		f, err := head.Open()
		if err == nil {
			_, err = s.Files.Upload(ctx, form.Key(), web.Clean(head.Filename), f, s.Clock.Now())
			f.Close()
		}
		if err != nil {
			failFile(form, err)
			return nil
		}
	}
	list, err := s.Files.Uploaded(ctx, form.Key())
	if err != nil {
		failFile(form, err)
	}
	ids := make([]int64, len(list))
	for i, f := range list {
		ids[i] = f.ID
	}
	return ids
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
		form.Fail("files", "tracking.file_failed")
	}
}
