package journey_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

var (
	clerk   = access.Actor{ID: 101, Role: access.BureauClerk, UnitID: districtBureau, AreaID: district, AreaDepth: 2}
	handler = access.Actor{ID: 102, Role: access.UnitHandler, UnitID: edu, AreaID: district, AreaDepth: 2}
	head    = access.Actor{ID: 103, Role: access.UnitHead, UnitID: edu, AreaID: district, AreaDepth: 2}
)

// file registers a matter and gives its receipt.
func (h *house) file(n int) intake.Receipt {
	h.t.Helper()
	r, err := h.intake.File(h.t.Context(), filing(key(n)), h.clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// do uses a verb a day later.
func (h *house) do(no string, a access.Actor, verb casework.Verb, d casework.Data) {
	h.t.Helper()
	now := h.clock.Advance(24 * time.Hour)
	if _, err := h.procedure.Do(h.t.Context(), casework.Action{No: no, Verb: verb, Actor: a, Data: d, Now: now}); err != nil {
		h.t.Fatalf("%s: %v", verb, err)
	}
}

// answer takes a case to its conclusion.
func (h *house) answer(no string) {
	h.t.Helper()
	h.do(no, clerk, casework.Forward, casework.Data{UnitID: edu, Category: "0101", Nature: casework.R7})
	h.do(no, handler, casework.SignFor, casework.Data{})
	h.do(no, handler, casework.Accept, casework.Data{})
	h.do(no, handler, casework.Record, casework.Data{Text: "内部：电话核实，物业态度不好", Method: "call"})
	h.do(no, handler, casework.Draft, casework.Data{Facts: "电梯于11月2日停用。", Text: "已责成物业修复。", Basis: "《物业管理条例》", Remedy: "可以申请复查。", Result: casework.Supported})
	h.do(no, head, casework.Approve, casework.Data{})
	h.do(no, handler, casework.Serve, casework.Data{Method: "electronic"})
	h.do(no, handler, casework.ConcludeCase, casework.Data{Outcome: casework.Resolved, Evidence: "电梯已恢复运行"})
}

// enter opens a case by its receipt.
func (v *visitor) enter(r intake.Receipt) page {
	v.t.Helper()
	return v.post("/follow", url.Values{"no": {strings.ToLower(r.No)}, "code": {" " + strings.ToLower(r.Code)}}).is(http.StatusOK)
}

func TestFollow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		r, other := h.file(1), h.file(2)
		v := h.visitor()
		v.enter(r).has("东关区信访局", "为什么是这一天", words, "do-supplement", "do-urge").lacks("do-rate")
		if p := v.get("/follow/" + other.No); p.path != "/follow" {
			t.Errorf("the cookie of one case opens another at %s", p.path)
		}
		for _, path := range []string{"/why/1", "/letter/1", "/supplement"} {
			if p := v.get("/follow/" + other.No + path); p.path != "/follow" {
				t.Errorf("%s of another case opens", path)
			}
		}
		if p := v.post("/follow/"+other.No+"/withdraw", url.Values{"reason": {"x"}}); p.path != "/follow" {
			t.Errorf("another case can be withdrawn at %s", p.path)
		}
		v.get("/follow/"+r.No+"/why/1").is(http.StatusOK).has("第二十二条", "15 个自然日", "day-due", "3月17日")
		v.get("/follow/" + r.No + "/why/9").is(http.StatusNotFound)
		h.answer(r.No)
		p := v.enter(r).has("已办结：已解决", "电梯已恢复运行", "do-rate", "do-contest", "letter-served").lacks("态度不好", "已责成物业修复", "do-urge")
		letter := regexp.MustCompile(`/follow/[^"]+/letter/\d+`).FindString(p.body)
		v.get(letter).is(http.StatusOK).has("已责成物业修复", "《物业管理条例》", "可以申请复查", "东关区教育局")
		if n, err := h.procedure.Case(t.Context(), access.Actor{Role: access.System}, other.No); err != nil || n.State != casework.Registered {
			t.Errorf("the other case: %s %v", n.State, err)
		}
	})
}

func TestActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		r := h.file(1)
		v := h.visitor()
		at := "/follow/" + r.No
		v.enter(r)
		form := v.get(at + "/supplement").is(http.StatusOK).hidden()
		v.post(at+"/supplement", form).is(http.StatusUnprocessableEntity)
		form.Set("text", "又停了一次<b>")
		v.post(at+"/supplement", form).is(http.StatusOK).has("又停了一次&lt;b&gt;", "已交给办理单位")
		v.post(at+"/supplement", form).is(http.StatusOK)
		urge := url.Values{"_key": {key(9)}}
		v.post(at+"/urge", urge).is(http.StatusOK).has("wait-urge", "已催办")
		v.post(at+"/urge", urge).is(http.StatusOK)
		v.post(at+"/urge", url.Values{"_key": {key(8)}}).is(http.StatusConflict)
		long := url.Values{"_key": {key(7)}, "text": {strings.Repeat("长", 20_001)}}
		v.post(at+"/supplement", long).is(http.StatusUnprocessableEntity).has("现在有 20001 字")
		v.get(at + "/approve").is(http.StatusNotFound)
		v.post(at+"/approve", nil).is(http.StatusNotFound)

		h.answer(r.No)
		v.enter(r)
		rate := v.get(at+"/rate").is(http.StatusOK).has("非常满意", "不满意").hidden()
		rate.Set("rated_unit", "4")
		v.post(at+"/rate", rate).is(http.StatusUnprocessableEntity).has(`href="#f-rated_result"`)
		rate.Set("rated_result", "1")
		rate.Set("text", "还是会停")
		v.post(at+"/rate", rate).is(http.StatusOK).has("对结果不满意", "还是会停").lacks("do-rate")
		contest := v.get(at + "/contest").is(http.StatusOK).hidden()
		contest.Set("reason", "上周又停了")
		v.post(at+"/contest", contest).is(http.StatusOK).has("上周又停了", "东关区信访局")
		withdraw := v.get(at + "/withdraw").is(http.StatusOK).hidden()
		withdraw.Set("reason", "已经修好")
		v.post(at+"/withdraw", withdraw).is(http.StatusOK).has("您已撤回")

		events := map[casework.EventKind]int{}
		c, _ := h.procedure.Case(t.Context(), access.Actor{Role: access.System}, r.No)
		list, err := h.procedure.History(t.Context(), c.ID)
		for _, e := range list {
			events[e.Kind]++
		}
		for _, k := range []casework.EventKind{"supplemented", "urged", "rated", "contested", "withdrawn"} {
			if events[k] != 1 || err != nil {
				t.Errorf("%d events %s, %v", events[k], k, err)
			}
		}
		v.post(at+"/leave", nil).is(http.StatusOK)
		if p := v.get(at); p.path != "/follow" {
			t.Errorf("after leaving, %s", p.path)
		}
	})
}

func TestLateIsSaid(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	r := h.file(1)
	h.clock.Advance(16 * 24 * time.Hour)
	if n, err := h.procedure.Lapse(t.Context(), h.clock.Now(), 10); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	h.visitor().enter(r).has("超期", "没有按期转给该管的单位", "light-red", "moment-missed")
}

func TestLockout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		r := h.file(1)
		v := h.visitor()
		try := func(no, code string) page { return v.post("/follow", url.Values{"no": {no}, "code": {code}}) }
		try("MC26-0000-0001", r.Code).is(http.StatusUnprocessableEntity).has("对照回执")
		for range 10 {
			try(r.No, "2222-2222").is(http.StatusUnprocessableEntity).has("对不上")
		}
		try(r.No, r.Code).is(http.StatusTooManyRequests).has("试错次数太多")
		h.clock.Advance(16 * time.Minute)
		try(r.No, r.Code).is(http.StatusOK)
		if err := h.tracking.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		r := h.file(1)
		secret := filing(key(2))
		secret.Purpose = intake.Accusation
		hidden, err := h.intake.File(t.Context(), secret, monday)
		if err != nil {
			t.Fatal(err)
		}
		v := h.visitor()
		v.post("/phone", url.Values{"phone": {"0451-87654321"}}).is(http.StatusUnprocessableEntity)
		p := v.post("/phone", url.Values{"phone": {"138-0000-0001"}}).is(http.StatusOK).has("演示环境")
		code := regexp.MustCompile(`验证码是 (\d{6})`).FindStringSubmatch(p.body)[1]
		form := p.hidden()
		form.Set("code", "000000")
		if code == "000000" {
			form.Set("code", "000001")
		}
		v.post("/phone/code", form).is(http.StatusUnprocessableEntity)
		v.post("/phone", url.Values{"phone": {"13800000001"}}).is(http.StatusOK).lacks("演示环境")
		form.Set("code", code)
		v.post("/phone/code", form).is(http.StatusOK).has(r.No).lacks(hidden.No)
		v.get("/follow/" + r.No).is(http.StatusOK).has(words)
		if p := v.get("/follow/" + hidden.No); p.path != "/follow" {
			t.Errorf("a phone opens the confidential lane at %s", p.path)
		}
		if p := h.visitor().post("/phone/code", form); p.status != http.StatusUnprocessableEntity {
			t.Errorf("a code works twice: %d", p.status)
		}
		v.post("/my/leave", nil).is(http.StatusOK)
		if p := v.get("/my"); p.path != "/phone" {
			t.Errorf("after leaving, %s", p.path)
		}
	})
}

func TestCodeTries(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.file(1)
	ctx, now := t.Context(), monday
	code, err := h.tracking.AskCode(ctx, "13800000001", "a", now)
	if err != nil || len(code) != 6 {
		t.Fatal(code, err)
	}
	wrong := strings.Repeat(string('0'+(code[0]-'0'+1)%10), 6)
	for range 5 {
		if _, err := h.tracking.ProvePhone(ctx, "13800000001", wrong, now); err == nil {
			t.Fatal("a wrong code was taken")
		}
	}
	if _, err := h.tracking.ProvePhone(ctx, "13800000001", code, now); err == nil {
		t.Error("the right code works after five wrong ones")
	}
	code, err = h.tracking.AskCode(ctx, "13800000001", "a", now.Add(2*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = h.tracking.ProvePhone(ctx, "13800000001", code, now.Add(8*time.Minute)); err == nil {
		t.Error("an expired code works")
	}
}

func TestEnglish(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	r := h.file(1)
	v := h.visitor()
	v.post("/prefs", url.Values{"lang": {"en"}, "next": {"/"}}).has("Every word is answered")
	v.get("/file").has("What happened?")
	h.answer(r.No)
	han := regexp.MustCompile(`\p{Han}`)
	p := v.enter(r).has("Concluded: Resolved", "Dongguan Education")
	for _, path := range []string{"/", "/file", "/follow", "/phone", "/follow/" + r.No + "/rate", "/follow/" + r.No + "/why/1"} {
		body := regexp.MustCompile(`(?s)<h1>.*</main>`).FindString(v.get(path).is(http.StatusOK).body)
		if at := han.FindStringIndex(body); at != nil {
			t.Errorf("%s has Chinese: %.60s", path, body[at[0]:])
		}
	}
	_ = p
}
