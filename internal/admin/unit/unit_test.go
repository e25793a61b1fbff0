package unit

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
)

var start = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// place is a small city; people work in the housing department only.
type place struct {
	*Service
	unit  map[string]int64
	notes []string
}

func (p *place) Note(_ context.Context, _ db.Queryer, action, object, _ string) error {
	p.notes = append(p.notes, action+" "+object)
	return nil
}

func (p *place) WorkIn(_ context.Context, _ db.Queryer, unitID int64) (bool, error) {
	return unitID == p.unit["d-h"], nil
}

func as(t testing.TB, r access.Role) context.Context {
	return access.With(t.Context(), access.Actor{ID: 9, Name: "管理员", Role: r})
}

func newTown(t testing.TB, d *db.DB) *place {
	t.Helper()
	p := &place{unit: map[string]int64{}}
	var err error
	p.Service, err = New(t.Context(), Needs{DB: d, IDs: ids.NewSource(1, clock.At(start)), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	p.Attach(p, p)
	forms := []Form{
		{0, "c", "名川市", "Mingchuan", access.Government, 0},
		{-1, "c-b", "名川市信访局", "City Petition Bureau", access.Bureau, 1},
		{-1, "d", "东湖区", "Donghu District", access.Government, 2},
		{-3, "d-b", "东湖区信访局", "Donghu Petition Bureau", access.Bureau, 1},
		{-3, "d-h", "住房和城乡建设局", "Housing", access.Department, 2},
		{-3, "t", "柳岸街道", "Liu'an", access.Town, 3},
		{-6, "v", "柳岸社区", "Liu'an Village", access.Village, 1},
	}
	added, err := p.Add(as(t, access.SystemAdmin), forms)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range forms {
		p.unit[f.Code] = added[i]
	}
	return p
}

func wantFault(t testing.TB, err error, kind fault.Kind, id string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || !strings.Contains(f.Error(), id) {
		t.Fatalf("got %v, want kind %d %s", err, kind, id)
	}
}

func TestOnlyTheSystemAdministratorChangesUnits(t *testing.T) {
	p := newTown(t, dbtest.SQLite(t))
	for _, r := range access.Roles {
		err := p.Activate(as(t, r), p.unit["v"], true)
		if may := r == access.SystemAdmin || r == access.System; may != (err == nil) || !may && fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", r, err)
		}
	}
}

func TestUnitTree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newTown(t, d)
		for _, c := range []struct{ code, area, bureau, path string }{
			{"c", "c", "c-b", "c"},
			{"c-b", "c", "c-b", "c c-b"},
			{"d", "d", "d-b", "c d"},
			{"d-h", "d", "d-b", "c d d-h"},
			{"t", "t", "d-b", "c d t"}, // a street without a bureau of its own
			{"v", "t", "d-b", "c d t v"},
		} {
			u, ok := o.Tree().ByCode(c.code)
			if !ok {
				t.Fatal(c.code)
			}
			if u.Area != o.unit[c.area] || u.BureauID != o.unit[c.bureau] {
				t.Errorf("%s: area %d bureau %d", c.code, u.Area, u.BureauID)
			}
			var path []string
			for _, p := range o.Path(u.ID) {
				path = append(path, p.Code)
			}
			if got := fmt.Sprint(path); got != "["+c.path+"]" {
				t.Errorf("%s: path %s", c.code, got)
			}
		}
		if u, ok := o.ByName("住房和城乡建设局", o.unit["d"]); !ok || u.Code != "d-h" {
			t.Errorf("by name: %+v %v", u, ok)
		}
		stored, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT area_id FROM unit WHERE code = 'v'`)
		if err != nil || stored != o.unit["t"] {
			t.Errorf("stored area %d, %v", stored, err)
		}
		if len(o.Tree().Groups()) != 3 {
			t.Errorf("%d groups", len(o.Tree().Groups()))
		}
	})
}

func TestMovingAUnitMovesWhatHangsBelow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newTown(t, d)
		ctx := as(t, access.SystemAdmin)
		err := o.Edit(ctx, o.unit["t"], Form{ParentID: o.unit["c"], Code: "t", NameZH: "柳岸镇", Kind: access.Town})
		if err != nil {
			t.Fatal(err)
		}
		v, _ := o.Unit(o.unit["v"])
		if v.BureauID != o.unit["c-b"] || !slices.Equal(v.Areas, []int64{o.unit["c"], o.unit["t"]}) {
			t.Errorf("village after the move: %+v", v)
		}
		stored, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT bureau_id FROM unit WHERE code = 'v'`)
		if err != nil || stored != o.unit["c-b"] {
			t.Errorf("stored bureau %d, %v", stored, err)
		}
	})
}

func TestUnitRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newTown(t, d)
		ctx := as(t, access.SystemAdmin)
		add := func(f Form) error { _, err := o.AddOne(ctx, f); return err }
		good := Form{ParentID: o.unit["d"], Code: "x", NameZH: "水务局", Kind: access.Department}
		with := func(change func(*Form)) Form { f := good; change(&f); return f }
		for name, c := range map[string]struct {
			err error
			id  string
		}{
			"code taken":   {add(with(func(f *Form) { f.Code = "d-h" })), "code: unit.code_taken"},
			"code form":    {add(with(func(f *Form) { f.Code = "a b" })), "code: unit.code_form"},
			"no name":      {add(with(func(f *Form) { f.NameZH = " " })), "name_zh: unit.name_length"},
			"no kind":      {add(with(func(f *Form) { f.Kind = "office" })), "kind: unit.choose"},
			"no parent":    {add(with(func(f *Form) { f.ParentID = 0 })), "parent: unit.choose"},
			"fourth level": {add(with(func(f *Form) { f.ParentID, f.Kind = o.unit["t"], access.Town })), "parent: unit.too_deep"},
			"circle": {o.Edit(ctx, o.unit["d"], Form{ParentID: o.unit["t"], Code: "d", NameZH: "区", Kind: access.Government}),
				"parent: unit.own_parent"},
		} {
			f, ok := fault.As(c.err)
			if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name+": "+f.Fields[0].ID != c.id {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		wantFault(t, o.Activate(ctx, o.unit["t"], false), fault.RuleBroken, "unit.unit_has_units")
		wantFault(t, o.Activate(ctx, o.unit["d-h"], false), fault.RuleBroken, "unit.unit_has_staff")
		if err := o.Activate(ctx, o.unit["v"], false); err != nil {
			t.Error(err)
		}
		if _, ok := o.ByName("柳岸社区", o.unit["t"]); ok {
			t.Error("an inactive unit must not be found by name")
		}
		wantFault(t, o.Edit(ctx, 1, good), fault.NotFound, "unit.unit_unknown")
	})
}

func TestAnotherProcessIsNoticed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newTown(t, d)
		other, err := New(t.Context(), o.Needs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.AddOne(as(t, access.System), Form{ParentID: o.unit["c"], Code: "n", NameZH: "新局", Kind: access.Department}); err != nil {
			t.Fatal(err)
		}
		if err := other.RefreshIfStale(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ok := other.Tree().ByCode("n"); !ok {
			t.Error("the other process still shows the old tree")
		}
	})
}
