package triage

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/jobs"
)

// town is a place with a few kinds of matters, in memory.
type town struct {
	fixed
	decided []Decision
	hidden  map[int64]bool // in the confidential lane
	next    int64
	notes   []string
}

func (w *town) Next() int64 { w.next++; return w.next }

func (w *town) Note(_ context.Context, _ db.Queryer, action, object, _ string) error {
	w.notes = append(w.notes, action+" "+object)
	return nil
}

func (w *town) Unit(id int64) (access.Unit, bool) {
	return access.Unit{ID: id, NameZH: fmt.Sprintf("第%d单位", id), Area: 2, Active: true}, id > 0 && id < 100
}

func (w *town) All() []access.Unit { u, _ := w.Unit(7); return []access.Unit{u} }

func (w *town) Category(code string) (casework.Category, bool) {
	for _, c := range w.Categories() {
		if c.Code == code {
			return c, true
		}
	}
	return casework.Category{}, false
}

func (w *town) Decided(_ context.Context, _ db.Queryer, ids []int64) ([]Decision, error) {
	var out []Decision
	for _, d := range w.decided {
		if slices.Contains(ids, d.CaseID) && !w.hidden[d.CaseID] {
			out = append(out, d)
		}
	}
	return out, nil
}

func (w *town) Dispatched(_ context.Context, below int64, limit int) ([]Decision, error) {
	var out []Decision
	for _, d := range slices.Backward(w.decided) {
		if (below == 0 || d.CaseID < below) && len(out) < limit && !w.hidden[d.CaseID] {
			out = append(out, d)
		}
	}
	return out, nil
}

var kinds = []struct {
	category string
	unit     int64
	words    string
}{
	{"0401", 7, "门口的路灯不亮了，晚上走路看不见，请派人修理灯杆。"},
	{"1301", 8, "楼下饭店油烟直排，噪音到半夜，老人睡不着，请查处。"},
	{"1302", 9, "工地夜间施工打桩，机器声音很大，影响孩子休息，请制止。"},
}

// fill lets people decide n cases of each kind; wrong ones at random.
func (w *town) fill(n int, turn int) {
	for i := range n {
		for k, kind := range kinds {
			right := kinds[(k+turn*(i%3))%3]
			id := int64(len(w.decided) + 1)
			w.decided = append(w.decided, Decision{CaseID: id, Category: right.category, Nature: casework.R7, Urgency: casework.Urgencies[k], UnitID: right.unit,
				Matter: Matter{Title: fmt.Sprintf("第%d件", i*7919%1000), Words: fmt.Sprintf("我是%d号楼%d室的住户。%s", i*31%97, i*17%53, kind.words), Areas: [3]int64{1, 2, 3}}})
		}
	}
}

var monday = time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC) // three in the morning in Beijing

func house(d *db.DB, w *town) *Service {
	return New(Needs{DB: d, History: w, Taxonomy: w, Duties: w, Names: w, Journal: w, IDs: w, Clock: clock.At(monday), Log: slog.New(slog.DiscardHandler)})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestLife: a site begins with keywords, learns from cases, refuses a model
// that is worse, goes back to an old one, and other processes see it.
func TestLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, w := t.Context(), &town{}
		s := house(d, w)
		lamp := Matter{Title: "路灯", Words: "路灯不亮", Areas: [3]int64{1, 2, 3}}
		must(t, s.Begin(ctx))
		first, ok, err := s.store.active(ctx, d.Read(), OfCategory)
		if err != nil || !ok || first.Checked() || first.Number != 1 {
			t.Fatalf("%+v %v %v", first, ok, err)
		}
		g, err := s.Guesses(ctx, lamp)
		if err != nil || len(g) != 4 || g[0].Level != Unsure || g[0].Options[0].Label != "0401" || len(g[0].Options) != 2 {
			t.Fatalf("%+v %v", g, err)
		}
		if unit := g[3]; unit.Options[0].From != ByDuty || unit.Options[0].Label != "77" {
			t.Errorf("the duty list does not speak first: %+v", unit)
		}
		w.fill(40, 0)
		must(t, s.Ask(access.With(ctx, access.Actor{ID: 1, Name: "某管理员"})))
		must(t, s.Tick(ctx))
		second := (*s.now.Load())[OfCategory]
		if second.Number != 2 || !second.Checked() || second.By != "某管理员" || second.Report.MacroF1 < 0.9 || second.Report.Confusion != nil {
			t.Fatalf("%+v", second.Version)
		}
		g, err = s.Guesses(ctx, Matter{Title: "噪音", Words: "饭店油烟直排，噪音很大，请查处。我的电话 19912345678", Areas: [3]int64{1, 2, 3}})
		if err != nil || g[0].Options[0].Label != "1301" || g[0].Level == Unsure || len(g[0].Options[0].Words) == 0 {
			t.Fatalf("%+v %v", g, err)
		}
		if unit := g[len(g)-1]; unit.Question != OfUnit || unit.Options[0].Label != "8" || unit.Options[0].From != ByModel {
			t.Errorf("without a duty, what was done before speaks: %+v", unit)
		}
		w.fill(40, 1) // people are at odds: nothing good can be learned
		must(t, s.Learn(ctx, ""))
		list, err := s.store.versions(ctx, OfCategory)
		if err != nil || len(list) != 3 || !list[0].Worse || list[0].Active || !list[1].Active {
			t.Fatalf("a worse model is in use: %v", err)
		}
		other := house(dbtest.Again(t, d), w)
		must(t, other.Refresh(ctx))
		_, err = s.Activate(ctx, first.ID)
		must(t, err)
		must(t, other.Refresh(ctx))
		if (*other.now.Load())[OfCategory].ID != first.ID || !slices.Contains(w.notes, "triage.activated triage/category") {
			t.Error("the other process did not follow, or nobody wrote it down")
		}
		if _, err := s.Activate(ctx, 4711); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		run, err := s.store.run(ctx, d.Read())
		if err != nil || run.Running || run.Failed || run.EndedAt.IsZero() || !run.AskedAt.IsZero() {
			t.Errorf("%+v %v", run, err)
		}
	})
}

// TestVerdicts: choices are compared with suggestions, once for each case; what
// goes into the confidential lane leaves no trace and teaches nothing.
func TestVerdicts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, w := t.Context(), &town{hidden: map[int64]bool{}}
		s := house(d, w)
		w.fill(30, 0)
		must(t, s.Learn(ctx, ""))
		w.decided[1].Category = "0401" // somebody thinks otherwise
		heard := func(ids ...int64) {
			t.Helper()
			var events []jobs.Event
			for _, id := range ids {
				events = append(events, jobs.Event{ID: id, Kind: "case.forwarded", Subject: id, At: monday.Add(time.Duration(id) * time.Second)})
			}
			must(t, d.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return s.heard(ctx, tx, events) }))
		}
		heard(1, 2, 3, 3)
		heard(3)
		weeks, err := s.store.weeks(ctx, OfCategory, monday.AddDate(0, 0, -7))
		if err != nil || len(weeks) != 1 || weeks[0].All != 3 || weeks[0].Kept != 2 || !weeks[0].From.Equal(time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)) {
			t.Fatalf("%+v %v", weeks, err)
		}
		w.hidden[3] = true
		heard(3)
		if weeks, err = s.store.weeks(ctx, OfUnit, monday.AddDate(0, 0, -7)); err != nil || weeks[0].All != 2 {
			t.Fatalf("%+v %v", weeks, err)
		}
		must(t, s.Learn(ctx, ""))
		if list, err := s.store.versions(ctx, OfCategory); err != nil || list[0].Examples != 89 {
			t.Errorf("learned from %d cases: %v", list[0].Examples, err)
		}
		if n, err := s.store.fresh(ctx, OfCategory, monday); err != nil || n != 2 {
			t.Error(n, err)
		}
		if due, err := s.due(ctx, monday.AddDate(0, 0, 1)); err != nil || due {
			t.Errorf("two choices are no reason to learn: %v", err)
		}
	})
}

// TestOneLearns: two processes do not learn at once; one that died is
// replaced.
func TestOneLearns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store{d}
		for i, want := range []bool{true, false} {
			if got, err := s.claim(t.Context(), monday); err != nil || got != want {
				t.Errorf("claim %d: %v %v", i, got, err)
			}
		}
		if got, err := s.claim(t.Context(), monday.Add(2*deadAfter)); err != nil || !got {
			t.Errorf("a dead one keeps others away: %v", err)
		}
	})
}

func TestPlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, q := range []string{activeQuery, versionsQuery} {
			dbtest.Indexed(t, d, q, "category")
		}
		dbtest.Indexed(t, d, weeksQuery, "category", int64(0))
		dbtest.Indexed(t, d, freshQuery, "category", int64(0))
	})
}
