package casework

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
)

var update = flag.Bool("update", false, "write the golden files and docs/lifecycle.md")

// golden compares with a reviewed file; `make generate` rewrites it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs from the table; review it and run make generate", path)
	}
}

// TestPermissionMatrix pins who may do what in which state, for people who
// stand in the right relation to the case.
func TestPermissionMatrix(t *testing.T) {
	var b strings.Builder
	b.WriteString("# state · role: verbs in the order offered\n")
	for _, s := range States {
		c, _, now := reach(t, s)
		for _, role := range access.Roles {
			verbs := Permitted(c, cast[role], now, rules)
			if len(verbs) == 0 {
				continue
			}
			fmt.Fprintf(&b, "%s · %s:", s, role)
			for _, v := range verbs {
				fmt.Fprintf(&b, " %s", v)
			}
			b.WriteByte('\n')
		}
	}
	golden(t, "testdata/permissions.golden", b.String())
}

// reach lives a case into a state on the shortest lawful way.
func reach(t *testing.T, s State) (c Case, es []Event, now time.Time) {
	ways := map[State][]step{
		Registered: {}, Dispatched: {dispatch}, Signed: ordinary[:2], Accepted: ordinary[:3],
		Objected: {dispatch, {Object, access.UnitHandler, nil}},
		Drafted:  ordinary[:4], Approved: ordinary[:5], Served: ordinary[:6], Concluded: ordinary,
		Declined:  {dispatch, {Decline, access.UnitHandler, nil}},
		Diverted:  {dispatch, {Divert, access.UnitHandler, nil}},
		Withdrawn: {{Withdraw, access.Petitioner, nil}},
		Parked: append(slices.Clone(ordinary[:6]), step{AskPark, access.UnitHandler, nil},
			step{RulePark, access.BureauHead, func(d *Data) { d.Upheld = true }}),
		LookedBack: append(slices.Clone(ordinary), step{Rate, access.Petitioner, nil}),
		Archived:   {{Withdraw, access.Petitioner, nil}, {Archive, access.BureauClerk, nil}},
	}
	return live(t, ways[s]...)
}

// TestLifecycleDiagram keeps docs/lifecycle.md true.
func TestLifecycleDiagram(t *testing.T) {
	var b strings.Builder
	b.WriteString("# The life of a case\n\nGenerated from the table of verbs in `internal/core/casework/table.go` by `make generate`; do not edit.\n\n```mermaid\nstateDiagram-v2\n    [*] --> registered: register\n")
	for _, s := range States {
		edges := map[State][]string{}
		for _, w := range table {
			if w.verb == Register || !slices.Contains(w.from, s) {
				continue
			}
			for _, to := range targets(w) {
				edges[to] = append(edges[to], string(w.verb))
			}
		}
		for _, to := range States {
			if verbs := edges[to]; len(verbs) > 0 {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", s, to, strings.Join(verbs, ", "))
			}
		}
	}
	b.WriteString("    archived --> [*]\n```\n\n## Verbs\n\n| verb | event | from | to | who | opens | closes |\n|---|---|---|---|---|---|---|\n")
	for _, w := range table {
		c := Case{State: w.to}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", w.verb, w.event, words(w.from), words(targets(w)), grants(w), words(opened(w, c)), closes(w))
	}
	golden(t, "../../../docs/lifecycle.md", b.String())
}

func opened(w row, c Case) []Clock {
	if w.opens == nil {
		return nil
	}
	var ks []Clock
	for _, o := range w.opens(c, Event{}) {
		ks = append(ks, o.clock)
	}
	return ks
}

func targets(w row) []State {
	switch {
	case w.target != nil:
		var out []State
		for _, from := range w.from {
			for _, c := range []Case{{State: from, LeadUnitID: 1}, {State: from, LeadUnitID: 1, Parts: Parts{ParkedFrom: Served}}} {
				for _, d := range []Data{{}, {Upheld: true}, {UnitID: 2}, {RatedResult: VeryDissatisfied}, {Stage: Review, Decision: Revoke}} {
					if to := w.target(c, d); !slices.Contains(out, to) {
						out = append(out, to)
					}
				}
			}
		}
		return out
	case w.to != "":
		return []State{w.to}
	}
	return nil
}

func grants(w row) string {
	rel := map[relation]string{anywhere: "", atBureau: " of the bureau", atLead: " of the lead unit", theirs: " of the case", joined: " who co-signed", inArea: " of the area", atTask: " of an assisting unit", atRework: " of the bureau in a rework", atUpper: " of the bureau above"}
	var out []string
	for _, g := range w.who {
		out = append(out, string(g.role)+rel[g.rel])
	}
	return strings.Join(out, ", ")
}

func closes(w row) string {
	if w.ends {
		return strings.TrimPrefix(words(w.keeps)+", all others as moot", ", ")
	}
	return words(append(slices.Clone(w.keeps), w.moots...))
}

func words[T ~string](ts []T) string {
	var out []string
	for _, t := range ts {
		if t != "" {
			out = append(out, string(t))
		}
	}
	return strings.Join(out, ", ")
}
