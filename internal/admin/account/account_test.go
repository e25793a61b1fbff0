package account

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/seal"
)

var start = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// office is a small city with one account per role that the tests use.
type office struct {
	*Service
	clock  *clock.Manual
	params numbers
	unit   map[string]int64
	staff  map[string]int64
}

const goodPassword = "a river of paper"

type numbers map[string]int

func (p numbers) Int(name string) int   { return p[name] }
func (p numbers) Bool(name string) bool { return p[name] == 1 }

func program(ctx context.Context) context.Context {
	return access.With(ctx, access.Actor{Role: access.System})
}

func newOffice(t testing.TB, d *db.DB) *office {
	t.Helper()
	ctx := program(t.Context())
	o := &office{
		clock:  clock.At(start),
		params: numbers{ParamIdleMinutes: 30, ParamSessionHours: 12},
		unit:   map[string]int64{}, staff: map[string]int64{},
	}
	o.Service = New(Needs{
		DB: d, IDs: ids.NewSource(1, o.clock), Units: town(t, d, o.unit), Keys: seal.Random(), Params: o.params,
		Clock: o.clock, City: "名川市",
	})
	var err error
	for login, u := range map[string]NewUser{
		"system":  {UnitID: o.unit["c-b"], Role: access.SystemAdmin},
		"secure":  {UnitID: o.unit["c-b"], Role: access.SecAdmin},
		"audit1":  {UnitID: o.unit["c-b"], Role: access.AuditAdmin},
		"clerk1":  {UnitID: o.unit["d-b"], Role: access.BureauClerk, Cleared: true},
		"housing": {UnitID: o.unit["d-h"], Role: access.UnitHandler},
	} {
		u.Login, u.Name, u.Password = login, "员工"+login, goodPassword
		if o.staff[login], _, err = o.AddUser(ctx, u, start); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// someUnits is a tree that stands still.
type someUnits []access.Unit

func (u someUnits) All() []access.Unit { return u }

func (u someUnits) Unit(id int64) (access.Unit, bool) {
	for _, x := range u {
		if x.ID == id {
			return x, true
		}
	}
	return access.Unit{}, false
}

func (u someUnits) Path(id int64) []access.Unit {
	x, ok := u.Unit(id)
	if !ok {
		return nil
	}
	return append(u.Path(x.ParentID), x)
}

// town is a city with a bureau and a district with a bureau and a department.
func town(t testing.TB, d *db.DB, byCode map[string]int64) Units {
	t.Helper()
	units := someUnits{
		{ID: 1, Code: "c", NameZH: "名川市", Kind: access.Government, Area: 1, Areas: []int64{1}, Active: true},
		{ID: 2, ParentID: 1, Code: "c-b", NameZH: "名川市信访局", Kind: access.Bureau, Area: 1, Areas: []int64{1}, Active: true},
		{ID: 3, ParentID: 1, Code: "d", NameZH: "东湖区", Kind: access.Government, Area: 3, Areas: []int64{1, 3}, Active: true},
		{ID: 4, ParentID: 3, Code: "d-b", NameZH: "东湖区信访局", Kind: access.Bureau, Area: 3, Areas: []int64{1, 3}, Active: true},
		{ID: 5, ParentID: 3, Code: "d-h", NameZH: "住房和城乡建设局", Kind: access.Department, Area: 3, Areas: []int64{1, 3}, Active: true},
	}
	var b db.Batch
	for _, u := range units {
		byCode[u.Code] = u.ID
		b.Add("INSERT INTO unit (id, parent_id, code, name_zh, kind) VALUES ($1, $2, $3, $4, $5)",
			u.ID, db.OrNull(u.ParentID), u.Code, u.NameZH, string(u.Kind))
	}
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return units
}

// as gives a context in which a member of staff acts.
func (o *office) as(t testing.TB, login string) context.Context {
	t.Helper()
	st, err := o.Staff(t.Context(), o.staff[login])
	if err != nil {
		t.Fatal(err)
	}
	return access.With(t.Context(), o.Actor(st))
}

func (o *office) signIn(t testing.TB, login string) SignedIn {
	t.Helper()
	in, err := o.SignIn(t.Context(), login, goodPassword, Visit{IP: "10.0.0.1", Agent: "test"}, o.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (o *office) session(t testing.TB, token string) (Session, Step, bool) {
	t.Helper()
	se, owes, ok, err := o.Session(t.Context(), token, o.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return se, owes, ok
}

func wantFault(t testing.TB, err error, kind fault.Kind, id string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || !strings.Contains(f.Error(), id) {
		t.Fatalf("got %v, want kind %d %s", err, kind, id)
	}
}

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		in := o.signIn(t, " Clerk1 ")
		se, owes, ok := o.session(t, in.Token)
		if !ok || owes != StepNone {
			t.Fatalf("ok %v owes %q", ok, owes)
		}
		a := o.Actor(se.Staff)
		want := access.Actor{
			ID: o.staff["clerk1"], Name: "员工clerk1", Role: access.BureauClerk, UnitID: o.unit["d-b"],
			AreaID: o.unit["d"], AreaDepth: 2, Cleared: true,
		}
		if a != want {
			t.Errorf("actor %+v, want %+v", a, want)
		}
		if err := o.SignOut(t.Context(), in.Token); err != nil {
			t.Fatal(err)
		}
		if _, _, ok := o.session(t, in.Token); ok {
			t.Error("signed out, still in")
		}
	})
}

func TestOneAnswerForEveryFailure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		if err := o.ActivateStaff(program(t.Context()), o.staff["housing"], false); err != nil {
			t.Fatal(err)
		}
		for _, login := range []string{"nobody", "clerk1", "housing", "", strings.Repeat("x", 5000)} {
			password := "wrong password"
			if login == "housing" {
				password = goodPassword
			}
			_, err := o.SignIn(t.Context(), login, password, Visit{IP: "10.0.0.1"}, start)
			if err != ErrSignIn {
				t.Errorf("%.10s: %v", login, err)
			}
		}
		log, err := o.SignIns(o.as(t, "audit1"), LogFilter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		got := map[Result]int{}
		for _, e := range log {
			got[e.Result]++
		}
		if got[UnknownLogin] != 3 || got[WrongPassword] != 1 || got[NotAdmitted] != 1 {
			t.Errorf("log %v", got)
		}
	})
}

func TestLockout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		try := func(ip, password string) error {
			_, err := o.SignIn(t.Context(), "clerk1", password, Visit{IP: ip}, o.clock.Now())
			return err
		}
		for i := range freeFailures {
			if err := try("10.0.0.1", "wrong password"); err != ErrSignIn {
				t.Fatalf("failure %d: %v", i, err)
			}
		}
		if err := try("10.0.0.2", goodPassword); err != ErrSignIn {
			t.Fatalf("locked, but %v", err)
		}
		o.clock.Advance(firstLock)
		if err := try("10.0.0.2", "wrong again"); err != ErrSignIn {
			t.Fatal(err)
		}
		o.clock.Advance(firstLock)
		if err := try("10.0.0.2", goodPassword); err != ErrSignIn {
			t.Fatalf("the second lock must be longer, but %v", err)
		}
		o.clock.Advance(firstLock)
		if err := try("10.0.0.2", goodPassword); err != nil {
			t.Fatalf("the lock has ended, but %v", err)
		}
		st, err := o.Staff(t.Context(), o.staff["clerk1"])
		if err != nil || st.Failed != 0 || st.Locked(o.clock.Now()) {
			t.Errorf("after success: failed %d locked until %s, %v", st.Failed, st.LockedUntil, err)
		}
	})
}

func TestLockGrows(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 4: 0, 5: 15 * time.Minute, 6: 30 * time.Minute, 7: time.Hour, 9: 4 * time.Hour, 10: 8 * time.Hour, 99: 8 * time.Hour,
	} {
		if got := lockFor(failures); got != want {
			t.Errorf("%d failures: %s, want %s", failures, got, want)
		}
	}
}

func TestGuessingManyLoginsFromOneAddress(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	refused := 0
	for range failureBurst + 5 {
		_, err := o.SignIn(t.Context(), "nobody", "wrong password", Visit{IP: "2001:db8::1"}, start)
		if fault.KindOf(err) == fault.TooMany {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d refused, want 5", refused)
	}
	if _, err := o.SignIn(t.Context(), "clerk1", goodPassword, Visit{IP: "2001:db8::2"}, start); fault.KindOf(err) != fault.TooMany {
		t.Errorf("the same /64 must wait, but %v", err)
	}
	if _, err := o.SignIn(t.Context(), "clerk1", goodPassword, Visit{IP: "2001:db8:1::2"}, start); err != nil {
		t.Errorf("another network: %v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		in := o.signIn(t, "clerk1")
		o.clock.Advance(29 * time.Minute)
		if _, _, ok := o.session(t, in.Token); !ok {
			t.Fatal("29 idle minutes are no reason")
		}
		o.clock.Advance(30 * time.Minute)
		if _, _, ok := o.session(t, in.Token); ok {
			t.Error("30 idle minutes end a session")
		}

		in = o.signIn(t, "clerk1")
		for range 36 {
			o.clock.Advance(20 * time.Minute)
			if _, _, ok := o.session(t, in.Token); !ok {
				if got := o.clock.Now().Sub(in.ExpiresAt); got < 0 {
					t.Fatalf("ended %s early", -got)
				}
				break
			}
		}
		if _, _, ok := o.session(t, in.Token); ok {
			t.Error("twelve hours end a session that is busy")
		}
		if err := o.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		left, err := db.One(t.Context(), d.Read(), db.Value[int], `SELECT count(*) FROM session`)
		if err != nil || left != 0 {
			t.Errorf("%d sessions left, %v", left, err)
		}
	})
}

func TestDeactivationEndsAccessAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		in := o.signIn(t, "clerk1")
		o.session(t, in.Token) // cached
		token, err := o.AddToken(o.as(t, "clerk1"), "scanner", 30, start)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := o.TokenActor(t.Context(), token, start); err != nil || a.ID != o.staff["clerk1"] {
			t.Fatalf("%+v %v", a, err)
		}
		if err := o.ActivateStaff(o.as(t, "system"), o.staff["clerk1"], false); err != nil {
			t.Fatal(err)
		}
		if _, _, ok := o.session(t, in.Token); ok {
			t.Error("still signed in")
		}
		if _, err := o.TokenActor(t.Context(), token, start); err == nil {
			t.Error("the token still works")
		}
	})
}

func TestTokenEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		token, err := o.UserToken(program(t.Context()), "clerk1", "nightly", 1, start)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"", "xqt_", token + "x", strings.TrimPrefix(token, TokenPrefix)} {
			if _, err := o.TokenActor(t.Context(), bad, start); fault.KindOf(err) != fault.Unsigned {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := o.TokenActor(t.Context(), token, start.Add(25*time.Hour)); err == nil {
			t.Error("the token must have ended")
		}
		if err := o.EndToken(o.as(t, "housing"), mustTokens(t, o, "clerk1")[0].Hash); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another's token: %v", err)
		}
		if err := o.EndToken(o.as(t, "clerk1"), mustTokens(t, o, "clerk1")[0].Hash); err != nil {
			t.Error(err)
		}
		if _, err := o.TokenActor(t.Context(), token, start); err == nil {
			t.Error("the token was ended")
		}
	})
}

func mustTokens(t testing.TB, o *office, login string) []Token {
	t.Helper()
	list, err := o.MyTokens(o.as(t, login))
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list
}

func TestOthersSessionIsNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		in := o.signIn(t, "clerk1")
		se, _, _ := o.session(t, in.Token)
		wantFault(t, o.EndMine(o.as(t, "housing"), se.Hash), fault.NotFound, "account.session_unknown")
		if _, _, ok := o.session(t, in.Token); !ok {
			t.Error("somebody else ended my session")
		}
	})
}

func TestSecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.params[ParamSecondFactor] = 1
		in := o.signIn(t, "clerk1")
		if in.Owes != StepEnrol {
			t.Fatalf("owes %q, want enrolment", in.Owes)
		}
		se, _, _ := o.session(t, in.Token)
		e, err := o.BeginEnrolment(t.Context(), se)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := o.BeginEnrolment(t.Context(), se); err != nil || again.Secret != e.Secret || len(again.PNG) == 0 {
			t.Fatalf("reloading changed the secret: %v", err)
		}
		if _, _, err := o.ConfirmEnrolment(t.Context(), se, "000000", Visit{}, o.clock.Now()); err == nil {
			t.Fatal("a wrong code was confirmed")
		}
		full, codes, err := o.ConfirmEnrolment(t.Context(), se, o.code(t, e.Secret), Visit{}, o.clock.Now())
		if err != nil || len(codes) != recoveryN || full.Owes != StepNone {
			t.Fatal(full.Owes, codes, err)
		}
		if _, _, ok := o.session(t, in.Token); ok {
			t.Error("the half session outlived enrolment")
		}
		o.secondSignIn(t, e.Secret, codes)
	})
}

// secondSignIn signs in with the code once, and with a recovery code once.
func (o *office) secondSignIn(t *testing.T, secret string, codes []string) {
	used := o.code(t, secret)
	in := o.signIn(t, "clerk1")
	se, owes, _ := o.session(t, in.Token)
	if owes != StepTOTP {
		t.Fatalf("owes %q", owes)
	}
	prove := func(code string) error {
		_, err := o.ProveSecondFactor(t.Context(), se, code, Visit{IP: "10.0.0.3"}, o.clock.Now())
		return err
	}
	wantFault(t, prove(used), fault.Invalid, ErrCode.ID) // a code is good once
	o.clock.Advance(time.Minute)
	fresh := o.code(t, secret)
	if err := prove(fresh[:3] + " " + fresh[3:]); err != nil {
		t.Fatal(err)
	}
	in = o.signIn(t, "clerk1")
	se, _, _ = o.session(t, in.Token)
	if err := prove(strings.ToLower(codes[4])); err != nil {
		t.Fatal("recovery code:", err)
	}
	in = o.signIn(t, "clerk1")
	se, _, _ = o.session(t, in.Token)
	wantFault(t, prove(codes[4]), fault.Invalid, ErrCode.ID)
	for range freeFailures {
		prove("999999")
	}
	o.clock.Advance(time.Minute)
	wantFault(t, prove(o.code(t, secret)), fault.Invalid, ErrCode.ID) // locked
}

func (o *office) code(t testing.TB, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, o.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestPasswordChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		other := o.signIn(t, "clerk1")
		in := o.signIn(t, "clerk1")
		se, _, _ := o.session(t, in.Token)
		const fresh = "a lake of letters"
		change := func(old, fresh string) (SignedIn, error) {
			return o.ChangePassword(t.Context(), se, NewPassword{Old: old, New: fresh}, o.clock.Now())
		}
		for _, bad := range []struct{ old, fresh, id string }{
			{"not mine at all", fresh, "account.password_wrong"},
			{goodPassword, "short", "account.password_short"},
			{goodPassword, "clerk1-2026", "account.password_is_login"},
			{goodPassword, "password123", "account.password_common"},
			{goodPassword, goodPassword, "account.password_same"},
		} {
			_, err := change(bad.old, bad.fresh)
			wantFault(t, err, fault.Invalid, bad.id)
		}
		next, err := change(goodPassword, fresh)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{other.Token, in.Token} {
			if _, _, ok := o.session(t, token); ok {
				t.Error("an old session outlived the password")
			}
		}
		if _, owes, ok := o.session(t, next.Token); !ok || owes != StepNone {
			t.Error("the new session must be full")
		}
	})
}

func TestPasswordExpiry(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t))
	o.params[ParamPasswordDays] = 90
	o.clock.Advance(91 * 24 * time.Hour)
	if in := o.signIn(t, "clerk1"); in.Owes != StepPassword {
		t.Errorf("owes %q", in.Owes)
	}
}

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]string{
		"":                            "account.password_short",
		"九个字的密码不够长":                   "account.password_short",
		"我们的桥很长也很结实":                  "",
		"wang.wei2026":                "account.password_is_login",
		"王伟王伟王伟12":                    "account.password_short",
		"1234567890":                  "account.password_common",
		"Password1234!":               "account.password_common",
		"aaaaaaaaaaaaaaa":             "account.password_common",
		"correct horse battery":       "",
		strings.Repeat("a1b2c3d", 30): "account.password_long",
	} {
		if got, _ := checkPassword(password, "wang.wei", "王伟"); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}
