package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"xinqiao/internal/platform/fault"
)

func TestHoldsNUL(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: false, `"\u0000"`: true, `"a\u0000b"`: true, `"\\u0000"`: false, `"\\\u0000"`: true, `"\\u0000 \u0000"`: true, `"u0000"`: false, `"\u00001"`: true, `"\u0001"`: false,
	} {
		if got := holdsNUL([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
		var v any
		if err := format.Unmarshal([]byte(text), &v); errors.Is(err, errNUL) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	var v any
	if err := format.Unmarshal([]byte("\"\xd6\xd0\""), &v); !errors.Is(err, errNotUTF8) {
		t.Errorf("GBK: %v", err)
	}
}

func TestReadable(t *testing.T) {
	for query, want := range map[string]bool{"": true, "q=%E7%94%B5": true, "q=%d6%d0": false, "q=%00": false, "q=%zz": false} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/cases?"+query, nil)
		if got := Readable(r); got != want {
			t.Errorf("%s: %v", query, got)
		}
		r.Header.Set("Idempotency-Key", "\xff")
		if Readable(r) {
			t.Error("a key that is no text")
		}
	}
}

func TestPatience(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	ctx := WithVisitor(t.Context(), "somebody", now)
	for want, err := range map[int]error{
		90: fault.New(fault.TooMany, "x", now.Add(90*time.Second)), 1: fault.New(fault.TooMany, "x", now.Add(-time.Hour)), 5: errors.New("x"),
	} {
		if got := patience(ctx, err); got != want {
			t.Errorf("%v: %d", err, got)
		}
	}
	if Visitor(ctx) != "somebody" || Visitor(t.Context()) != "" {
		t.Error("visitor")
	}
}

func TestPlaces(t *testing.T) {
	for location, want := range map[string]string{
		"body.person.name": "person.name", "query.limit": "limit", "body": "body", "body.files[3]": "files[3]", "body.<b>": "body", "header.Idempotency-Key": "Idempotency-Key",
	} {
		if got := place(location); got != want {
			t.Errorf("%s is at %q", location, got)
		}
	}
}

func TestRename(t *testing.T) {
	was := fault.New(fault.Invalid, "x").Field("area", "a").Field("words", "b")
	e, _ := fault.As(Rename(was, map[string]string{"area": "area_id"}))
	if e.Fields[0].Name != "area_id" || e.Fields[1].Name != "words" || was.Fields[0].Name != "area" {
		t.Errorf("%v, was %v", e, was)
	}
	if err := errors.New("plain"); Rename(err, nil) != err {
		t.Error("what is no fault is left alone")
	}
}
