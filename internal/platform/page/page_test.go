package page

import (
	"errors"
	"testing"

	"xinqiao/internal/platform/fault"
)

func TestForm(t *testing.T) {
	f := NewForm(map[string][]string{"a": {"1", "2"}, "n": {"x"}, KeyField: {"k"}})
	if f.Get("a") != "1" || !f.Has("a", "2") || f.Has("a", "3") || f.Get("none") != "" || f.Key() != "k" || f.Int("a") != 1 || f.Int("n") != 0 {
		t.Error("values")
	}
	if _, ok := f.Int64("n"); ok {
		t.Error("x is no number")
	}
	if f.Set("b", "3").Get("b") != "3" || !f.OK() {
		t.Error("set")
	}
	plain := errors.New("plain")
	if f.Take(plain) != plain || f.Take(nil) != nil || !f.OK() {
		t.Error("what is no fault of fields must come back")
	}
	if err := f.Take(fault.New(fault.Invalid, "x").Field("a", "x.short", 3)); err != nil {
		t.Error(err)
	}
	f.Fail("b", "x.late")
	if p, ok := f.Problem("a"); !ok || p.ID != "x.short" || len(f.Problems()) != 2 || f.OK() {
		t.Error("problems", f.Problems())
	}
}

func TestNilForm(t *testing.T) {
	var f *Form
	if f.Get("a") != "" || f.All("a") != nil || !f.OK() || f.Key() != "" || f.Problems() != nil || f.Values() != nil {
		t.Error("the nil form is an empty one")
	}
}

func TestFromBareContext(t *testing.T) {
	one, other := NewKey(), NewKey()
	if From(t.Context()) == nil || one == other {
		t.Error("a bare context has an empty view; keys differ")
	}
}
