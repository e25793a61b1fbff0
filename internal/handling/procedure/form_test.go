package procedure

import (
	"encoding/json"
	"testing"

	"xinqiao/internal/core/casework"
)

// TestKeepKnowsEveryField: what a form asks for reaches the event, and nothing
// that it does not ask for.
func TestKeepKnowsEveryField(t *testing.T) {
	full := casework.Data{
		UnitID: 1, BarredUnitID: 2, ReportDays: 3, Days: 4, Upheld: true, Nature: casework.R7, Urgency: casework.Red,
		Procedure: casework.Simple, Outcome: casework.Partly, RatedUnit: 1, RatedResult: 2, Files: []int64{5},
		Reason: "a", Basis: "b", Text: "c", Facts: "d", Remedy: "e", Route: "f", Method: "g", Evidence: "h", Category: "0101",
		No: "forged", PetitionerID: 99, BureauID: 98, Lane: "open", TextHash: "x",
	}
	for v, fields := range forms {
		full.Method = "direct"
		for _, f := range fields {
			if f.Name == "method" {
				full.Method = f.Options[0]
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
		if len(m) > 0 {
			t.Errorf("%s: carried along %v", v, m)
		}
	}
}
