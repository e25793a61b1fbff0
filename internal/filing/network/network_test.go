package network

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/seal"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

var (
	agent    = access.Actor{ID: 7, Role: access.Agent, UnitID: 30}
	operator = access.Actor{ID: 8, Role: access.Operator, UnitID: 10}
)

var caseNo = casework.NewNumber("MC", 2026, 1)

// cases registers nothing: it counts what would be in the batch.
type cases struct{ filed int }

func (c *cases) Prepare(_ context.Context, _ *db.Batch, a Act, _ time.Time) (casework.Case, error) {
	if len(a.Filing.Words) < 10 {
		return casework.Case{}, fault.New(fault.Invalid, "network.incomplete").Field("words", "network.filing")
	}
	c.filed++
	return casework.Case{ID: 5, No: caseNo, NextDueAt: start.AddDate(0, 0, 15)}, nil
}

func (c *cases) Case(_ context.Context, a access.Actor, no string) (casework.Case, error) {
	if a.ID != agent.ID || no != caseNo {
		return casework.Case{}, fault.New(fault.NotFound, "network.not_found")
	}
	return casework.Case{ID: 5, No: caseNo, State: casework.Registered, NextDueAt: start.AddDate(0, 0, 15)}, nil
}

func (*cases) Code(string) string { return "7K3F-0A1B" }

func stage(t *testing.T, d *db.DB) (*Network, *cases) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "seal.key")
	master, err := seal.MasterBeside(path+".master", path)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenOrCreate(t.Context(), path, master, start)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.At(start)
	source, err := ids.Claim(t.Context(), d, now)
	if err != nil {
		t.Fatal(err)
	}
	c := &cases{}
	return New(Needs{DB: d, Cases: c, Keys: keys, IDs: source, Clock: now}), c
}

func inStead(key string) Act {
	return Act{Key: key, Actor: agent, Mode: Agency, Service: "A02", Mandate: "spoken", ReadBack: true,
		Filing: &Filing{Words: "邻居把公共过道堵了，老人出不去。", Name: "柳青禾"}}
}

func TestTheList(t *testing.T) {
	agents, others := 0, 0
	for _, s := range Services() {
		if s.NameZH == "" || s.NameEN == "" || s.Agents && (s.Colour == "" || s.Contact == "" || len(s.Categories) == 0) {
			t.Errorf("%+v lacks something", s)
		}
		if s.Agents {
			agents++
		} else {
			others++
		}
	}
	if agents != 22 || others != 4 {
		t.Errorf("%d and %d services, not 22 and 4", agents, others)
	}
}

func TestRecordOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := stage(t, d)
		first, err := s.Record(t.Context(), inStead("key-of-sixteen-and-more"), start)
		if err != nil || first.No != caseNo || first.Code == "" || first.Again {
			t.Fatalf("%+v %v", first, err)
		}
		second, err := s.Record(t.Context(), inStead("key-of-sixteen-and-more"), start.Add(time.Hour))
		if err != nil || second.ID != first.ID || !second.Again || c.filed != 1 {
			t.Errorf("sent again: %+v %v, filed %d", second, err, c.filed)
		}
		changed := inStead("key-of-sixteen-and-more")
		changed.Filing.Words += "改过了"
		if _, err := s.Record(t.Context(), changed, start); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same key with other words: %v", err)
		}
		for _, a := range []Act{
			{Mode: Direct, Service: "A16", Done: "phoned"}, {Mode: Help, Service: "A12", Done: "form"}, {Service: "X03", Told: true, Mode: Agency},
		} {
			a.Actor, a.Key = agent, "another-key-of-"+a.Service
			if _, err := s.Record(t.Context(), a, start); err != nil {
				t.Errorf("%s: %v", a.Service, err)
			}
		}
		counts, err := s.Counts(t.Context(), agent)
		if err != nil || counts[Direct] != 1 || counts[Help] != 1 || counts[Agency] != 1 || counts[None] != 1 || c.filed != 1 {
			t.Errorf("counted apart: %v %v", counts, err)
		}
		own, err := s.Mine(t.Context(), agent, 0)
		if err != nil || len(own) != 4 || own[3].Case.NextDueAt.IsZero() {
			t.Errorf("own: %+v %v", own, err)
		}
		if _, _, err := s.One(t.Context(), operator, first.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's: %v", err)
		}
	})
}

func TestWhatIsMissing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := stage(t, d)
		for field, change := range map[string]func(*Act){
			"read_back": func(a *Act) { a.ReadBack = false }, "mandate": func(a *Act) { a.Mandate = "" }, "words": func(a *Act) { a.Filing = nil },
			"service": func(a *Act) { a.Service = "A99" }, "told": func(a *Act) { a.Service = "X01" }, "mode": func(a *Act) { a.Mode = "" },
			"done": func(a *Act) { a.Mode = Direct }, "key": func(a *Act) { a.Key = "short" },
		} {
			a := inStead("key-of-sixteen-and-more")
			change(&a)
			_, err := s.Record(t.Context(), a, start)
			if e, ok := fault.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		a := inStead("key-of-sixteen-and-more")
		a.Actor = operator
		if _, err := s.Record(t.Context(), a, start); fault.KindOf(err) != fault.Denied {
			t.Errorf("an operator: %v", err)
		}
	})
}

func TestNotesAreSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := stage(t, d)
		got, err := s.Record(t.Context(), inStead("key-of-sixteen-and-more"), start)
		if err != nil {
			t.Fatal(err)
		}
		n := Note{Key: "note-key-of-sixteen", Kind: "visit", Text: "柳青禾说过道已经清了"}
		first, err := s.Add(t.Context(), agent, strings.ToLower(caseNo), n, start)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Add(t.Context(), agent, caseNo, n, start); err != nil || again != first {
			t.Errorf("sent again: %d %v", again, err)
		}
		_, notes, err := s.One(t.Context(), agent, got.ID)
		if err != nil || len(notes) != 1 || notes[0].Text != n.Text {
			t.Errorf("%+v %v", notes, err)
		}
		sealed, err := db.One(t.Context(), d.Read(), func(r db.Rows) (b []byte, err error) { return b, r.Scan(&b) }, `SELECT text_sealed FROM agent_note`)
		if err != nil || bytes.Contains(sealed, []byte("柳青禾")) {
			t.Errorf("readable in the database: %q %v", sealed, err)
		}
		if _, err := s.Add(t.Context(), operator, caseNo, n, start); fault.KindOf(err) != fault.Denied {
			t.Errorf("an operator: %v", err)
		}
	})
}

func TestQueriesAreIndexed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dbtest.Indexed(t, d, mineQuery, 1, 2, 20)
		dbtest.Indexed(t, d, countQuery, 1, "direct")
		dbtest.Indexed(t, d, notesQuery, 1, 2)
	})
}
