package procedure

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/ui"
)

// sheet is the form of one verb on one case.
type sheet struct {
	No     string
	Title  string
	Verb   casework.Verb
	Form   *page.Form
	Fields []asked
	Action string
	Danger bool // cannot be undone
	Files  bool
	Cases  []string // of a bulk action: the numbers
}

// asked is a field with its words and choices.
type asked struct {
	Field
	ui.FieldProps
}

// dangerous are the verbs that end a case without an answer.
var dangerous = []casework.Verb{casework.Withdraw, casework.Decline, casework.Divert, casework.Dismiss, casework.End, casework.Finalise}

func (w *Web) sheet(ctx context.Context, c casework.Case, q request, form *page.Form) sheet {
	return sheet{
		No: c.No, Title: c.Title, Verb: q.verb, Form: form, Action: "/desk/cases/" + c.No + "/" + string(q.verb),
		Fields: w.fields(ctx, q.verb, c), Danger: slices.Contains(dangerous, q.verb),
		Files: slices.ContainsFunc(forms[q.verb], func(f Field) bool { return f.Input == Attach }),
	}
}

func (w *Web) fields(ctx context.Context, v casework.Verb, c casework.Case) []asked {
	var out []asked
	for _, f := range forms[v] {
		if !f.asks(c) {
			continue
		}
		a := asked{f, ui.FieldProps{
			Name: f.Name, Label: label(ctx, v, f.Name), Help: help(ctx, v, f.Name), Required: f.Required, Value: f.Default,
		}}
		switch f.Input {
		case Words:
			a.Rows, a.Max = 4, maxWords
		case Number:
			a.Type, a.FieldProps.Width = "number", "short"
		case Choice:
			a.FieldProps.Options = choices(ctx, f)
		case YesNo:
			about := string(v)
			if f.Name != "upheld" {
				about = f.Name
			}
			a.FieldProps.Options = []ui.Option{
				{Value: "true", Label: i18n.T(ctx, "procedure.uphold."+about)},
				{Value: "false", Label: i18n.T(ctx, "procedure.refuse."+about)},
			}
		case Demand:
			a.FieldProps.Options, a.Empty = demands(v, c), i18n.T(ctx, "procedure.choose_request")
		case Chore:
			a.FieldProps.Options, a.Empty = w.chores(ctx, c), i18n.T(ctx, "procedure.choose_task")
		case Unit:
			a.FieldProps.Options, a.Empty = w.units(ctx, c), i18n.T(ctx, "procedure.choose_unit")
		case Matter:
			a.FieldProps.Options, a.Empty = w.matters(ctx), i18n.T(ctx, "procedure.choose_category")
		case Attach:
			a.Multiple = true
		}
		out = append(out, a)
	}
	return out
}

// label prefers words made for this verb over those of the field.
func label(ctx context.Context, v casework.Verb, name string) string {
	if key := "field." + string(v) + "." + name; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "field."+name)
}

func help(ctx context.Context, v casework.Verb, name string) string {
	for _, key := range []string{"field." + string(v) + "." + name + ".help", "field." + name + ".help"} {
		if i18n.Has(ctx, key) {
			return i18n.T(ctx, key)
		}
	}
	return ""
}

func choices(ctx context.Context, f Field) []ui.Option {
	out := make([]ui.Option, len(f.Options))
	for i, o := range f.Options {
		out[i] = ui.Option{Value: o, Label: i18n.T(ctx, f.Prefix+o)}
	}
	return out
}

// demands offers the requests that a verb can be about: to be explained are the
// diverted ones that still owe it, everything else is about the others.
func demands(v casework.Verb, c casework.Case) []ui.Option {
	var out []ui.Option
	for _, q := range c.Lines() {
		owes := slices.ContainsFunc(c.Obligations, func(o casework.Obligation) bool {
			return o.Clock == casework.Explain && o.Ref == q.Seq && o.Open()
		})
		if v == casework.ExplainRoute && owes || v != casework.ExplainRoute && !q.Diverted() {
			out = append(out, ui.Option{Value: strconv.Itoa(q.Seq), Label: strconv.Itoa(q.Seq) + ". " + q.Title})
		}
	}
	return out
}

// chores offers the open tasks: all to the lead and the bureau, its own to an
// assisting unit.
func (w *Web) chores(ctx context.Context, c casework.Case) []ui.Option {
	lang, own := i18n.Lang(ctx), access.From(ctx).UnitID
	names := map[int64]string{}
	for _, u := range w.directory.All() {
		names[u.ID] = u.Name(lang)
	}
	var out []ui.Option
	for _, t := range c.Tasks {
		if t.Status == casework.TaskOpen && (t.UnitID == own || own == c.LeadUnitID || own == c.BureauID) {
			out = append(out, ui.Option{Value: strconv.Itoa(t.Seq), Label: strconv.Itoa(t.Seq) + ". " + names[t.UnitID] + ": " + string([]rune(t.Ask)[:min(40, len([]rune(t.Ask)))])})
		}
	}
	return out
}

// units offers whom a case can be given to: the place's own units first, then
// the rest, grouped by government.
func (w *Web) units(ctx context.Context, c casework.Case) []ui.Option {
	lang := i18n.Lang(ctx)
	all := w.directory.All()
	names := map[int64]string{}
	for _, u := range all {
		names[u.ID] = u.Name(lang)
	}
	near := func(u access.Unit) int { return slices.Index(c.Areas[:], u.Area) }
	var list []access.Unit
	for _, u := range all {
		if u.Active && u.Kind != access.Government && u.ID != c.BarredUnitID && u.ID != c.BureauID {
			list = append(list, u)
		}
	}
	slices.SortStableFunc(list, func(a, b access.Unit) int {
		return cmp.Or(cmp.Compare(near(b), near(a)), cmp.Compare(a.Area, b.Area))
	})
	out := make([]ui.Option, len(list))
	for i, u := range list {
		out[i] = ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name(lang), Group: names[u.Area]}
	}
	return out
}

// matters offers the sub-categories under their majors.
func (w *Web) matters(ctx context.Context) []ui.Option {
	lang := i18n.Lang(ctx)
	majors := map[string]string{}
	var out []ui.Option
	for _, c := range w.directory.Categories() {
		if c.Parent == "" {
			majors[c.Code] = c.Code + " " + c.Name(lang)
		}
	}
	for _, c := range w.directory.Categories() {
		if c.Parent != "" && c.Active {
			out = append(out, ui.Option{Value: c.Code, Label: c.Code + " " + c.Name(lang), Group: majors[c.Parent]})
		}
	}
	return out
}

func note(ctx context.Context, s sheet) string {
	if key := "procedure.note." + string(s.Verb); i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return ""
}

func tone(s sheet) string {
	if s.Danger {
		return "danger"
	}
	return ""
}

func kind(s sheet) string {
	if s.Danger {
		return "danger"
	}
	return "primary"
}

func encoding(s sheet) templ.Attributes {
	if s.Files {
		return templ.Attributes{"enctype": "multipart/form-data"}
	}
	return nil
}

// draftOf keeps the token of uploads while a form is corrected.
func draftOf(form *page.Form) string {
	if d := form.Get("draft"); d != "" {
		return d
	}
	return page.NewKey()
}
