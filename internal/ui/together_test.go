package ui

import (
	"testing"

	"xinqiao/internal/core/casework"
)

func TestTogether(t *testing.T) {
	one := func(v casework.Verb, people int) casework.Event {
		return casework.Event{Verb: v, Data: casework.Data{People: people, RatedUnit: 3}}
	}
	got := Together([]casework.Event{
		one(casework.Register, 5), one(casework.Cosign, 0), one(casework.Cosign, 3), one(casework.Urge, 0), one(casework.Cosign, 1),
		one(casework.CoRate, 0), one(casework.CoRate, 0), one(casework.Rate, 0), one(casework.CoRate, 0),
	})
	want := []casework.Data{{People: 5, RatedUnit: 3}, {People: 4}, {RatedUnit: 3}, {People: 1, RatedUnit: 3}, {Count: 2}, {RatedUnit: 3}, {Count: 1, RatedUnit: 3}}
	if len(got) != len(want) {
		t.Fatalf("%d events, expected %d", len(got), len(want))
	}
	for i, e := range got {
		if d := e.Data; d.People != want[i].People || d.Count != want[i].Count || d.RatedUnit != want[i].RatedUnit {
			t.Errorf("%d %s: %d people, %d ratings, grade %d", i, e.Verb, d.People, d.Count, d.RatedUnit)
		}
	}
}
