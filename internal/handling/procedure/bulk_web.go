package procedure

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// bulkVerbs may be used on many cases at once: steps that decide nothing about
// the merits, or that can be taken back.
var bulkVerbs = []casework.Verb{
	casework.Forward, casework.Assign, casework.SignFor, casework.Accept, casework.Record, casework.Urge, casework.Recall, casework.Archive,
}

// maxBulk bounds one bulk action.
const maxBulk = 200

var (
	errNoneChosen = fault.New(fault.Invalid, "procedure.bulk.none")
	errTooMany    = fault.New(fault.Invalid, "procedure.bulk.many", maxBulk)
	errNoBulk     = fault.New(fault.RuleBroken, "procedure.bulk.verb")
)

// bulkReport tells what became of each case.
type bulkReport struct {
	Verb casework.Verb
	Rows []bulkRow
	Done int
	Undo bool
}

type bulkRow struct{ No, Title, Refusal string }

// bulk takes the queue's chosen numbers and the verb, and asks for the verb's
// fields once for all of them.
func (w *Web) bulk(rw http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	verb := casework.Verb(form.Get("verb"))
	nos, err := chosen(form, verb)
	if err != nil {
		return err
	}
	if len(forms[verb]) == 0 {
		return w.carryOutAll(rw, r, verb, nos, form)
	}
	return web.Render(rw, r, http.StatusOK, bulkAsk(w.bulkSheet(r.Context(), verb, nos, page.NewForm(nil))))
}

func (w *Web) bulkSheet(ctx context.Context, verb casework.Verb, nos []string, form *page.Form) sheet {
	s := w.sheet(ctx, casework.Case{}, request{verb: verb, actor: access.From(ctx)}, form)
	s.Action, s.Cases = "/desk/bulk/"+string(verb), nos
	s.Files = false
	s.Fields = slices.DeleteFunc(s.Fields, func(f asked) bool { return f.Input == Attach })
	return s
}

// bulkAct carries the verb out on each case in a unit of work of its own.
func (w *Web) bulkAct(rw http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	verb := casework.Verb(r.PathValue("verb"))
	nos, err := chosen(form, verb)
	if err != nil {
		return err
	}
	return w.carryOutAll(rw, r, verb, nos, form)
}

func chosen(form *page.Form, verb casework.Verb) ([]string, error) {
	if !slices.Contains(bulkVerbs, verb) {
		return nil, errNoBulk
	}
	var nos []string
	for _, text := range append(form.All("select"), form.All("no")...) {
		if no, ok := casework.CheckNumber(text); ok && !slices.Contains(nos, no) {
			nos = append(nos, no)
		}
	}
	switch {
	case len(nos) == 0:
		return nil, errNoneChosen
	case len(nos) > maxBulk:
		return nil, errTooMany
	}
	return nos, nil
}

func (w *Web) carryOutAll(rw http.ResponseWriter, r *http.Request, verb casework.Verb, nos []string, form *page.Form) error {
	ctx, actor := r.Context(), access.From(r.Context())
	data, err := w.data(ctx, verb, form)
	if err != nil {
		return err
	}
	report := bulkReport{Verb: verb, Undo: verb == casework.Forward || verb == casework.Assign}
	for i, no := range nos {
		key := ""
		if form.Key() != "" {
			key = form.Key() + "." + strconv.Itoa(i)
		}
		c, err := w.service.Do(ctx, casework.Action{No: no, Verb: verb, Actor: actor, Data: data, Key: key, Now: w.clock.Now()})
		row := bulkRow{No: no, Title: c.Title}
		if e, ok := fault.As(err); ok && e.Kind == fault.Invalid && i == 0 && form.Take(err) == nil {
			return web.Render(rw, r, http.StatusUnprocessableEntity, bulkAsk(w.bulkSheet(ctx, verb, nos, form)))
		} else if err != nil {
			row.Refusal = refusal(ctx, err)
			if c, err := w.service.Case(ctx, actor, no); err == nil {
				row.Title = c.Title
			}
		} else {
			report.Done++
		}
		report.Rows = append(report.Rows, row)
	}
	return web.Render(rw, r, http.StatusOK, bulkPage(report))
}

// refusal gives the rule that refuses in words.
func refusal(ctx context.Context, err error) string {
	f := web.Describe(ctx, err)
	if len(f.Fields) > 0 {
		return f.Fields[0].Message
	}
	if f.Message == "" {
		return i18n.T(ctx, "procedure.bulk.refused")
	}
	return f.Message
}
