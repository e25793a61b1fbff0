package supervision

import (
	"errors"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/jobs"
)

func TestCandidateToDirective(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		s.happen(t, 101, 102)
		s.happen(t, 101) // looking twice finds nothing twice
		list, _, err := s.Candidates(t.Context(), supervisor, CandidateQuery{})
		if err != nil || len(list) != 1 || list[0].Cause != conduct.Overdue || list[0].UnitID != housing || list[0].CaseNo != caseNo {
			t.Fatalf("%+v %v", list, err)
		}
		if list, _, _ := s.Candidates(t.Context(), cleared, CandidateQuery{}); len(list) != 2 {
			t.Errorf("the cleared see %d", len(list))
		}
		for _, a := range []access.Actor{builder, builder2, teacher, clerk} {
			if list, _, _ := s.Candidates(t.Context(), a, CandidateQuery{}); len(list) != 0 {
				t.Errorf("%s sees candidates", a.Role)
			}
			if _, _, err := s.Candidate(t.Context(), a, list[0].ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", a.Role, err)
			}
		}
		o := s.opening(Supervise)
		o.CandidateID = list[0].ID
		got := s.open(t, o)
		if len(got.Evidence) != 1 || got.Evidence[0].Seq != 3 || got.Evidence[0].Note != "T4" {
			t.Errorf("evidence %+v", got.Evidence)
		}
		if again := s.open(t, o); again.ID != got.ID {
			t.Error("the same key opened twice")
		}
		o.Key = "other"
		if _, err := s.Open(t.Context(), o, s.clock.Now()); !errors.Is(err, refuse("candidate_decided")) {
			t.Errorf("a decided candidate: %v", err)
		}
		// What was decided comes back only when more has happened.
		s.happen(t, 101)
		if list, _, _ := s.Candidates(t.Context(), supervisor, CandidateQuery{}); len(list) != 0 {
			t.Errorf("back without news: %+v", list)
		}
		c := s.w.cases[caseNo]
		c.Obligations = append(c.Obligations, casework.Obligation{Seq: 2, Clock: casework.T11, UnitID: housing, LapsedAt: day(70)})
		s.w.cases[caseNo] = c
		s.w.events[101] = append(s.w.events[101], casework.Event{CaseID: 101, Seq: 4, Kind: "lapsed", Verb: casework.Lapse, At: day(70), Data: casework.Data{LapsedClock: casework.T11}})
		s.clock.Set(day(71))
		s.happen(t, 101)
		list, _, _ = s.Candidates(t.Context(), supervisor, CandidateQuery{})
		if len(list) != 1 || len(list[0].Seqs) != 2 {
			t.Fatalf("with news: %+v", list)
		}
		if err := s.Dismiss(t.Context(), supervisor, list[0].ID, " ", s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("dismissed without a reason: %v", err)
		}
		if err := s.Dismiss(t.Context(), supervisor, list[0].ID, "已与单位核实", s.clock.Now()); err != nil {
			t.Error(err)
		}
	})
}

func TestCourseOnTheTimeline(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		got := s.open(t, s.opening(Supervise))
		if len(s.w.done) != 1 || s.w.done[0].Verb != casework.Supervise || s.w.done[0].Data.Days != 10 || s.w.done[0].Actor.AreaID != city {
			t.Fatalf("timeline: %+v", s.w.done)
		}
		s.w.fail = errors.New("the disk is full")
		s.do(t, got.ID, builder, Answer, Detail{Files: []int64{1}})
		if s.w.claims != 1 {
			t.Error("the file was not bound")
		}
		if err := s.TellAll(t.Context()); err != nil || len(s.w.done) != 1 {
			t.Fatal(err, s.w.done)
		}
		s.w.fail = nil
		for range 2 { // the second finds nothing left
			if err := s.TellAll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if len(s.w.done) != 2 || s.w.done[1].Verb != casework.GiveFeedback {
			t.Fatalf("told after the outage: %+v", s.w.done)
		}
		s.w.fail = fault.New(fault.RuleBroken, "casework.wrong_state")
		o := s.opening(Instruct)
		o.Actor = leader
		told := s.open(t, o)
		s.w.fail = nil
		o.Key, o.UnitID = "elsewhere", school // the case is not theirs: a note, and no clock for its owner
		if aside := s.open(t, o); aside.OnClock || s.w.done[2].Verb != casework.Record {
			t.Errorf("%+v", s.w.done)
		}
		entries, err := s.Entries(t.Context(), leader, told)
		if err != nil || entries[0].ToldFault != "casework.wrong_state" || told.LeaderName != "周领导" {
			t.Errorf("%+v %v", entries, err)
		}
		s.do(t, got.ID, supervisor, Note, Detail{})
		if list, _ := s.Entries(t.Context(), builder, got); len(list) != 2 {
			t.Errorf("the unit reads the notes of supervision: %+v", list)
		}
	})
}

func TestSweepMarksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		got := s.open(t, s.opening(Supervise))
		s.clock.Set(got.DueAt)
		for range 3 {
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got, _ = s.Directive(t.Context(), supervisor, got.ID)
		if got.Lapses != 1 || got.LapsedAt.IsZero() {
			t.Fatalf("%+v", got)
		}
		if rows, _, err := s.List(t.Context(), supervisor, Query{View: Late}, s.clock.Now()); err != nil || len(rows) != 1 {
			t.Error(rows, err)
		}
		// A new moment is watched anew.
		got = s.do(t, got.ID, supervisor, Prolong, Detail{Days: 3})
		s.clock.Set(got.DueAt)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, _ = s.Directive(t.Context(), supervisor, got.ID); got.Lapses != 2 {
			t.Errorf("lapses %d", got.Lapses)
		}
	})
}

// TestWhoSees: the accused unit cannot list, count or open what concerns an
// accusation of it, nor can the uncleared, nor another area.
func TestWhoSees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		open := s.open(t, s.opening(Supervise))
		o := s.opening(LookBack)
		o.CaseNo, o.Actor, o.Variant = secretNo, cleared, "delay"
		secret := s.open(t, o)
		for _, tc := range []struct {
			name         string
			a            access.Actor
			open, secret bool
		}{
			{"supervisor", supervisor, true, false}, {"cleared inspector", cleared, true, true}, {"leader", leader, true, false},
			{"handling unit, uncleared", builder, true, false}, {"its cleared head", builder2, true, true},
			{"the accused unit, cleared", teacher, false, false}, {"a clerk", clerk, false, false},
			{"the district, cleared", elsewhere, false, true}, {"nobody", access.Actor{}, false, false},
			{"system administrator", access.Actor{ID: 3, Role: access.SystemAdmin, AreaID: city, AreaDepth: 1, Cleared: true}, false, false},
			{"a petitioner", access.Actor{Role: access.Petitioner, CaseID: 101}, false, false},
		} {
			_, err1 := s.Directive(t.Context(), tc.a, open.ID)
			_, err2 := s.Directive(t.Context(), tc.a, secret.ID)
			if (err1 == nil) != tc.open || (err2 == nil) != tc.secret {
				t.Errorf("%s: open %v, secret %v", tc.name, err1, err2)
			}
			n := 0
			for _, seen := range []bool{tc.open, tc.secret} {
				if seen {
					n++
				}
			}
			rows, _, err := s.List(t.Context(), tc.a, Query{View: Running}, s.clock.Now())
			if err != nil || len(rows) != n {
				t.Errorf("%s lists %d, want %d: %v", tc.name, len(rows), n, err)
			}
			counts, err := s.Counts(t.Context(), tc.a, Query{}, s.clock.Now())
			if err != nil || counts[Running] != n {
				t.Errorf("%s counts %d, want %d: %v", tc.name, counts[Running], n, err)
			}
			if ok, err := s.SeesFile(t.Context(), tc.a, secret.ID, 1); ok != tc.secret || err != nil {
				t.Errorf("%s: file %v %v", tc.name, ok, err)
			}
		}
		o.Key, o.UnitID = "accused", school
		if _, err := s.Open(t.Context(), o, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("something was served on the accused: %v", err)
		}
		// What becomes confidential leaves the sight of the uncleared at once.
		var b db.Batch
		b.Add(`UPDATE case_file SET lane = 'confidential', barred_unit_id = $2 WHERE id = $1`, int64(101), int64(housing))
		if err := s.DB.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		for _, a := range []access.Actor{supervisor, builder, builder2} {
			if _, err := s.Directive(t.Context(), a, open.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s still sees it: %v", a.Name, err)
			}
		}
	})
}

func TestWhoMayOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		try := func(change func(*Opening)) error {
			o := s.opening(Supervise)
			change(&o)
			_, err := s.Open(t.Context(), o, s.clock.Now())
			return err
		}
		for name, tc := range map[string]struct {
			change func(*Opening)
			kind   fault.Kind
		}{
			"a unit":                       {func(o *Opening) { o.Actor = builder }, fault.Denied},
			"a clerk":                      {func(o *Opening) { o.Actor = clerk }, fault.Denied},
			"no text":                      {func(o *Opening) { o.Text = "" }, fault.Invalid},
			"no such form":                 {func(o *Opening) { o.Variant = "talk" }, fault.Invalid},
			"on the own unit":              {func(o *Opening) { o.UnitID = bureau }, fault.Invalid},
			"an accusation, uncleared":     {func(o *Opening) { o.CaseNo = secretNo }, fault.Invalid},
			"no such case":                 {func(o *Opening) { o.CaseNo = "nonsense" }, fault.Invalid},
			"a unit beyond the own area":   {func(o *Opening) { o.CaseNo, o.Actor = "", elsewhere }, fault.Invalid},
			"a recommendation, no basis":   {func(o *Opening) { o.Kind, o.Variant, o.Basis = Recommend, "improve_work", "" }, fault.Invalid},
			"a clerk for a leader unnamed": {func(o *Opening) { o.Kind, o.Variant, o.Actor = Instruct, "on_case", clerk }, fault.Invalid},
			"for a leader of elsewhere":    {func(o *Opening) { o.Kind, o.Variant, o.Actor, o.LeaderID = Instruct, "on_case", clerk, 8 }, fault.Invalid},
		} {
			if err := try(tc.change); fault.KindOf(err) != tc.kind || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		o := s.opening(Instruct)
		o.Actor, o.LeaderID, o.CaseNo, o.Variant = clerk, 9, "", "on_matter"
		got := s.open(t, o)
		if got.LeaderID != 9 {
			t.Errorf("%+v", got)
		}
		rows, _, _ := s.List(t.Context(), leader, Query{View: Mine}, s.clock.Now())
		if len(rows) != 1 {
			t.Error("the leader does not see the own instruction")
		}
		if _, err := s.Directive(t.Context(), clerk, got.ID); err != nil {
			t.Errorf("the clerk who wrote it down: %v", err)
		}
		if l, err := s.Letter(t.Context(), leader, got.ID); err != nil || l.To.ID != housing {
			t.Error(l, err)
		}
	})
}

func TestPagesByKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		for i := range 7 {
			o := s.opening(Measure)
			o.Key, o.Days = string(rune('a'+i)), 1+i%3
			s.open(t, o)
		}
		seen := map[int64]bool{}
		q := Query{View: Running, Limit: 3}
		for {
			rows, next, err := s.List(t.Context(), supervisor, q, s.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if seen[r.ID] {
					t.Error("twice")
				}
				seen[r.ID] = true
			}
			if next == nil {
				break
			}
			q.After = *next
		}
		if len(seen) != 7 {
			t.Errorf("%d of 7", len(seen))
		}
	})
}

// TestWhatIsSaidOnTheCase: a supervision on the case's own page becomes a
// directive too, and the answer there its answer; what was told from here is
// not taken up again.
func TestWhatIsSaidOnTheCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stage(t, d)
		say := func(id int64, seq int, verb, kind string, actor access.Actor, key any, data string) {
			t.Helper()
			var b db.Batch
			b.Add(`INSERT INTO case_event (id, case_id, seq, kind, verb, at, round, from_state, to_state, actor_id, actor_role, actor_unit_id, command_key, data)
				VALUES ($1, 101, $2, $3, $4, $5, 1, 'accepted', 'accepted', $6, $7, $8, $9, $10)`,
				id, seq, kind, verb, db.At(s.clock.Now()), actor.ID, string(actor.Role), actor.UnitID, key, data)
			jobs.Publish(&b, jobs.Event{ID: id, Kind: "case." + kind, Subject: 101, At: s.clock.Now()})
			if err := errors.Join(s.DB.Send(t.Context(), &b), s.jobs.Drain(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		say(1, 4, "supervise", "supervised", supervisor, nil, `{"reason": "超期", "text": "请办结", "days": 7}`)
		say(2, 5, "instruct", "instructed", leader, "supervision/77", `{"text": "请办结", "days": 7}`)
		rows, _, err := s.List(t.Context(), supervisor, Query{View: Running}, s.clock.Now())
		if err != nil || len(rows) != 1 || rows[0].Kind != Supervise || rows[0].UnitID != housing || rows[0].Days != 7 {
			t.Fatalf("%+v %v", rows, err)
		}
		say(3, 6, "give_feedback", "feedback_given", builder, nil, `{"text": "已办结"}`)
		got, err := s.Directive(t.Context(), supervisor, rows[0].ID)
		if err != nil || got.State != Answered || len(s.w.done) != 0 {
			t.Errorf("%+v %v", got, err)
		}
		say(4, 7, "give_feedback", "feedback_given", builder, nil, `{"text": "又一次"}`) // nothing waits for it
	})
}

// TestListsAreIndexed: no view of any actor reads the whole table.
func TestListsAreIndexed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, a := range []access.Actor{supervisor, cleared, leader, builder2, elsewhere} {
			for _, v := range Views(a) {
				for _, after := range []Key{{}, {Due: 1, ID: 1}} {
					q := Query{View: v, After: after}
					text, args := listQuery(q.where(a, day(1)), q)
					dbtest.Indexed(t, d, text, args...)
				}
			}
		}
	})
}
