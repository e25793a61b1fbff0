package account

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

func TestUnitTree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		for _, c := range []struct{ code, area, bureau, path string }{
			{"c", "c", "c-b", "c"},
			{"c-b", "c", "c-b", "c c-b"},
			{"d", "d", "d-b", "c d"},
			{"d-h", "d", "d-b", "c d d-h"},
			{"t", "t", "d-b", "c d t"}, // a street without a bureau of its own
			{"v", "t", "d-b", "c d t v"},
		} {
			u, ok := o.Units().ByCode(c.code)
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
		if len(o.Units().Groups()) != 3 {
			t.Errorf("%d groups", len(o.Units().Groups()))
		}
	})
}

func TestMovingAUnitMovesWhatHangsBelow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		ctx := o.as(t, "system")
		err := o.EditUnit(ctx, o.unit["t"], UnitForm{ParentID: o.unit["c"], Code: "t", NameZH: "柳岸镇", Kind: access.Town})
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
		o := newOffice(t, d)
		ctx := o.as(t, "system")
		add := func(f UnitForm) error { _, err := o.AddUnit(ctx, f); return err }
		good := UnitForm{ParentID: o.unit["d"], Code: "x", NameZH: "水务局", Kind: access.Department}
		with := func(change func(*UnitForm)) UnitForm { f := good; change(&f); return f }
		for name, c := range map[string]struct {
			err error
			id  string
		}{
			"code taken":   {add(with(func(f *UnitForm) { f.Code = "d-h" })), "code: account.code_taken"},
			"code form":    {add(with(func(f *UnitForm) { f.Code = "a b" })), "code: account.code_form"},
			"no name":      {add(with(func(f *UnitForm) { f.NameZH = " " })), "name_zh: account.name_length"},
			"no kind":      {add(with(func(f *UnitForm) { f.Kind = "office" })), "kind: account.choose"},
			"no parent":    {add(with(func(f *UnitForm) { f.ParentID = 0 })), "parent: account.choose"},
			"fourth level": {add(with(func(f *UnitForm) { f.ParentID, f.Kind = o.unit["t"], access.Town })), "parent: account.too_deep"},
			"circle": {o.EditUnit(ctx, o.unit["d"], UnitForm{ParentID: o.unit["t"], Code: "d", NameZH: "区", Kind: access.Government}),
				"parent: account.own_parent"},
		} {
			f, ok := fault.As(c.err)
			if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name+": "+f.Fields[0].ID != c.id {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		wantFault(t, o.ActivateUnit(ctx, o.unit["t"], false), fault.RuleBroken, "account.unit_has_units")
		wantFault(t, o.ActivateUnit(ctx, o.unit["d-h"], false), fault.RuleBroken, "account.unit_has_staff")
		if err := o.ActivateUnit(ctx, o.unit["v"], false); err != nil {
			t.Error(err)
		}
		if _, ok := o.ByName("柳岸社区", o.unit["t"]); ok {
			t.Error("an inactive unit must not be found by name")
		}
		wantFault(t, o.EditUnit(ctx, 1, good), fault.NotFound, "account.unit_unknown")
	})
}

// TestThreeAdministrators pins who may do what: nobody does another's work.
func TestThreeAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id := o.staff["housing"]
		works := map[string]func(ctx context.Context) error{
			"system unit":  func(ctx context.Context) error { return o.ActivateUnit(ctx, o.unit["v"], true) },
			"system staff": func(ctx context.Context) error { return o.ActivateStaff(ctx, id, true) },
			"system edit": func(ctx context.Context) error {
				return o.EditStaff(ctx, id, StaffForm{Login: "housing", Name: "甲", UnitID: o.unit["d-h"]})
			},
			"secure role":     func(ctx context.Context) error { return o.GrantRole(ctx, id, access.UnitHead, false) },
			"secure lock":     func(ctx context.Context) error { return o.Lock(ctx, id) },
			"secure unlock":   func(ctx context.Context) error { return o.Unlock(ctx, id) },
			"secure reset":    func(ctx context.Context) error { _, err := o.ResetCredentials(ctx, id); return err },
			"secure sessions": func(ctx context.Context) error { return o.EndSessions(ctx, id) },
			"secure list":     func(ctx context.Context) error { _, err := o.RecentSessions(ctx, SessionCursor{}, 5); return err },
			"audit1 sign-ins": func(ctx context.Context) error { _, err := o.SignIns(ctx, LogFilter{Limit: 5}); return err },
			"audit1 changes":  func(ctx context.Context) error { _, err := o.Changes(ctx, LogFilter{Limit: 5}); return err },
		}
		for name, work := range works {
			for _, login := range []string{"system", "secure", "audit1", "clerk1"} {
				err := work(o.as(t, login))
				if may := name[:6] == login; may != (err == nil) || !may && fault.KindOf(err) != fault.Denied {
					t.Errorf("%s by %s: %v", name, login, err)
				}
			}
			if err := work(t.Context()); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s by nobody: %v", name, err)
			}
		}
	})
}

func TestNobodyMakesAnAccountAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id, err := o.AddStaff(o.as(t, "system"), StaffForm{Login: "new.clerk", Name: "新人", UnitID: o.unit["d-b"]}, start)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.SignIn(t.Context(), "new.clerk", "", Visit{}, start); err != ErrSignIn {
			t.Errorf("without a password: %v", err)
		}
		if err := o.GrantRole(o.as(t, "secure"), id, access.BureauClerk, false); err != nil {
			t.Fatal(err)
		}
		password, err := o.ResetCredentials(o.as(t, "secure"), id)
		if err != nil {
			t.Fatal(err)
		}
		in, err := o.SignIn(t.Context(), "new.clerk", password, Visit{}, start)
		if err != nil || in.Owes != StepPassword {
			t.Errorf("first sign-in owes %q, %v", in.Owes, err)
		}
		own := o.staff["secure"]
		wantFault(t, o.GrantRole(o.as(t, "secure"), own, access.BureauHead, true), fault.RuleBroken, "account.not_oneself")
		log, err := o.Changes(o.as(t, "audit1"), LogFilter{StaffID: own, Limit: 10})
		if err != nil || len(log) != 2 || log[0].Action != "staff.credentials_reset" || log[1].Action != "staff.role_given" {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

func TestStaffList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		ctx := o.as(t, "system")
		for name, c := range map[string]struct {
			filter StaffFilter
			want   string
		}{
			"all":    {StaffFilter{}, "[audit1 clerk1 housing secure system]"},
			"page":   {StaffFilter{After: "clerk1", Limit: 2}, "[housing secure]"},
			"unit":   {StaffFilter{UnitID: o.unit["c-b"]}, "[audit1 secure system]"},
			"both":   {StaffFilter{UnitID: o.unit["c-b"], Role: access.SecAdmin}, "[secure]"},
			"role":   {StaffFilter{Role: access.UnitHandler}, "[housing]"},
			"prefix": {StaffFilter{Words: "S"}, "[secure system]"},
			"name":   {StaffFilter{Words: "员工clerk1"}, "[clerk1]"},
		} {
			if c.filter.Limit == 0 {
				c.filter.Limit = 50
			}
			list, err := o.ListStaff(ctx, c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, st := range list {
				got = append(got, st.Login)
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%s: %v, want %s", name, got, c.want)
			}
		}
		_, err := o.AddStaff(ctx, StaffForm{Login: "Clerk1", Name: "另一人", UnitID: o.unit["d-b"]}, start)
		wantFault(t, err, fault.Invalid, "[login: account.login_taken]")
	})
}

func TestPlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for query, args := range map[string][]any{
			listAll:        {"", 50},
			listInUnit:     {"", 50, int64(1), ""},
			listByRole:     {"", 50, ""},
			listByWord:     {"", 50, "a", "b"},
			listByName:     {"", 50, "甲"},
			sessionSelect:  {[]byte{}},
			tokenSelect:    {[]byte{}},
			recentSessions: {db.At(start), []byte{}, 50},
			changesAll:     {int64(1), 50},
			changesBy:      {int64(1), 50, int64(1)},
			signInsAll:     {int64(1), 50},
			signInsBy:      {int64(1), 50, int64(1)},
		} {
			dbtest.Indexed(t, d, query, args...)
		}
	})
}

func TestAnotherProcessIsNoticed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		other, err := New(t.Context(), o.Needs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.AddUnit(program(t.Context()), UnitForm{ParentID: o.unit["c"], Code: "n", NameZH: "新局", Kind: access.Department}); err != nil {
			t.Fatal(err)
		}
		if err := other.RefreshIfStale(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ok := other.Units().ByCode("n"); !ok {
			t.Error("the other process still shows the old tree")
		}
	})
}

func BenchmarkSession(b *testing.B) {
	o := newOffice(b, dbtest.SQLite(b))
	in := o.signIn(b, "clerk1")
	for b.Loop() {
		se, _, ok := o.session(b, in.Token)
		if !ok || o.Actor(se.Staff).ID == 0 {
			b.Fatal("not signed in")
		}
	}
}
