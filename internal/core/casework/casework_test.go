package casework

import (
	"slices"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
)

const (
	theBureau, theUnit, otherUnit = 10, 20, 30
	theCase                       = 1
)

var (
	monday = time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.China) // an ordinary working Monday
	rules  = Rules{Calendar: calendar.Embedded(), Params: DefaultParams()}
	cast   = map[access.Role]access.Actor{}
)

func init() {
	for i, role := range access.Roles {
		a := access.Actor{ID: int64(100 + i), Role: role, AreaID: 1, AreaDepth: 1}
		switch role {
		case access.Petitioner:
			a = access.Actor{Role: role, CaseID: theCase}
		case access.System:
			a = access.Actor{Role: role}
		case access.UnitHandler, access.UnitHead:
			a.UnitID = theUnit
		case access.BureauClerk, access.BureauHead:
			a.UnitID = theBureau
		case access.Operator:
			a.ID = 7 // registered the case of these tests
		}
		cast[role] = a
	}
}

// good is a complete set of inputs: every verb takes what it needs of it.
func good() Data {
	return Data{
		No: "MC26-0000-0000", Title: "路灯不亮", Channel: Phone, PetitionerID: 5, BureauID: theBureau,
		Areas: [3]int64{1, 2, 3}, Category: "0401", Nature: R7, Urgency: Yellow,
		UnitID: theUnit, ReportDays: 20, Reason: "reason", Basis: "law", Text: "text", Facts: "facts",
		Remedy: "review within 30 days", Route: "court", Days: 10, Outcome: Resolved,
		RatedUnit: Satisfied, RatedResult: Dissatisfied, Method: "direct", Evidence: "photo",
		Result: Supported, Request: 1, Task: 1, Duty: "duty item 7", Attendees: "two units", Plan: "new plan",
		Decision: Maintain, Ground: ThreeOpinions, Count: 5, Kind: Petition, Relation: AsRevisit, LinkedID: 77, LinkedNo: "MC26-0000-0077",
	}
}

type step struct {
	verb Verb
	role access.Role
	edit func(*Data)
}

// live plays steps, ten minutes apart, and fails on the first refusal.
func live(t *testing.T, steps ...step) (Case, []Event, time.Time) {
	t.Helper()
	var c Case
	var es []Event
	now := monday
	for _, s := range append([]step{{Register, access.Operator, nil}}, steps...) {
		d := good()
		if s.edit != nil {
			s.edit(&d)
		}
		got, err := Decide(c, Command{Verb: s.verb, Actor: cast[s.role], Data: d}, now, rules)
		if err != nil {
			t.Fatalf("%s in %s: %v", s.verb, c.State, err)
		}
		for _, e := range got {
			e.CaseID = theCase
			c = Apply(c, e, rules)
			es = append(es, e)
		}
		now = now.Add(10 * time.Minute)
	}
	return c, es, now
}

var (
	dispatch = step{Forward, access.BureauClerk, nil}
	accept   = step{Accept, access.UnitHandler, nil}
	ordinary = []step{dispatch, {SignFor, access.UnitHandler, nil}, accept,
		{Draft, access.UnitHandler, nil}, {Approve, access.UnitHead, nil},
		{Serve, access.UnitHandler, nil}, {ConcludeCase, access.UnitHandler, nil}}
)

func TestOrdinaryLife(t *testing.T) {
	c, es, now := live(t, ordinary...)
	if c.State != Concluded || c.Outcome != Resolved || c.OwnerUnitID != 0 || !c.NextDueAt.IsZero() {
		t.Fatalf("concluded case: %+v", c)
	}
	for _, o := range c.Obligations {
		if o.Clock == T5 && o.Open() {
			continue // the window for a review outlives the closing
		}
		if o.Open() || !o.Kept && o.Clock != T3 {
			t.Errorf("obligation %+v", o)
		}
	}
	if got := Replay(es, rules); !equal(got, c) {
		t.Errorf("replay differs:\n%+v\n%+v", got, c)
	}
	rate := Command{Rate, cast[access.Petitioner], good()}
	if _, err := Decide(c, rate, now, rules); err != nil {
		t.Fatal(err)
	}
	late := rules.RateUntil(c)
	if _, err := Decide(c, rate, late, rules); err == nil {
		t.Error("rated after the window")
	}
}

func TestClocks(t *testing.T) {
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, calendar.China) }
	cases := []struct {
		name  string
		clock Clock
		due   time.Time // first moment after the last day
		steps []step
	}{
		{"T1 15 days", T1, day(3, 18), nil},
		{"T1 from receipt", T1, day(3, 11), []step{}},
		{"T2 15 days", T2, day(3, 18), []step{dispatch}},
		{"T3 5 working days", T3, day(3, 10), []step{dispatch}},
		{"T4 60 days", T4, day(5, 2), []step{dispatch, accept}},
		{"T4 extended by 10", T4, day(5, 12), []step{dispatch, accept, {RequestExtension, access.UnitHandler, nil},
			{RuleExtension, access.UnitHead, func(d *Data) { d.Upheld = true }}}},
		{"T9 20 days", T9, day(3, 23), []step{{Assign, access.BureauClerk, nil}}},
		{"T11 10 working days", T11, day(3, 17), []step{dispatch,
			{Accept, access.UnitHandler, func(d *Data) { d.Procedure = Simple }}}},
		{"suggestion has no 60 days of Art. 34", Statute, day(5, 2), []step{
			{Forward, access.BureauClerk, func(d *Data) { d.Nature = R0 }}, accept}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c, _, _ := live(t, tc.steps...)
			if tc.name == "T1 from receipt" {
				d := good()
				d.ReceivedAt = monday.AddDate(0, 0, -7)
				es, _ := Decide(Case{}, Command{Register, cast[access.BureauClerk], d}, monday, rules)
				c = Apply(Case{}, es[0], rules)
			}
			o, ok := c.Running(tc.clock)
			if !ok || !o.DueAt.Equal(tc.due) {
				t.Errorf("due %v (%v), want %v", o.DueAt, ok, tc.due)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	at := func(steps ...step) Case { c, _, _ := live(t, steps...); return c }
	edit := func(f func(*Data)) Data { d := good(); f(&d); return d }
	simple := step{Accept, access.UnitHandler, func(d *Data) { d.Procedure = Simple }}
	cases := []struct {
		name string
		c    Case
		cmd  Command
		now  time.Time
		want string
	}{
		{"accused unit never gets the accusation", at(), Command{Forward, cast[access.BureauHead],
			edit(func(d *Data) { d.Nature, d.BarredUnitID = R1, theUnit })}, monday, "casework.unit_barred"},
		{"objection after five working days", at(dispatch), Command{Object, cast[access.UnitHandler], good()},
			monday.AddDate(0, 0, 8), "casework.too_late_to_object"},
		{"objection twice", at(dispatch, step{Object, access.UnitHandler, nil}, step{Rule, access.BureauHead, nil}),
			Command{Object, cast[access.UnitHandler], good()}, monday, "casework.objection_used"},
		{"another unit", at(dispatch), Command{Accept, access.Actor{ID: 9, Role: access.UnitHandler, UnitID: otherUnit}, good()}, monday, "casework.not_yours"},
		{"leader does not dispatch", at(), Command{Forward, cast[access.Leader], good()}, monday, "casework.not_your_role"},
		{"extension of 31 days", at(dispatch, accept), Command{RequestExtension, cast[access.UnitHandler],
			edit(func(d *Data) { d.Days = 31 })}, monday, "casework.extension_range"},
		{"extension of the simple procedure", at(dispatch, simple), Command{RequestExtension, cast[access.UnitHandler], good()}, monday, "casework.not_extendable"},
		{"extension after day 60", at(dispatch, accept), Command{RequestExtension, cast[access.UnitHandler], good()}, monday.AddDate(0, 0, 61), "casework.too_late_to_extend"},
		{"own draft", at(dispatch, accept, step{Draft, access.UnitHead, nil}), Command{Approve, cast[access.UnitHead], good()}, monday, "casework.own_draft"},
		{"resolved without evidence", at(ordinary[:6]...), Command{ConcludeCase, cast[access.UnitHandler],
			edit(func(d *Data) { d.Evidence = "" })}, monday, "casework.evidence_missing"},
		{"assigned without report", at(append([]step{{Assign, access.BureauClerk, nil}}, ordinary[1:6]...)...), Command{ConcludeCase, cast[access.UnitHandler],
			edit(func(d *Data) { d.Text = " " })}, monday, "casework.report_missing"},
		{"urge twice in a day", at(step{Urge, access.Petitioner, nil}), Command{Urge, cast[access.Petitioner], good()}, monday.Add(3 * time.Hour), "casework.urge_too_soon"},
		{"simple reply of an ordinary case", at(dispatch, accept), Command{Reply, cast[access.UnitHandler], good()}, monday, "casework.not_simple"},
		{"dismiss what nobody contested", at(), Command{Dismiss, cast[access.BureauHead], good()}, monday, "casework.not_contested"},
		{"petitioner of another case", at(), Command{Withdraw, access.Actor{Role: access.Petitioner, CaseID: 99}, good()}, monday, "casework.not_yours"},
		{"archive while the window is open", at(ordinary...), Command{Archive, cast[access.System], Data{}}, monday.AddDate(0, 0, 20), "casework.too_early_to_archive"},
		{"lapse before the moment", at(), Command{Lapse, cast[access.System], Data{LapsedClock: T1}}, monday.AddDate(0, 0, 15), "casework.not_due"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Decide(tc.c, tc.cmd, tc.now, rules)
			if no, ok := err.(*Refusal); !ok || no.ID != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestUpheldObjectionComesBackToTheBureau(t *testing.T) {
	c, _, _ := live(t, dispatch, step{Object, access.UnitHandler, nil},
		step{Rule, access.BureauHead, func(d *Data) { d.Upheld = true }})
	if c.State != Registered || c.LeadUnitID != 0 || c.OwnerUnitID != theBureau || c.NextClock != Redirect {
		t.Errorf("%+v", c)
	}
}

func TestContestOpensTheNextRound(t *testing.T) {
	c, es, _ := live(t, append(slices.Clone(ordinary), step{Contest, access.Petitioner, nil})...)
	if c.Round != 2 || c.State != Registered || c.NextClock != T1 || c.Outcome != Resolved {
		t.Errorf("contested: %+v", c)
	}
	if es[len(es)-1].From != Concluded {
		t.Error("the event must keep what it left")
	}
	c, _, now := live(t, append(slices.Clone(ordinary), step{Contest, access.Petitioner, nil},
		step{Dismiss, access.BureauHead, nil})...)
	if c.State != Concluded || !c.Dismissed || c.Outcome != Resolved {
		t.Errorf("dismissed: %+v", c)
	}
	if no := Refused(c, cast[access.Petitioner], Contest, now, rules); no == nil || no.ID != "casework.contest_dismissed" {
		t.Errorf("a dismissed contest was contested again: %v", no)
	}
}

func TestLapseMarksOnce(t *testing.T) {
	c, _, _ := live(t)
	lapse := Command{Lapse, cast[access.System], Data{LapsedClock: T1}}
	es, err := Decide(c, lapse, c.NextDueAt, rules)
	if err != nil {
		t.Fatal(err)
	}
	c = Apply(c, es[0], rules)
	if _, err := Decide(c, lapse, c.NextDueAt.AddDate(1, 0, 0), rules); err == nil {
		t.Error("marked twice")
	}
	if c.NextClock != T1 {
		t.Error("a missed duty is still owed")
	}
}

// equal compares cases; obligations by value.
func equal(a, b Case) bool {
	ao, bo := a.Obligations, b.Obligations
	a.Obligations, b.Obligations = nil, nil
	return slices.Equal(ao, bo) && same(a, b)
}

func TestRecallUndoesADispatch(t *testing.T) {
	c, _, now := live(t, dispatch, step{Recall, access.BureauClerk, nil})
	o, ok := c.Running(T1)
	if c.State != Registered || c.LeadUnitID != 0 || !ok || !o.OpenedAt.Equal(monday) {
		t.Errorf("recalled: %+v", c)
	}
	c, _, _ = live(t, dispatch)
	if no := Refused(c, cast[access.BureauClerk], Recall, now.Add(time.Hour), rules); no == nil {
		t.Error("recalled after half an hour")
	}
}
