package intake

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/ui"
)

// next is the step that a filled-in one leads to; the last one sends.
func next(name string) string {
	if i := stepIndex(name) + 1; i < len(steps) {
		return steps[i].Name
	}
	return actSend
}

func previous(name string) string {
	if i := stepIndex(name); i > 0 {
		return steps[i-1].Name
	}
	return ""
}

// progress names the steps and says which is on.
func progress(ctx context.Context, now string) []ui.Step {
	list := make([]ui.Step, len(steps))
	at := stepIndex(now)
	for i, s := range steps {
		list[i].Label = i18n.T(ctx, "intake.step."+s.Name)
		switch {
		case i < at:
			list[i].State = "done"
		case i == at:
			list[i].State = "now"
		}
	}
	return list
}

// formAttrs: what was typed is kept on the device, but not who somebody is,
// because the device may belong to a village hall.
func formAttrs(name string) templ.Attributes {
	a := templ.Attributes{"data-guard": true, "data-testid": "step-" + name}
	switch name {
	case "what", "where", "wish":
		a["data-draft"] = "file-" + name
	case stepFiles:
		a["enctype"] = "multipart/form-data"
	}
	return a
}

// unchecked lets a button go back from a step that is not finished.
func unchecked() templ.Attributes { return templ.Attributes{"formnovalidate": true} }

func purpose(f *page.Form) Purpose {
	if p := f.Get("purpose"); p != "" {
		return Purpose(p)
	}
	return Request
}

// nameHelp says why a name is asked, or what it is good for.
func nameHelp(ctx context.Context, f *page.Form) string {
	if purpose(f).mayBeAnonymous() {
		return i18n.T(ctx, "intake.name.help_free")
	}
	return i18n.T(ctx, "intake.name.help")
}

func purposes(ctx context.Context) []ui.Option {
	list := make([]ui.Option, len(Purposes))
	for i, p := range Purposes {
		list[i] = ui.Option{
			Value: string(p), Label: i18n.T(ctx, "intake.purpose."+string(p)), Help: i18n.T(ctx, "intake.purpose."+string(p)+".help"),
		}
	}
	return list
}

// about reads back who files.
func about(ctx context.Context, g guide) []ui.Term {
	f := filing(g.Form)
	var terms []ui.Term
	add := func(key, text string) {
		if text != "" {
			terms = append(terms, ui.Term{Label: i18n.T(ctx, key), Text: text})
		}
	}
	if f.AccusedID != 0 {
		add("intake.accused", labelOf(g.Accused, g.Form.Get("accused")))
	}
	if f.Anonymous {
		add("person.name", i18n.T(ctx, "person.anonymous"))
		return terms
	}
	add("person.name", f.Who.Name)
	add("person.org_name", f.Who.OrgName)
	add("person.phone", f.Who.Phone)
	add("person.address", f.Who.Address)
	add("intake.id_no", f.Who.IDNo)
	if f.Who.Sex != "" {
		add("person.sex", i18n.T(ctx, "person.sex."+f.Who.Sex))
	}
	add("person.household", f.Who.Household)
	if f.Persons > 1 {
		add("intake.persons", strconv.Itoa(f.Persons))
	}
	if f.Secret {
		add("intake.secret", i18n.T(ctx, "intake.secret.yes"))
	}
	return terms
}

// sexes offers the codes of GB/T 2261.1 that people choose from.
func sexes(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, code := range []string{"1", "2", "9"} {
		out = append(out, ui.Option{Value: code, Label: i18n.T(ctx, "person.sex."+code)})
	}
	return out
}

// day writes a date that was checked; nothing for one that was not given.
func day(ctx context.Context, text string) string {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return ""
	}
	return i18n.Date(ctx, d.Start())
}

// size writes a number of bytes for people.
func size(n int64) string {
	const mega = 1 << 20
	if n < mega {
		return strconv.FormatInt(max(n/1024, 1), 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/mega, 'f', 1, 64) + " MB"
}
