package account

import (
	"context"
	"fmt"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

// TestThreeAdministrators pins who may do what: nobody does another's work.
func TestThreeAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id := o.staff["housing"]
		works := map[string]func(ctx context.Context) error{
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
