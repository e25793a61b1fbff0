package casework

import (
	"slices"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
)

func day(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, calendar.China) }

// play goes on with a case and fails on a refusal.
func play(t *testing.T, c Case, now time.Time, steps ...step) Case {
	t.Helper()
	for _, s := range steps {
		now = now.Add(10 * time.Minute)
		d := good()
		if s.edit != nil {
			s.edit(&d)
		}
		es, err := Decide(c, Command{Verb: s.verb, Actor: cast[s.role], Data: d}, now, rules)
		if err != nil {
			t.Fatalf("%s in %s: %v", s.verb, c.State, err)
		}
		for _, e := range es {
			e.CaseID = theCase
			c = Apply(c, e, rules)
		}
	}
	return c
}

func refusedAs(t *testing.T, c Case, cmd Command, now time.Time, want string) {
	t.Helper()
	_, err := Decide(c, cmd, now, rules)
	if no, ok := err.(*Refusal); !ok || no.ID != "casework."+want {
		t.Errorf("%s: got %v, want %s", cmd.Verb, err, want)
	}
}

func with(f func(*Data)) Data { d := good(); f(&d); return d }

// TestRequestsHaveTheirOwnClockAndAnswer: Art. 31–32.
func TestRequestsHaveTheirOwnClockAndAnswer(t *testing.T) {
	c, _, now := live(t, dispatch, step{AddRequest, access.UnitHandler, func(d *Data) { d.Nature = R6 }}, accept)
	if len(c.Lines()) != 2 {
		t.Fatalf("requests %+v", c.Requests)
	}
	ordinary, other := c.lapsable(T4, 1), c.lapsable(Statute, 2)
	if ordinary == nil || other == nil {
		t.Fatalf("clocks %+v", c.Obligations)
	}
	refusedAs(t, c, Command{Draft, cast[access.UnitHandler], good()}, now, "requests_unanswered")
	c = play(t, c, now, step{DivertRequest, access.UnitHandler, func(d *Data) { d.Request = 2 }})
	if c.lapsable(Statute, 2) != nil || c.lapsable(Explain, 2) == nil {
		t.Fatalf("a diverted request owes its explanation: %+v", c.Obligations)
	}
	refusedAs(t, c, Command{DivertRequest, cast[access.UnitHandler], good()}, now, "divert_whole")
	c = play(t, c, now, step{AnswerRequest, access.UnitHandler, nil}, step{Draft, access.UnitHandler, nil},
		step{Approve, access.UnitHead, nil}, step{Serve, access.UnitHandler, nil})
	refusedAs(t, c, Command{ConcludeCase, cast[access.UnitHandler], good()}, now.Add(time.Hour), "route_unexplained")
	c = play(t, c, now.Add(time.Hour), step{ExplainRoute, access.UnitHandler, func(d *Data) { d.Request = 2 }}, step{ConcludeCase, access.UnitHandler, nil})
	if c.State != Concluded || c.Lines()[0].Result != Supported || c.Lines()[1].Result != DivertedAway {
		t.Errorf("%s %+v", c.State, c.Requests)
	}
}

// TestSimpleFallsBack: the sixty days then count from acceptance.
func TestSimpleFallsBack(t *testing.T) {
	c, _, now := live(t, dispatch, step{Accept, access.UnitHandler, func(d *Data) { d.Procedure = Simple }})
	if _, ok := c.Running(T11); !ok {
		t.Fatal("T11 does not run")
	}
	c = play(t, c, now.AddDate(0, 0, 8), step{ToOrdinary, access.UnitHandler, nil})
	o, ok := c.Running(T4)
	if _, simple := c.Running(T11); simple || !ok || !o.DueAt.Equal(day(5, 2)) {
		t.Errorf("T4 %+v", o)
	}
	refusedAs(t, c, Command{RequestMaterial, cast[access.UnitHead], with(func(d *Data) { d.Days = 0 })}, now, "material_range")
	repeated, _, _ := live(t, step{Triage, access.BureauClerk, func(d *Data) { d.Repeat = yes }}, dispatch)
	refusedAs(t, repeated, Command{Accept, cast[access.UnitHandler], with(func(d *Data) { d.Procedure = Simple })}, now, "simple_excluded")
}

// TestSilenceStallsNoClock: without a notice by the 15th day handling begins
// with that day.
func TestSilenceStallsNoClock(t *testing.T) {
	c, _, _ := live(t, dispatch)
	t2, _ := c.Running(T2)
	late := t2.DueAt.Add(5 * time.Minute)
	es, err := Decide(c, Command{Lapse, cast[access.System], Data{LapsedClock: T2}}, late, rules)
	if err != nil {
		t.Fatal(err)
	}
	c = Apply(c, es[0], rules)
	o, ok := c.Running(T4)
	if !ok || !o.OpenedAt.Equal(t2.DueAt) || !c.AcceptedAt.Equal(t2.DueAt) {
		t.Fatalf("T4 %+v", o)
	}
	c = play(t, c, late.AddDate(0, 0, 10), accept)
	if again, _ := c.Running(T4); again.Seq != o.Seq || !again.DueAt.Equal(o.DueAt) {
		t.Errorf("a late acceptance moved the date: %+v", again)
	}
}

// TestTasksFitInside: an assisting unit's clock ends inside the lead's, and
// the reply waits for it; its lateness is its own.
func TestTasksFitInside(t *testing.T) {
	c, _, now := live(t, dispatch, accept)
	ask := func(unit int64, days int) Data { return with(func(d *Data) { d.UnitID, d.Days = unit, days }) }
	refusedAs(t, c, Command{AddTask, cast[access.UnitHandler], ask(theUnit, 5)}, now, "task_for_lead")
	refusedAs(t, c, Command{AddTask, cast[access.UnitHandler], ask(otherUnit, 20)}, now.AddDate(0, 0, 50), "task_outlasts")
	c = play(t, c, now, step{AddTask, access.UnitHandler, func(d *Data) { d.UnitID, d.Days = otherUnit, 10 }},
		step{AddTask, access.UnitHandler, func(d *Data) { d.UnitID, d.Days = 40, 5 }})
	if !slices.Equal(c.Parties(), []int64{otherUnit, 40}) {
		t.Fatalf("parties %v", c.Parties())
	}
	helper := access.Actor{ID: 300, Role: access.UnitHandler, UnitID: otherUnit}
	if !access.Visible(helper).Sees(c.Facts()) {
		t.Error("an assisting unit must see the case")
	}
	for _, o := range c.Obligations {
		if o.Clock == Assist && o.Open() && (o.UnitID == theUnit || o.Ref == 0) {
			t.Errorf("whose task is %+v", o)
		}
	}
	refusedAs(t, c, Command{Draft, cast[access.UnitHandler], good()}, now, "tasks_open")
	refusedAs(t, c, Command{AnswerTask, helper, with(func(d *Data) { d.Task = 2 })}, now, "no_task")
	es, err := Decide(c, Command{AnswerTask, helper, good()}, now.Add(time.Hour), rules)
	if err != nil {
		t.Fatal(err)
	}
	c = Apply(c, es[0], rules)
	c = play(t, c, now.Add(time.Hour), step{RecallTask, access.UnitHandler, func(d *Data) { d.Task = 2 }}, step{Draft, access.UnitHandler, nil})
	if c.State != Drafted || slices.Contains(c.Parties(), 40) {
		t.Errorf("%s %v", c.State, c.Parties())
	}
}

// TestActFirstDiscussLater: 先办后议. The ruling stays owed while the named
// unit acts, and the law's days go on when the case moves.
func TestActFirstDiscussLater(t *testing.T) {
	c, _, now := live(t, dispatch, step{Object, access.UnitHandler, nil},
		step{NameInterim, access.BureauHead, func(d *Data) { d.UnitID = otherUnit }})
	other := access.Actor{ID: 301, Role: access.UnitHandler, UnitID: otherUnit}
	if _, owed := c.Running(Ruling); c.LeadUnitID != otherUnit || !c.Interim || !owed {
		t.Fatalf("%+v", c)
	}
	refusedAs(t, c, Command{Object, other, good()}, now, "objection_used")
	es, err := Decide(c, Command{Accept, other, good()}, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	c = Apply(c, es[0], rules)
	first, _ := c.Running(T4)
	c = play(t, c, now.AddDate(0, 0, 1), step{SettleDispute, access.BureauHead, func(d *Data) { d.UnitID = theUnit }})
	if c.State != Dispatched || c.LeadUnitID != theUnit || c.Interim || c.running(Ruling) != nil {
		t.Fatalf("settled: %+v", c)
	}
	c = play(t, c, now.AddDate(0, 0, 2), accept)
	if again, _ := c.Running(T4); !again.DueAt.Equal(first.DueAt) || again.UnitID != theUnit {
		t.Errorf("the law's days began anew: %v, not %v", again.DueAt, first.DueAt)
	}
}

// reviewed lives a review (or recheck) case of its own.
func reviewed(t *testing.T, stage Stage, staff ...int64) (Case, time.Time) {
	t.Helper()
	d := good()
	d.Stage, d.ParentID, d.RootID, d.Of, d.Staff = stage, 7, 7, "MC26-0000-0001", staff
	es, err := Decide(Case{ID: theCase}, Command{Register, cast[access.Operator], d}, monday, rules)
	if err != nil {
		t.Fatal(err)
	}
	return Apply(Case{ID: theCase}, es[0], rules), monday.Add(10 * time.Minute)
}

// TestReviewAndRecheck: 30 days from receipt of the request, other people, no
// remedy after the recheck, windows that open on service (Art. 35–36).
func TestReviewAndRecheck(t *testing.T) {
	barred := cast[access.BureauClerk].ID
	c, now := reviewed(t, Review, barred)
	if o, ok := c.Running(T12); !ok || !o.DueAt.Equal(day(3, 6)) {
		t.Fatalf("T12 %+v", o)
	}
	refusedAs(t, c, Command{TakeUp, cast[access.BureauClerk], good()}, now, "recused")
	c = play(t, c, now.AddDate(0, 0, 2), step{TakeUp, access.BureauHead, nil})
	if o, ok := c.Running(T6); !ok || !o.DueAt.Equal(day(4, 2)) || o.UnitID != theBureau {
		t.Fatalf("T6 counts from the request: %+v", o)
	}
	refusedAs(t, c, Command{OpenHearing, cast[access.BureauHead], good()}, now, "no_hearing_here")
	second := access.Actor{ID: 400, Role: access.BureauHead, UnitID: theBureau, AreaID: 1, AreaDepth: 1}
	c = play(t, c, now.AddDate(0, 0, 3), step{Draft, access.BureauHead, nil})
	for _, v := range []Verb{Approve, Serve, ConcludeCase} {
		es, err := Decide(c, Command{v, second, good()}, now.AddDate(0, 0, 4), rules)
		if err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		c = Apply(c, es[0], rules)
	}
	if o, ok := c.Running(T7); !ok || c.Outcome != Decided || !o.OpenedAt.Equal(c.ServedAt) {
		t.Errorf("T7 %+v, outcome %s", o, c.Outcome)
	}
}

// TestHearingStopsOnlyTheRecheck: Art. 36.
func TestHearingStopsOnlyTheRecheck(t *testing.T) {
	c, now := reviewed(t, Recheck)
	c = play(t, c, now, step{TakeUp, access.BureauClerk, nil})
	before, _ := c.Running(T8)
	c = play(t, c, now.AddDate(0, 0, 5), step{OpenHearing, access.BureauClerk, nil})
	if c.NextClock != Hearing {
		t.Fatalf("while heard, %s is next", c.NextClock)
	}
	if _, err := Decide(c, Command{Lapse, cast[access.System], Data{LapsedClock: T8}}, before.DueAt.AddDate(0, 1, 0), rules); err == nil {
		t.Error("a stopped clock lapsed")
	}
	c = play(t, c, now.AddDate(0, 0, 17), step{CloseHearing, access.BureauClerk, nil})
	after, _ := c.Running(T8)
	if after.Paused != 12 || !after.DueAt.Equal(before.DueAt.AddDate(0, 0, 12)) {
		t.Errorf("T8 %v became %v, paused %d", before.DueAt, after.DueAt, after.Paused)
	}
	plain, _, at := live(t, dispatch, accept)
	t4, _ := plain.Running(T4)
	plain = play(t, plain, at, step{OpenHearing, access.UnitHandler, nil}, step{CloseHearing, access.UnitHandler, nil})
	if o, _ := plain.Running(T4); !o.DueAt.Equal(t4.DueAt) {
		t.Error("a hearing in handling moved T4")
	}
}

// TestRevokedOpinionIsRedone: by new people, with new evidence and a new plan.
func TestRevokedOpinionIsRedone(t *testing.T) {
	c, _, now := live(t, ordinary...)
	c = play(t, c, now, step{RequestReview, access.Petitioner, func(d *Data) { d.LinkedNo = "MC26-0000-0009" }})
	refusedAs(t, c, Command{RequestReview, cast[access.Petitioner], good()}, now.Add(time.Hour), "review_running")
	refusedAs(t, c, Command{Archive, cast[access.BureauClerk], good()}, now.AddDate(0, 6, 0), "review_running")
	c = play(t, c, now.AddDate(0, 0, 20), step{NoteReview, access.System, func(d *Data) {
		d.Stage, d.Decision, d.LinkedNo = Review, Revoke, "MC26-0000-0009"
	}})
	if c.State != Registered || c.Round != 2 || !c.Rework || c.NextClock != Redirect || c.Appeal != "" {
		t.Fatalf("%+v", c)
	}
	at := now.AddDate(0, 0, 21)
	c = play(t, c, at, dispatch)
	refusedAs(t, c, Command{Accept, cast[access.UnitHandler], good()}, at.Add(time.Hour), "rework_same_handler")
	refusedAs(t, c, Command{Accept, cast[access.UnitHead], with(func(d *Data) { d.Plan = "" })}, at.Add(time.Hour), "plan_missing")
	c = play(t, c, at.Add(time.Hour), step{Accept, access.UnitHead, nil})
	refusedAs(t, c, Command{Draft, cast[access.UnitHead], with(func(d *Data) { d.Evidence = "" })}, at.Add(2*time.Hour), "new_evidence_missing")
	c = play(t, c, at.Add(2*time.Hour), step{Draft, access.UnitHead, nil}, step{Approve, access.BureauHead, nil})
	if c.State != Approved {
		t.Errorf("approved by the bureau's head: %s", c.State)
	}
}

// TestLadder: dissatisfied → look back → second dispatch → consultation →
// check from above, each with its clock and owner.
func TestLadder(t *testing.T) {
	round := func(c Case, now time.Time) Case {
		return play(t, c, now, dispatch, step{Accept, access.UnitHead, nil}, step{Draft, access.UnitHead, nil},
			step{Approve, access.BureauHead, nil}, step{Serve, access.UnitHead, nil}, step{ConcludeCase, access.UnitHead, nil})
	}
	upheld := func(d *Data) { d.Upheld, d.Method = true, "video" }
	c, _, now := live(t, ordinary...)
	c.UpperBureauID = theBureau // the one above, for the actors of this test
	for i, rung := range []struct {
		clock Clock
		verb  Verb
	}{{LookBack, LookAgain}, {Consultation, HoldConsultation}, {HigherCheck, CheckAbove}} {
		c = play(t, c, now, step{Rate, access.Petitioner, nil})
		if o, ok := c.Running(rung.clock); !ok || c.State != LookedBack || o.UnitID != theBureau || c.OwnerUnitID != theBureau {
			t.Fatalf("rung %d: %s, %+v", i, c.State, c.Obligations)
		}
		now = now.AddDate(0, 0, 1)
		c = play(t, c, now, step{rung.verb, access.BureauHead, upheld})
		if c.State != Registered || c.Round != i+2 || !c.Rework {
			t.Fatalf("rung %d upheld: %+v", i, c)
		}
		c.Handlers = nil // new people each time
		now = now.AddDate(0, 0, 1)
		c = round(c, now)
		now = now.AddDate(0, 0, 1)
	}
	c = play(t, c, now, step{Rate, access.Petitioner, nil})
	if c.State != Concluded || c.Ladder != 4 {
		t.Errorf("after the last rung: %s, %d", c.State, c.Ladder)
	}
}

// TestNotAcceptedAgain asks three questions first (Art. 36).
func TestNotAcceptedAgain(t *testing.T) {
	c, _, now := live(t)
	ask := func(facts, reasons, law string, linked int64) Command {
		return Command{Decline, cast[access.BureauHead], with(func(d *Data) {
			d.Again, d.NewFacts, d.NewReasons, d.NewLaw, d.LinkedID = true, facts, reasons, law, linked
		})}
	}
	refusedAs(t, c, ask("", "", "", 9), now, "novelty_unanswered")
	refusedAs(t, c, ask(no, yes, no, 9), now, "new_matter")
	refusedAs(t, c, ask(no, no, no, 0), now, "finalised_missing")
	if _, err := Decide(c, ask(no, no, no, 9), now, rules); err != nil {
		t.Error(err)
	}
}

// TestFinalise needs three opinions, a lapsed window, or a settlement carried
// out; help goes on.
func TestFinalise(t *testing.T) {
	c, _, now := live(t, ordinary...)
	on := func(g Ground) Command {
		return Command{Finalise, cast[access.BureauHead], with(func(d *Data) { d.Ground = g })}
	}
	refusedAs(t, c, on(ThreeOpinions), now, "opinions_missing")
	refusedAs(t, c, on(WindowLapsed), now, "window_open")
	refusedAs(t, c, on(Settled), now, "not_settled")
	c = play(t, c, now, step{OpenHelp, access.BureauClerk, nil})
	t5, _ := c.Running(T5)
	es, err := Decide(c, on(WindowLapsed), t5.DueAt, rules)
	if err != nil {
		t.Fatal(err)
	}
	c = Apply(c, es[0], rules)
	if _, helped := c.Running(Help); !c.Finalised || !helped {
		t.Error("finalised without its help")
	}
	refusedAs(t, c, Command{Archive, cast[access.BureauClerk], good()}, now.AddDate(1, 0, 0), "help_open")
}

// TestOrders: the hotline's clocks by urgency, conversion with history, and
// parking with approval.
func TestOrders(t *testing.T) {
	d := good()
	d.Kind, d.Urgency = Order, Red
	es, err := Decide(Case{ID: theCase}, Command{Register, cast[access.Operator], d}, monday, rules)
	if err != nil {
		t.Fatal(err)
	}
	c := Apply(Case{ID: theCase}, es[0], rules)
	if o, ok := c.Running(OrderDispatch); !ok || !o.DueAt.Equal(monday.Add(time.Hour)) {
		t.Fatalf("dispatch %+v", o)
	}
	urgent := func(d *Data) { d.Urgency = Yellow }
	c = play(t, c, monday, step{Forward, access.BureauClerk, urgent})
	if o, ok := c.Running(OrderFeedback); !ok || !o.DueAt.Equal(c.DispatchedAt.Add(24*time.Hour)) {
		t.Fatalf("feedback %+v", o)
	}
	if _, petition := c.Running(T2); petition {
		t.Error("an order has no notice of Art. 23")
	}
	signed := play(t, c, monday.Add(time.Hour), step{SignFor, access.UnitHandler, nil})
	kept := play(t, signed, monday.Add(2*time.Hour), step{AskPark, access.UnitHandler, nil}, step{RulePark, access.BureauHead, func(d *Data) { d.Upheld = true }})
	if kept.State != Parked || kept.NextClock != Park || kept.OwnerUnitID != theUnit {
		t.Errorf("parked: %s, next %s", kept.State, kept.NextClock)
	}
	if back := play(t, kept, monday.AddDate(0, 0, 5), step{Resume, access.UnitHandler, nil}); back.State != Accepted || back.NextClock != OrderFeedback {
		t.Errorf("resumed: %s, next %s", back.State, back.NextClock)
	}
	turned := play(t, signed, monday.AddDate(0, 0, 1), step{Convert, access.BureauClerk, func(d *Data) { d.Kind = Petition }})
	if o, ok := turned.Running(T1); turned.State != Registered || !ok || !o.DueAt.Equal(day(3, 19)) || turned.Version != signed.Version+1 {
		t.Errorf("converted: %s %+v", turned.State, o)
	}
	plain, _, now := live(t, dispatch, accept)
	refusedAs(t, plain, Command{AskPark, cast[access.UnitHandler], good()}, now, "not_parkable")
}

// TestMediationNeedsConsent: Art. 33.
func TestMediationNeedsConsent(t *testing.T) {
	c, _, now := live(t, dispatch, accept, step{ProposeMediation, access.UnitHandler, nil})
	refusedAs(t, c, Command{RecordMediation, cast[access.UnitHandler], good()}, now, "mediation_not_agreed")
	refused := play(t, c, now, step{ConsentMediation, access.Petitioner, nil})
	if _, runs := refused.Running(Mediation); runs || refused.Consented {
		t.Error("mediation goes on against the petitioner's will")
	}
	yes := func(d *Data) { d.Upheld = true }
	c = play(t, c, now, step{ConsentMediation, access.Petitioner, yes}, step{RecordMediation, access.UnitHandler, yes})
	if !c.Settlement {
		t.Error("no settlement")
	}
}

// TestRulesOfTheirTime: a case keeps the parameters that it started under.
func TestRulesOfTheirTime(t *testing.T) {
	old := DefaultParams()
	c, _, now := live(t)
	shorter := DefaultParams()
	shorter.Version, shorter.Lengths = "later", map[Clock]Length{T2: {7, calendar.CalendarDays}, T1: {5, calendar.CalendarDays}}
	later := Rules{Calendar: rules.Calendar, Params: shorter, Versions: map[string]Params{old.Version: old, "later": shorter}}
	es, err := Decide(c, Command{Forward, cast[access.BureauClerk], good()}, now, later)
	if err != nil {
		t.Fatal(err)
	}
	if o, _ := Apply(c, es[0], later).Running(T2); o.Days != 15 {
		t.Errorf("an old case got %d days", o.Days)
	}
	es, _ = Decide(Case{}, Command{Register, cast[access.Operator], good()}, now, later)
	if fresh := Apply(Case{}, es[0], later); fresh.RuleVersion != "later" || fresh.Obligations[0].Days != 5 {
		t.Errorf("a new case runs under %q", fresh.RuleVersion)
	}
}

// TestAmberBegins in the last fifth or three days before, never in the first
// half.
func TestAmberBegins(t *testing.T) {
	for _, tc := range []struct {
		clock Clock
		want  time.Duration // before the due moment
	}{{T4, 12 * 24 * time.Hour}, {T1, 3 * 24 * time.Hour}} {
		o := rules.Preview(tc.clock, Blue, day(3, 2), 0)
		if got := o.DueAt.Sub(o.WarnAt); got < tc.want || got > tc.want+6*time.Hour {
			t.Errorf("%s: amber %v before", tc.clock, got)
		}
	}
	hour := rules.Preview(OrderDispatch, Red, monday, 0)
	if got := hour.DueAt.Sub(hour.WarnAt); got != 30*time.Minute {
		t.Errorf("one hour: amber %v before", got)
	}
	if o := rules.Preview(T5, Blue, day(9, 4), 0); !o.DueAt.Equal(time.Date(2026, 10, 9, 0, 0, 0, 0, calendar.China)) {
		t.Errorf("a petitioner's window ends on a day off: %v", o.DueAt)
	}
}

// TestDirectivesRunApart: of two directives one is answered, one dropped, and
// neither touches the other; an answer that names none keeps all.
func TestDirectivesRunApart(t *testing.T) {
	two := func() (Case, time.Time) {
		c, _, now := live(t, dispatch, accept)
		press := step{Supervise, access.Supervisor, func(d *Data) { d.Days = 10 }}
		return play(t, c, now, press, press), now.Add(time.Hour)
	}
	c, now := two()
	var refs []int
	for _, o := range c.Obligations {
		if o.Clock == Supervision {
			refs = append(refs, o.Ref)
		}
	}
	if len(refs) != 2 || int64(refs[1]) != c.Version || refs[0] == refs[1] {
		t.Fatalf("refs %v of %d events", refs, c.Version)
	}
	by := cast[access.Supervisor]
	refusedAs(t, c, Command{DropDirective, by, good()}, now, "directive_unclear")
	refusedAs(t, c, Command{DropDirective, by, with(func(d *Data) { d.Ref = 1 })}, now, "directive_unclear")
	refusedAs(t, c, Command{GiveFeedback, cast[access.UnitHandler], with(func(d *Data) { d.Ref = 1 })}, now, "directive_unclear")
	c = play(t, c, now, step{DropDirective, access.Supervisor, func(d *Data) { d.Ref = refs[0] }})
	if c.Directed(int64(refs[0])) || !c.Directed(int64(refs[1])) {
		t.Fatalf("dropped the wrong one: %+v", c.Obligations)
	}
	c = play(t, c, now, step{GiveFeedback, access.UnitHandler, func(d *Data) { d.Ref = refs[1] }})
	for _, o := range c.Obligations {
		if o.Clock == Supervision && (o.Open() || o.Kept != (o.Ref == refs[1])) {
			t.Errorf("%+v", o)
		}
	}
	refusedAs(t, c, Command{DropDirective, by, good()}, now, "no_directive")
	c, now = two()
	if c = play(t, c, now, step{GiveFeedback, access.UnitHandler, nil}); c.running(Supervision) != nil {
		t.Error("an answer to all left one running")
	}
}
