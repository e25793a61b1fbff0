package procedure

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
)

// maxWords bounds one text of a command, in characters.
const maxWords = 20_000

// slots finds the fields of casework.Data by their JSON names, which are the
// names that forms use.
var slots = func() map[string]int {
	m := map[string]int{}
	t := reflect.TypeFor[casework.Data]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		m[name] = i
	}
	return m
}()

// slot is the field of the data with that name. Asking for a name that is not
// there is a mistake of the program.
func slot(d *casework.Data, name string) reflect.Value {
	i, ok := slots[name]
	if !ok {
		panic("procedure: casework.Data has no field " + name)
	}
	return reflect.ValueOf(d).Elem().Field(i)
}

// keep returns only the data that the verb's form asks for, so that nothing
// else can ride along into an event, and refuses texts beyond reason.
func keep(v casework.Verb, d casework.Data) (casework.Data, error) {
	var out casework.Data
	f := fault.New(fault.Invalid, "procedure.incomplete")
	for _, field := range forms[v] {
		from := slot(&d, field.Name)
		slot(&out, field.Name).Set(from)
		if from.Kind() != reflect.String {
			continue
		}
		words := from.String()
		switch {
		case !utf8.ValidString(words) || strings.ContainsRune(words, 0):
			f.Field(field.Name, "procedure.unreadable")
		case utf8.RuneCountInString(words) > field.longest():
			f.Field(field.Name, "procedure.too_long", field.longest())
		case field.Input == Choice && words != "" && !slices.Contains(field.Options, words):
			f.Field(field.Name, "procedure.choose")
		}
	}
	if v == casework.Lapse || v == casework.Warn {
		out.LapsedClock, out.Ref = d.LapsedClock, d.Ref
	}
	if v == casework.GiveFeedback || v == casework.AnswerInstruct || v == casework.DropDirective {
		out.Ref = d.Ref
	}
	if v == casework.ShareReply {
		out.Text, out.Outcome, out.Evidence = d.Text, d.Outcome, d.Evidence
		out.Facts, out.Basis, out.Remedy, out.Result = d.Facts, d.Basis, d.Remedy, d.Result
	}
	if v == casework.Cosign {
		out.People = d.People
	}
	return out, f.OrNil()
}

// longest is how many characters a text may have.
func (f Field) longest() int {
	if f.Input == Line {
		return 200
	}
	return maxWords
}

// read takes a field's value from a form.
func read(d *casework.Data, f Field, form *page.Form) {
	switch to := slot(d, f.Name); to.Kind() {
	case reflect.String:
		to.SetString(form.Get(f.Name))
	case reflect.Bool:
		to.SetBool(form.Get(f.Name) == "true")
	case reflect.Int, reflect.Int64:
		n, _ := form.Int64(f.Name)
		to.SetInt(n)
	}
}

// clean applies a filter to every text that the verb reads.
func clean(v casework.Verb, d *casework.Data, filter func(string) string) {
	for _, f := range forms[v] {
		if to := slot(d, f.Name); to.Kind() == reflect.String {
			to.SetString(filter(to.String()))
		}
	}
}
