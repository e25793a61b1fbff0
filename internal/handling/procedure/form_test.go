package procedure

import (
	"encoding/json"
	"reflect"
	"testing"

	"xinqiao/internal/core/casework"
)

// TestKeepKnowsEveryField: what a form asks for reaches the event, and nothing
// that it does not ask for.
func TestKeepKnowsEveryField(t *testing.T) {
	for v, fields := range forms {
		full := crammed()
		for _, f := range fields {
			if f.Input == Choice {
				slot(&full, f.Name).SetString(f.Options[0])
			}
		}
		got, err := keep(v, full)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		b, _ := json.Marshal(got)
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			if _, ok := m[f.Name]; !ok {
				t.Errorf("%s: %s was lost", v, f.Name)
			}
			delete(m, f.Name)
		}
		switch v { // which of several directives the program means
		case casework.GiveFeedback, casework.AnswerInstruct, casework.DropDirective:
			delete(m, "ref")
		}
		if len(m) > 0 {
			t.Errorf("%s: carried along %v", v, m)
		}
	}
}

// crammed has a value in every field that a form could ask for, and in every
// one that none may.
func crammed() casework.Data {
	d := casework.Data{Files: []int64{5}, Areas: [3]int64{1, 2, 3}, Staff: []int64{9}}
	for name := range slots {
		switch to := slot(&d, name); to.Kind() {
		case reflect.String:
			to.SetString("a")
		case reflect.Bool:
			to.SetBool(true)
		case reflect.Int, reflect.Int64:
			to.SetInt(7)
		}
	}
	return d
}

// TestEveryOperationHasASummary: each verb that the API offers says what it
// does, in a sentence of its own, and nothing else is listed.
func TestEveryOperationHasASummary(t *testing.T) {
	said := map[string]casework.Verb{}
	offered := 0
	for _, v := range casework.Verbs() {
		if casework.ByProgram(v) || doorOfTheirOwn(v) {
			continue
		}
		offered++
		if other, twice := said[summaries[v]]; twice || summaries[v] == "" {
			t.Errorf("%s: summary %q, as %s", v, summaries[v], other)
		}
		said[summaries[v]] = v
	}
	if len(summaries) != offered {
		t.Errorf("%d summaries for %d operations", len(summaries), offered)
	}
}
