package page

import (
	"strconv"

	"xinqiao/internal/platform/fault"
)

// KeyField is the hidden field that carries a form's idempotency key.
const KeyField = "_key"

// Form is what was typed, and what is wrong with it. A handler that refuses a
// form renders the same page again with it, so that nothing is typed twice.
// The nil Form is an empty one, for reading.
type Form struct {
	values   map[string][]string
	problems []fault.Field
}

// NewForm makes a form from values; nil is fine.
func NewForm(values map[string][]string) *Form {
	if values == nil {
		values = map[string][]string{}
	}
	return &Form{values: values}
}

// Get gives the first value of a field.
func (f *Form) Get(name string) string {
	if f == nil || len(f.values[name]) == 0 {
		return ""
	}
	return f.values[name][0]
}

// All gives every value of a field.
func (f *Form) All(name string) []string {
	if f == nil {
		return nil
	}
	return f.values[name]
}

// Has tells whether a field was sent with this value.
func (f *Form) Has(name, value string) bool {
	for _, v := range f.All(name) {
		if v == value {
			return true
		}
	}
	return false
}

// Set prefills or replaces a field.
func (f *Form) Set(name string, values ...string) *Form {
	f.values[name] = values
	return f
}

// Values gives everything that was sent, to be read only.
func (f *Form) Values() map[string][]string {
	if f == nil {
		return nil
	}
	return f.values
}

// Int64 reads a whole number; false when it is missing or none.
func (f *Form) Int64(name string) (int64, bool) {
	n, err := strconv.ParseInt(f.Get(name), 10, 64)
	return n, err == nil
}

// Int reads a whole number, 0 when it is missing or none.
func (f *Form) Int(name string) int {
	n, _ := strconv.Atoi(f.Get(name))
	return n
}

// Key gives the idempotency key that came with the form.
func (f *Form) Key() string { return f.Get(KeyField) }

// Fail notes that a field needs correction. The message is "fault." + id.
func (f *Form) Fail(name, id string, args ...any) {
	f.problems = append(f.problems, fault.Field{Name: name, ID: id, Args: args})
}

// Take adopts the fields of an Invalid fault for redisplay and returns nil;
// any other error it gives back. So a handler says
//
//	if err = form.Take(err); err != nil { return err }
func (f *Form) Take(err error) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	f.problems = append(f.problems, e.Fields...)
	return nil
}

// OK tells that nothing needs correction.
func (f *Form) OK() bool { return f == nil || len(f.problems) == 0 }

// Problems lists what needs correction, in the order noted.
func (f *Form) Problems() []fault.Field {
	if f == nil {
		return nil
	}
	return f.problems
}

// Problem gives the first problem of a field.
func (f *Form) Problem(name string) (fault.Field, bool) {
	for _, p := range f.Problems() {
		if p.Name == name {
			return p, true
		}
	}
	return fault.Field{}, false
}
