package ui

import (
	"maps"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/page"
)

func orNewKey(key string) string {
	if key == "" {
		return page.NewKey()
	}
	return key
}

func failed(f *page.Form, name string) bool {
	_, wrong := f.Problem(name)
	return wrong
}

// shown is what was typed, else the value that the page proposes.
func shown(f *page.Form, p FieldProps) string {
	if p.Type == "password" {
		return ""
	}
	if f != nil && len(f.All(p.Name)) > 0 {
		return f.Get(p.Name)
	}
	return p.Value
}

func ticked(f *page.Form, p FieldProps, value string) bool {
	if len(f.All(p.Name)) > 0 {
		return f.Has(p.Name, value)
	}
	return p.Value == value && value != ""
}

func rows(n int) string {
	if n == 0 {
		n = 5
	}
	return strconv.Itoa(n)
}

// describedBy joins help and error for screen readers.
func describedBy(f *page.Form, p FieldProps, a templ.Attributes) {
	ids := ""
	if p.Help != "" {
		ids = "h-" + p.Name
	}
	if failed(f, p.Name) {
		if ids != "" {
			ids += " "
		}
		ids += "e-" + p.Name
		a["aria-invalid"] = "true"
	}
	if ids != "" {
		a["aria-describedby"] = ids
	}
	if p.TestID != "" {
		a["data-testid"] = p.TestID
	}
	maps.Copy(a, p.Attrs)
}

func inputAttrs(f *page.Form, p FieldProps) templ.Attributes {
	a := templ.Attributes{}
	set := func(name, value string) {
		if value != "" {
			a[name] = value
		}
	}
	set("placeholder", p.Placeholder)
	set("autocomplete", p.Auto)
	set("inputmode", p.InputMode)
	if p.Max > 0 {
		a["maxlength"] = strconv.Itoa(p.Max)
	}
	if p.Required {
		a["required"] = true
	}
	if p.Autofocus {
		a["autofocus"] = true
	}
	describedBy(f, p, a)
	return a
}

// codeAttrs are inputAttrs without what the code field fixes itself.
func codeAttrs(f *page.Form, p FieldProps) templ.Attributes {
	p.Auto, p.InputMode = "", ""
	return inputAttrs(f, p)
}

func groupAttrs(f *page.Form, p FieldProps) templ.Attributes {
	a := templ.Attributes{}
	describedBy(f, p, a)
	return a
}

func buttonAttrs(b ButtonProps) templ.Attributes {
	a := templ.Attributes{}
	for name, value := range map[string]string{
		"name": b.Name, "value": b.Value, "form": b.Form, "formaction": b.Action, "data-testid": b.TestID,
	} {
		if value != "" {
			a[name] = value
		}
	}
	maps.Copy(a, b.Attrs)
	return a
}

type optionGroup struct {
	name    string
	options []Option
}

// grouped puts neighbours of one group together.
func grouped(list []Option) []optionGroup {
	var out []optionGroup
	for _, o := range list {
		if n := len(out); n == 0 || out[n-1].name != o.Group {
			out = append(out, optionGroup{name: o.Group})
		}
		last := &out[len(out)-1]
		last.options = append(last.options, o)
	}
	return out
}
