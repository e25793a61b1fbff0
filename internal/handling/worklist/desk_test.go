package worklist_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

var (
	filedNo = regexp.MustCompile(`data-testid="filed-no"[^>]*>\s*<span[^>]*>([^<]+)<`)
	rowLink = regexp.MustCompile(`data-href="/desk/cases/([^"]+)"`)
	tally   = regexp.MustCompile(`data-testid="tab-([a-z]+)"[^>]*>[^<]*<span class="tally[^"]*">([0-9,]+)`)
)

// shown gives the numbers of the cases in a list.
func shown(p apptest.Page) []string {
	var nos []string
	for _, m := range rowLink.FindAllStringSubmatch(p.Body, -1) {
		nos = append(nos, m[1])
	}
	return nos
}

// register types a matter into the form of the desk and reads out its number.
func register(t *testing.T, b *apptest.Browser, n int, more url.Values) string {
	t.Helper()
	form := b.Get("/desk/new").Is(http.StatusOK)
	fields := form.Hidden()
	for name, value := range map[string]string{
		"channel": "phone", "purpose": "request", "place": "和平镇幸福路" + strconv.Itoa(n) + "号",
		"words": "我们楼的电梯停了" + strconv.Itoa(n) + "天，老人上不了楼，物业一直不修。", "wish": "请尽快修好电梯",
		"area": strconv.FormatInt(b.House.East, 10), "name": "石小满", "phone": "19900001" + strconv.Itoa(100+n), "persons": "1",
		"id_no": "", "address": "和平镇幸福路",
	} {
		fields.Set(name, value)
	}
	for name := range more {
		fields.Set(name, more.Get(name))
	}
	p := b.Post("/desk/new", fields).Is(http.StatusOK)
	m := filedNo.FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatalf("no receipt: %.2000s", p.Body)
	}
	return strings.TrimSpace(m[1])
}

// TestDesk walks a call through the desk: registered by an operator, found and
// forwarded by the bureau, signed for and answered by the unit.
func TestDesk(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		operator := h.SignIn(apptest.Post{Role: access.Operator, Unit: h.EastBureau})
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		other := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.WestBureau})
		handler := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		no := register(t, operator, 1, nil)
		h.Drain()

		operator.Get("/desk").Is(http.StatusOK).Has(no)
		clerk.Get("/desk").Is(http.StatusOK).Has(no)
		other.Get("/desk?view=open").Is(http.StatusOK).Lacks(no)
		other.Get("/desk/cases/" + no).Is(http.StatusNotFound)
		clerk.Get("/desk/search?q="+url.QueryEscape("电梯")).Is(http.StatusOK).Has(no, "<mark>电梯</mark>")
		other.Get("/desk/search?q=" + url.QueryEscape("电梯")).Is(http.StatusOK).Lacks(no)
		clerk.Get("/desk/search?q=" + strings.ToLower(no)).At("/desk/cases/" + no)
		clerk.Post("/desk/new/like", url.Values{"words": {"电梯坏了一个多月，老人上不了楼"}, "place": {"幸福路1号"}}).Is(http.StatusOK).Has(no)
		other.Post("/desk/new/like", url.Values{"words": {"电梯坏了一个多月，老人上不了楼"}, "place": {"幸福路1号"}}).Is(http.StatusOK).Lacks(no)

		page := clerk.Get("/desk/cases/" + no).Is(http.StatusOK)
		page.Has("老人上不了楼", "石**", `data-testid="do-forward"`).Lacks("石小满", `data-testid="do-accept"`)
		clerk.Get("/desk/cases/" + no + "/why/1").Is(http.StatusOK).Has("第二十二条")

		ask := clerk.Get("/desk/cases/" + no + "/do/forward").Is(http.StatusOK)
		fields := ask.Hidden()
		clerk.Post("/desk/cases/"+no+"/forward", fields).Is(http.StatusUnprocessableEntity).Has(`data-testid="errors"`)
		for name, value := range map[string]string{
			"unit": strconv.FormatInt(h.School, 10), "category": "0101", "nature": "R7", "urgency": "red", "procedure": "ordinary",
		} {
			fields.Set(name, value)
		}
		clerk.Post("/desk/cases/"+no+"/forward", fields).Is(http.StatusOK).At("/desk/cases/"+no).Has(`data-testid="flash"`, no+"：转送", "东关区教育局").Lacks("verb.")
		clerk.Get("/desk?view=waiting").Has(no)
		clerk.Get("/desk").Lacks(no)
		handler.Get("/desk").Is(http.StatusOK).Has(no)
		sign := handler.Get("/desk/cases/" + no).Is(http.StatusOK).Has(`data-testid="do-sign"`)
		handler.Post("/desk/cases/"+no+"/sign", sign.Hidden()).Is(http.StatusOK).At("/desk/cases/" + no)
		if got := h.Case(no).State; got != casework.Signed {
			t.Errorf("state %s", got)
		}
	})
}

// TestBulk forwards several cases at once, reads what became of each, and
// takes it all back by one button.
func TestBulk(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		var nos []string
		for n := range 3 {
			nos = append(nos, register(t, clerk, n, nil))
		}
		queue := clerk.Get("/desk").Is(http.StatusOK)
		if got := shown(queue); len(got) != 3 {
			t.Fatal(got)
		}
		ask := clerk.Post("/desk/bulk", url.Values{"select": nos, "verb": {"forward"}}).Is(http.StatusOK)
		fields := ask.Hidden()
		for name, value := range map[string]string{
			"unit": strconv.FormatInt(h.School, 10), "category": "0101", "nature": "R7", "urgency": "blue", "procedure": "ordinary",
		} {
			fields.Set(name, value)
		}
		done := clerk.Post("/desk/bulk/forward", fields).Is(http.StatusOK).Has(nos...)
		for _, no := range nos {
			if got := h.Case(no); got.State != casework.Dispatched || got.LeadUnitID != h.School {
				t.Fatalf("%s: %s at %d", no, got.State, got.LeadUnitID)
			}
		}
		undo := done.Hidden()
		clerk.Post("/desk/bulk/recall", undo).Is(http.StatusOK)
		for _, no := range nos {
			if got := h.Case(no).State; got != casework.Registered {
				t.Fatalf("%s: %s after the recall", no, got)
			}
		}
		fields.Set("_key", "another-command-of-the-desk")
		clerk.Post("/desk/bulk/forward", fields).Is(http.StatusOK)
		h.Clock.Advance(time.Hour)
		clerk = h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		clerk.Post("/desk/bulk/recall", url.Values{"no": nos}).Is(http.StatusOK).Has("bulk-row", "不能")
	})
}

// TestNobodySeesMore signs in every role and holds the number on each tab, the
// rows below it and the case pages against the visibility rule.
func TestNobodySeesMore(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	operator := h.SignIn(apptest.Post{Role: access.Operator, Unit: h.EastBureau})
	town := h.SignIn(apptest.Post{Role: access.Operator, Unit: h.Town})
	cases := map[string]casework.Case{}
	for n := range 8 {
		b, more := operator, url.Values{}
		if n%2 == 1 {
			b, more = town, url.Values{"area": {strconv.FormatInt(h.Town, 10)}}
		}
		if n%4 == 2 {
			more.Set("purpose", "accusation")
			more.Set("accused", strconv.FormatInt(h.School, 10))
		}
		no := register(t, b, n, more)
		cases[no] = h.Case(no)
	}
	for _, role := range access.Staff {
		for _, unit := range []int64{h.EastBureau, h.WestBureau, h.School, h.City.City, h.Town} {
			for _, cleared := range []bool{false, true} {
				post := apptest.Post{Role: role, Unit: unit, Cleared: cleared}
				_, id := h.Hire(post)
				u, _ := h.Units.Unit(unit)
				scope := access.Visible(access.Actor{ID: id, Role: role, UnitID: unit, AreaID: u.Area, AreaDepth: len(u.Areas), Cleared: cleared})
				look(t, h.SignIn(post), cases, scope, string(role))
			}
		}
	}
}

func look(t *testing.T, b *apptest.Browser, cases map[string]casework.Case, scope access.Scope, who string) {
	t.Helper()
	list := b.Get("/desk?view=open")
	if list.Status == http.StatusForbidden {
		return
	}
	rows, counts := shown(list.Is(http.StatusOK)), map[string]string{}
	for _, m := range tally.FindAllStringSubmatch(list.Body, -1) {
		counts[m[1]] = m[2]
	}
	want := 0
	for no, c := range cases {
		sees := scope.Sees(c.Facts())
		if sees {
			want++
		}
		if slices.Contains(rows, no) != sees {
			t.Errorf("%s: the queue shows %s: %v, the rule says %v", who, no, !sees, sees)
		}
		if status := b.Get("/desk/cases/" + no).Status; (status == http.StatusOK) != sees {
			t.Errorf("%s: the page of %s answers %d, the rule says %v", who, no, status, sees)
		}
	}
	if counts["open"] != strconv.Itoa(want) {
		t.Errorf("%s: the tab says %s, the rule %d", who, counts["open"], want)
	}
}

func TestFirstBoardPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		no := register(t, clerk, 1, nil)
		clerk.Get("/desk").Is(http.StatusOK).Has(`href="/desk/first"`)
		clerk.Get("/desk/first").Is(http.StatusOK).Has(no, `data-testid="first"`, "3 天以内")
		for _, board := range []string{"rulings", "assist", "dissatisfied", "reviews", "parked"} {
			clerk.Get("/desk/" + board).Is(http.StatusOK).Has(`data-testid="empty"`).Lacks(no)
		}
		clerk.Get("/desk/first?after=nonsense").Is(http.StatusBadRequest, http.StatusUnprocessableEntity)
		h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.WestBureau}).Get("/desk/first").Is(http.StatusOK).Lacks(no)
		h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School}).Get("/desk/first").Is(http.StatusForbidden)
	})
}

// do opens the form of a verb, fills it in and sends it.
func do(t *testing.T, b *apptest.Browser, no, verb string, fields map[string]string) apptest.Page {
	t.Helper()
	form := b.Get("/desk/cases/" + no + "/do/" + verb).Is(http.StatusOK).Hidden()
	for name, value := range fields {
		form.Set(name, value)
	}
	return b.Post("/desk/cases/"+no+"/"+verb, form).Is(http.StatusOK).At("/desk/cases/" + no)
}

// TestAssisting: a unit that assists finds the case, opens it, answers its own
// task and is told on its board; it never sees who the petitioner is.
func TestAssisting(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		id := func(n int64) string { return strconv.FormatInt(n, 10) }
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		lead := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		care := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.Care})
		no := register(t, clerk, 1, nil)
		do(t, clerk, no, "forward", map[string]string{"unit": id(h.School), "category": "0101", "nature": "R7", "urgency": "blue", "procedure": "ordinary"})
		do(t, lead, no, "accept", map[string]string{"procedure": "ordinary"})
		h.Drain()
		care.Get("/desk/cases/" + no).Is(http.StatusNotFound)
		care.Get("/desk/search?q=" + url.QueryEscape("电梯")).Lacks(no)

		do(t, lead, no, "add_task", map[string]string{"unit": id(h.Care), "text": "请核实补贴发放情况", "days": "10"}).
			Has(`data-testid="task-1"`, "东关区民政局", "请核实补贴发放情况", `data-testid="line-recall_task"`)
		care.Get("/desk").Is(http.StatusOK).Lacks(no).Has(`href="/desk/assist"`)
		care.Get("/desk/assist").Is(http.StatusOK).Has(no, "请核实补贴发放情况", "待本单位答复")
		care.Get("/desk/search?q=" + url.QueryEscape("电梯")).Is(http.StatusOK).Has(no)
		page := care.Get("/desk/cases/"+no).Is(http.StatusOK).Has(`do/answer_task?task=1`, "石**").Lacks("石小满", `data-testid="reveal"`, `data-testid="line-recall_task"`)
		form := page.Hidden()
		form.Set("reason", "想知道是谁")
		care.Post("/desk/cases/"+no+"/reveal", form).Is(http.StatusForbidden, http.StatusNotFound).Lacks("石小满", "19900001101")
		lead.Get("/desk/cases/" + no).Has(`data-testid="reveal"`)

		do(t, care, no, "answer_task", map[string]string{"task": "1", "text": "补贴已按月发放"}).Has("补贴已按月发放", "已答复")
		care.Get("/desk/assist").Is(http.StatusOK).Has(no, "已答复或参加会商")
	})
}

// TestRequests: a case with several requests shows each with its own answer,
// and its form opens on the request that was clicked.
func TestRequests(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
	lead := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
	no := register(t, clerk, 1, nil)
	clerk.Get("/desk/cases/" + no).Lacks(`data-testid="requests"`)
	do(t, clerk, no, "add_request", map[string]string{"title": "退还多收的维修费", "nature": "R5"}).
		Has(`data-testid="request-2"`, "退还多收的维修费", "0 / 2")
	do(t, clerk, no, "forward", map[string]string{"unit": strconv.FormatInt(h.School, 10), "category": "0101", "nature": "R7", "urgency": "blue", "procedure": "ordinary"})
	do(t, lead, no, "accept", map[string]string{"procedure": "ordinary"}).Has(`do/answer_request?request=2`, `data-testid="line-clock-T4"`, `data-testid="line-clock-statute"`)
	lead.Get("/desk/cases/" + no + "/do/answer_request?request=2").Is(http.StatusOK).Has(`value="2" selected`)
	do(t, lead, no, "answer_request", map[string]string{
		"request": "2", "result": "supported", "facts": "多收三百元", "text": "予以退还", "basis": "物业管理条例", "remedy": "可申请复查"}).Has("1 / 2", "予以退还")
	lead.Get("/desk/cases/" + no + "/do/answer_request?request=2").Is(http.StatusOK).Has("多收三百元")
	do(t, lead, no, "divert_request", map[string]string{"request": "1", "route": "申请劳动仲裁", "reason": "属仲裁事项"}).Has("导入：申请劳动仲裁", `data-testid="line-explain_route"`)
}
