package demo

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
)

var now = time.Date(2026, 11, 22, 10, 40, 0, 0, calendar.China)

// elsewhere are verbs that the script does not speak: people relate cases when
// the city stands.
var elsewhere = []casework.Verb{casework.Relate, casework.Unrelate, casework.ShareReply}

func params(cases int) Params {
	return Params{Now: now, Seed: 7, Cases: cases,
		Rules: casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}}
}

// whole is the script that the tests share.
var whole = sync.OnceValues(func() (*Script, error) { return Generate(params(0)) })

func script(t *testing.T) *Script {
	t.Helper()
	s, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSameSeedSameScript(t *testing.T) {
	a, err := Generate(params(150))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Generate(params(150))
	if !reflect.DeepEqual(a, b) {
		t.Error("two runs with one seed differ")
	}
	other := params(150)
	other.Seed++
	if c, _ := Generate(other); reflect.DeepEqual(a.Cases, c.Cases) {
		t.Error("another seed gave the same cases")
	}
}

func TestManySeeds(t *testing.T) {
	for seed := range uint64(12) {
		p := params(250)
		p.Seed, p.Now = seed, now.AddDate(0, 0, -int(seed)*17).Add(time.Duration(seed)*time.Hour)
		if _, err := Generate(p); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func TestCity(t *testing.T) {
	s := script(t)
	kinds := map[access.UnitKind]int{}
	names := map[string]bool{}
	for i, u := range s.Units {
		kinds[u.Kind]++
		if u.ID != int64(i+1) || u.ParentID >= u.ID || u.BureauID == 0 || u.NameEN == "" || names[u.Code] || names[u.NameZH] {
			t.Errorf("unit %+v", u)
		}
		names[u.Code], names[u.NameZH] = true, true
	}
	want := map[access.UnitKind]int{access.Government: 5, access.Bureau: 5, access.Department: 70, access.Town: 12, access.Village: 78}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("units %v, want %v", kinds, want)
	}
	areas := map[string]int{}
	for _, d := range s.Duties {
		areas[d.Category]++
		if d.UnitID == 0 || d.Basis == "" {
			t.Errorf("duty %+v", d)
		}
	}
	for code, n := range areas {
		if n < 5 {
			t.Errorf("%s has duties in %d areas only", code, n)
		}
	}
	if len(areas) != 110 {
		t.Errorf("duties for %d categories", len(areas))
	}
}

func TestStaff(t *testing.T) {
	logins, roles, featured := map[string]bool{}, map[access.Role]int{}, 0
	for _, s := range script(t).Staff {
		if s.Featured {
			featured++
		}
		if logins[s.Login] || len(s.Login) < 3 || s.UnitID == 0 {
			t.Errorf("staff %+v", s)
		}
		logins[s.Login] = true
		roles[s.Role]++
	}
	if featured != len(posts) {
		t.Errorf("%d logins to remember", featured)
	}
	for _, r := range access.Staff {
		if roles[r] == 0 {
			t.Errorf("nobody is %s", r)
		}
	}
	for _, l := range []string{"clerk", "head", "handler", "unithead", "operator", "supervisor", "inspector",
		"leader", "sysadmin", "secadmin", "auditadmin", "agent", "clerk.qy", "head.cw", "rsj.handler", "lt.jyj.head"} {
		if !logins[l] {
			t.Errorf("no login %s", l)
		}
	}
}

func TestPeopleAreNobody(t *testing.T) {
	for _, p := range script(t).People {
		id, err := identity.ParseID(p.IDNo, now)
		if err != nil || !id.Synthetic || !strings.HasPrefix(p.Phone, "1990000") || len(p.Phone) != 11 || p.Address == "" {
			t.Fatalf("person %+v: %v", p, err)
		}
	}
}

// TestReplay folds every script again from nothing: each step is legal for
// whoever took it, in order, before now.
func TestReplay(t *testing.T) {
	rules := params(0).Rules
	for _, cs := range script(t).Cases {
		var c casework.Case
		last := time.Time{}
		for i, st := range cs.Steps {
			if st.At.Before(last) || !st.At.Before(now) {
				t.Fatalf("case %d step %d is out of time", cs.ID, i)
			}
			last = st.At
			if st.Actor.ID != 0 && i > 0 && !access.Visible(st.Actor).Sees(c.Facts()) {
				t.Fatalf("case %d step %d %s: %s cannot see it", cs.ID, i, st.Verb, st.Actor.Role)
			}
			events, err := casework.Decide(c, st.Command, st.At, rules)
			if err != nil {
				t.Fatalf("case %d step %d %s: %v", cs.ID, i, st.Verb, err)
			}
			for _, e := range events {
				e.CaseID = cs.ID
				c = casework.Apply(c, e, rules)
			}
		}
		if c.State != cs.State {
			t.Fatalf("case %d ends %s, told %s", cs.ID, c.State, cs.State)
		}
		for _, o := range c.Obligations {
			if o.Open() && o.Clock.Owed() && o.LapsedAt.IsZero() && o.DueAt.Add(sweepEvery).Before(now) {
				t.Errorf("case %d: %s due %s was never marked", cs.ID, o.Clock, o.DueAt)
			}
		}
	}
}

// next is the legal order as a plain table, apart from the code that makes it.
var next = map[casework.Verb]string{
	casework.Register: "", casework.Triage: "register withdraw rule contest convert",
	casework.Forward: "register triage rule recall contest convert look_back hold_consultation redo request_review",
	casework.Assign:  "register triage rule recall contest convert look_back hold_consultation redo request_review",
	casework.SignFor: "forward assign rule name_interim settle_dispute reroute",
	casework.Object:  "forward assign",
	casework.Rule:    "object", casework.Recall: "forward assign",
	casework.Accept:  "sign settle_dispute",
	casework.Approve: "draft", casework.Serve: "approve", casework.ConcludeCase: "serve resume",
	casework.ReturnDraft: "draft", casework.Dismiss: "contest",
	casework.RuleExtension: "request_extension",
	casework.RulePark:      "ask_park", casework.Resume: "rule_park",
	casework.SettleDispute: "name_interim sign", casework.NameInterim: "consult",
	casework.Rate:      "conclude reply decline divert dismiss end",
	casework.Archive:   "conclude reply decline divert dismiss rate withdraw end look_back hold_consultation check_above close_help finalise serve request_review",
	casework.TakeUp:    "register",
	casework.LookAgain: "rate", casework.HoldConsultation: "rate", casework.CheckAbove: "rate",
	casework.GiveFeedback: "supervise", casework.AnswerInstruct: "instruct", casework.CallBack: "promise_callback",
	casework.CloseHearing: "open_hearing", casework.ConsentMediation: "propose_mediation", casework.RecordMediation: "consent_mediation",
}

// aside tells of steps that can come between any two others.
func aside(v casework.Verb) bool {
	switch v {
	case casework.Warn, casework.Lapse, casework.NoteReview, casework.Acknowledge, casework.NameSpeakers, casework.Supplement, casework.Cosign, casework.CoRate:
		return true
	}
	return false
}

func TestOrder(t *testing.T) {
	for _, cs := range script(t).Cases {
		if cs.Steps[0].Verb != casework.Register {
			t.Fatalf("case %d begins with %s", cs.ID, cs.Steps[0].Verb)
		}
		before := casework.Register
		for _, st := range cs.Steps[1:] {
			if aside(st.Verb) {
				continue
			}
			allowed, known := next[st.Verb]
			if known && !strings.Contains(" "+allowed+" ", " "+string(before)+" ") {
				t.Errorf("case %d: %s after %s", cs.ID, st.Verb, before)
			}
			before = st.Verb
		}
	}
}

// TestFamilies: a review begins when it is asked for, after the case that it
// looks at, and both tell of each other.
func TestFamilies(t *testing.T) {
	cases := script(t).Cases
	reviews, rechecks, repeated := 0, 0, 0
	for _, c := range cases {
		for _, st := range c.Steps {
			if st.Opens != 0 {
				child := cases[st.Opens-1]
				if child.Of != c.ID || child.Family != c.Family || !child.Steps[0].At.Equal(st.At) {
					t.Errorf("case %d asks for %d, which is %+v", c.ID, st.Opens, child)
				}
			}
			if st.Data.Again {
				repeated++
			}
		}
		switch c.Stage {
		case casework.Review:
			reviews++
		case casework.Recheck:
			rechecks++
		}
		if (c.Of != 0) != (c.Stage != casework.Handling) || c.ID != cases[c.ID-1].ID || cases[c.Family-1].Family != c.Family {
			t.Errorf("case %d of family %d", c.ID, c.Family)
		}
	}
	if reviews < 20 || rechecks < 5 || repeated == 0 {
		t.Errorf("%d reviews, %d rechecks, %d raised again", reviews, rechecks, repeated)
	}
}

// TestFewCasesShowEverything: a small city has every procedure too.
func TestFewCasesShowEverything(t *testing.T) {
	s, err := Generate(params(400))
	if err != nil {
		t.Fatal(err)
	}
	used := map[casework.Verb]bool{}
	for _, c := range s.Cases {
		for _, st := range c.Steps {
			used[st.Verb] = true
		}
	}
	for _, v := range casework.Verbs() {
		if !used[v] && !slices.Contains(elsewhere, v) {
			t.Errorf("nobody used %s", v)
		}
	}
}

func TestDistribution(t *testing.T) {
	s := script(t)
	n := len(s.Cases)
	states, verbs, cats, marks := map[casework.State]int{}, map[casework.Verb]int{}, map[string]int{}, map[casework.Grade]int{}
	closed, late, concluded, rated := 0, 0, 0, 0
	for _, c := range s.Cases {
		states[c.State]++
		cats[c.Category]++
		if len(c.Late) > 0 {
			late++
		}
		grade, ended := casework.Unrated, false
		for _, st := range c.Steps {
			verbs[st.Verb]++
			switch st.Verb {
			case casework.ConcludeCase, casework.Reply:
				ended = true
			case casework.Rate:
				grade = st.Data.RatedResult
			}
		}
		if c.State == casework.Concluded || c.State == casework.Archived && ended {
			closed++
		}
		if ended {
			concluded++
			marks[grade]++
			if grade != casework.Unrated {
				rated++
			}
		}
	}
	t.Logf("states %v", states)
	t.Logf("verbs %v", verbs)
	t.Logf("late %d, concluded %d, rated %d %v, closed share %d%%", late, concluded, rated, marks, closed*100/n)
	if len(cats) != 110 {
		t.Errorf("%d categories occur", len(cats))
	}
	for _, st := range casework.States {
		if states[st] == 0 {
			t.Errorf("no case is %s", st)
		}
	}
	for _, v := range casework.Verbs() {
		if verbs[v] == 0 && !slices.Contains(elsewhere, v) {
			t.Errorf("nobody used %s", v)
		}
	}
	within(t, "concluded or archived", closed*1000/n, 670, 770)
	within(t, "late", late*1000/n, 50, 100)
	within(t, "rated", rated*1000/concluded, 540, 660)
}

func within(t *testing.T, what string, got, lo, hi int) {
	t.Helper()
	if got < lo || got > hi {
		t.Errorf("%s: %d in a thousand, want %d to %d", what, got, lo, hi)
	}
}

func TestTexts(t *testing.T) {
	seen := map[string]bool{}
	brief, long := 0, 0
	for _, c := range script(t).Cases {
		if c.Of != 0 {
			continue // a review carries its title over
		}
		if n := utf8.RuneCountInString(c.Title); n < 4 || n > 40 {
			t.Errorf("title of %d characters: %s", n, c.Title)
		}
		n := utf8.RuneCountInString(c.Words)
		switch {
		case n < 8 || n > 2000:
			t.Errorf("case %d has %d characters", c.ID, n)
		case n < 60:
			brief++
		case n > 400:
			long++
		}
		if seen[c.Words] {
			t.Errorf("case %d repeats words: %s", c.ID, c.Words)
		}
		seen[c.Words] = true
		for _, text := range append(texts(c), c.Title, c.Words, c.Wish, c.Place) {
			if strings.ContainsAny(text, "{}|") {
				t.Errorf("case %d left a slot open: %s", c.ID, text)
			}
		}
	}
	t.Logf("%d brief, %d long", brief, long)
	within(t, "brief", brief, 20, 120)
	within(t, "long", long, 40, 160)
}

func texts(c Case) (out []string) {
	for _, st := range c.Steps {
		d := st.Data
		out = append(out, d.Reason, d.Basis, d.Text, d.Facts, d.Remedy, d.Route, d.Evidence)
	}
	return out
}

// TestVariety: a pair of texts is alike when six of ten 3-grams are shared.
func TestVariety(t *testing.T) {
	cases := slices.DeleteFunc(slices.Clone(script(t).Cases), func(c Case) bool { return c.Of != 0 })
	grams := make([]map[string]bool, len(cases))
	index := map[string][]int{}
	for i, c := range cases {
		grams[i] = map[string]bool{}
		r := []rune(c.Words)
		for k := 0; k+3 <= len(r); k++ {
			grams[i][string(r[k:k+3])] = true
		}
	}
	alike := map[int]bool{}
	pairs := 0
	for i := range cases {
		shared := map[int]int{}
		for g := range grams[i] {
			for _, j := range index[g] {
				shared[j]++
			}
			index[g] = append(index[g], i)
		}
		for j, n := range shared {
			if float64(n) >= 0.6*float64(len(grams[i])+len(grams[j])-n) {
				pairs++
				alike[i], alike[j] = true, true
			}
		}
	}
	t.Logf("%d alike pairs, %d texts in them", pairs, len(alike))
	if len(alike)*100 >= 2*len(cases) {
		t.Errorf("%d of %d texts are like another", len(alike), len(cases))
	}
}

// TestAccusationsStayAway: whom a case accuses never handles it, and nobody
// without clearance touches it after its registration.
func TestAccusationsStayAway(t *testing.T) {
	s := script(t)
	n := 0
	for _, c := range s.Cases {
		barred := int64(0)
		for i, st := range c.Steps {
			barred = max(barred, st.Data.BarredUnitID)
			if i == 0 && st.Data.Lane != access.LaneConfidential {
				break
			}
			n++
			if st.Data.UnitID != 0 && st.Data.UnitID == barred {
				t.Errorf("case %d went to whom it accuses", c.ID)
			}
			if i > 0 && st.Actor.ID != 0 && !st.Actor.Cleared {
				t.Errorf("case %d: %s by %s, who isn't cleared", c.ID, st.Verb, st.Actor.Name)
			}
		}
	}
	if n == 0 {
		t.Error("no accusations")
	}
}
