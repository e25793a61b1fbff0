package app_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/admin/unit"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
)

// What is in the confidential cases of the twin, and may be nowhere else.
const (
	hiddenWords = "检举青松岭工程款去向不明，经办人收受好处，请依法查处。"
	hiddenTitle = "青松岭工程款"
	hiddenPlace = "青松岭北坡"
)

// twin is one of two instances of the same life. The other one also holds
// accusations and a complaint of retaliation.
type twin struct {
	*apptest.House
	t       *testing.T
	secret  bool // holds them
	steps   int
	primary int64 // a school that belongs to the accused authority
	clients map[apptest.Post]*apptest.Client
	open    []apptest.Receipt
	hidden  []string // numbers of the confidential cases
	codes   []string
	file    string
	grown   []int64 // documents and directives made along
}

func newTwin(t *testing.T, kind string, secret bool) *twin {
	w := &twin{House: apptest.Start(t, kind, noLimit), t: t, secret: secret, clients: map[apptest.Post]*apptest.Client{}}
	ctx := access.With(t.Context(), access.Actor{Role: access.System})
	ids, err := w.Units.Add(ctx, []unit.Form{{ParentID: w.School, Code: "DG-JY-1", NameZH: "东关区第一小学", NameEN: "First Primary School", Kind: access.Department}})
	if err != nil {
		t.Fatal(err)
	}
	w.primary = ids[0]
	return w
}

// next is the moment of the next step: the same in both lives, whatever was
// asked meanwhile.
func (w *twin) next() {
	w.steps++
	w.Clock.Set(apptest.Monday.Add(time.Duration(w.steps) * 5 * time.Minute))
}

// as is the client of somebody; both lives have the same people.
func (w *twin) as(p apptest.Post) *apptest.Client {
	w.t.Helper()
	if w.clients[p] == nil {
		w.clients[p] = w.Client(p)
	}
	return w.clients[p]
}

// post is somebody cleared for the lane.
func cleared(role access.Role, unit int64) apptest.Post {
	return apptest.Post{Role: role, Unit: unit, Cleared: true}
}

// plain files what both lives hold.
func (w *twin) plain(n int, by *apptest.Post) apptest.Receipt {
	w.t.Helper()
	w.next()
	body := w.Filing(n)
	c := w.Anybody()
	if by != nil {
		c, body["channel"] = w.as(*by), "phone"
	}
	r := w.FileAs(c, n, body)
	w.open = append(w.open, r)
	return r
}

// hide files what only one life holds. The other one takes a number and throws
// it away, so that the numbers of all further cases agree.
func (w *twin) hide(n int, by *apptest.Post, more map[string]any) apptest.Receipt {
	w.t.Helper()
	w.next()
	c := w.Anybody()
	if by != nil {
		c = w.as(*by)
	}
	if !w.secret {
		w.burn()
		return apptest.Receipt{}
	}
	body := map[string]any{"title": hiddenTitle, "words": hiddenWords, "wish": "请依法查处", "place": hiddenPlace, "area_id": w.Town}
	for k, v := range more {
		body[k] = v
	}
	r := w.FileAs(c, 700+n, body)
	w.hidden, w.codes = append(w.hidden, r.No), append(w.codes, r.Code)
	return r
}

func (w *twin) burn() {
	w.t.Helper()
	var b db.Batch
	_, err := w.Intake.Prepare(w.t.Context(), &b, intake.Filing{
		Words: "这一号不曾登记，只为两边号码一致。", Wish: "无", AreaID: w.Town, Purpose: intake.Suggestion, Anonymous: true, Key: "a-key-that-is-thrown-away",
	}, w.Clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
}

// act carries out a verb; on a case that this life does not hold, nothing.
func (w *twin) act(p apptest.Post, no string, v casework.Verb, d casework.Data) {
	w.t.Helper()
	w.next()
	c := w.as(p)
	if no != "" {
		c.Do(no, v, d, "leak-"+text(int64(w.steps))).Is(http.StatusOK)
	}
}

// refused carries out what must not go through.
func (w *twin) refused(p apptest.Post, no string, v casework.Verb, d casework.Data) {
	w.t.Helper()
	w.next()
	c := w.as(p)
	if no == "" {
		return
	}
	if fields := c.Do(no, v, d, "").Problem(http.StatusUnprocessableEntity, "procedure.incomplete"); !slices.Contains(fields, "unit") {
		w.t.Errorf("%s to the accused: %v", v, fields)
	}
}

// live is the script of both lives.
func (w *twin) live() {
	clerk, handler := apptest.Post{Role: access.BureauClerk, Unit: w.EastBureau}, apptest.Post{Role: access.UnitHandler, Unit: w.School}
	head, care := apptest.Post{Role: access.UnitHead, Unit: w.School}, apptest.Post{Role: access.UnitHandler, Unit: w.Care}
	operator := apptest.Post{Role: access.Operator, Unit: w.CityBureau}
	a, b, c := w.plain(1, nil), w.plain(2, nil), w.plain(3, nil)
	w.act(clerk, a.No, casework.Forward, to(w.School))
	w.act(handler, a.No, casework.Accept, casework.Data{})
	first := w.hide(1, nil, map[string]any{"purpose": "accusation", "accused_id": w.School, "anonymous": true})
	second := w.hide(2, &operator, map[string]any{"purpose": "retaliation", "accused_id": w.primary, "channel": "phone", "related_no": a.No,
		"person": map[string]any{"name": "王小明", "phone": "13800000001", "address": "名川市东关区和平镇 1 号"}})
	w.hide(3, ptr(cleared(access.BureauClerk, w.EastBureau)), map[string]any{"purpose": "accusation", "accused_id": w.School, "channel": "letter", "anonymous": true})
	w.plain(4, nil)
	w.act(clerk, b.No, casework.Forward, to(w.School))
	w.act(handler, b.No, casework.Object, casework.Data{Reason: "不归我们管", Basis: "三定方案", Duty: "第 7 项", SuggestID: w.Care})
	w.act(clerk, c.No, casework.Forward, to(w.Care))
	w.act(care, c.No, casework.Accept, casework.Data{})
	w.act(care, c.No, casework.AddTask, casework.Data{UnitID: w.School, Text: "核实情况", Days: 10})
	w.accused(first.No, second.No)
	w.inquired(first)
	w.plain(5, &operator)
	d := w.plain(6, nil)
	for _, s := range []struct {
		who  apptest.Post
		verb casework.Verb
		data casework.Data
	}{{clerk, casework.Forward, to(w.School)}, {handler, casework.Accept, casework.Data{}}, {handler, casework.Draft, opinion},
		{head, casework.Approve, casework.Data{}}, {handler, casework.Serve, posted}, {handler, casework.ConcludeCase, settled}} {
		w.act(s.who, d.No, s.verb, s.data)
	}
	w.answered(first)
	if w.secret && len(w.Case(second.No).Recused) == 0 {
		w.t.Error("who handled the petition may touch the complaint of retaliation")
	}
	w.press()
}

// accused tries every way to the accused and its line, then sends the cases on
// to others (Art. 18, 30).
func (w *twin) accused(first, second string) {
	clerk := cleared(access.BureauClerk, w.EastBureau)
	r1 := casework.Data{Category: "0101", Nature: casework.R1, Urgency: casework.Red}
	at := func(unit int64) casework.Data { d := r1; d.UnitID = unit; return d }
	for _, unit := range []int64{w.School, w.primary} {
		w.refused(clerk, first, casework.Forward, at(unit))
		w.refused(clerk, second, casework.Forward, at(unit)) // of the primary school; the authority is its line
	}
	w.act(clerk, first, casework.Forward, at(w.Care))
	w.act(clerk, second, casework.Forward, at(w.Care))
}

// inquired is what the unit that was asked does, and what presses it.
func (w *twin) inquired(first apptest.Receipt) {
	handler, bureau := cleared(access.UnitHandler, w.Care), cleared(access.BureauHead, w.EastBureau)
	w.act(handler, first.No, casework.Accept, casework.Data{})
	w.refused(handler, first.No, casework.AddTask, casework.Data{UnitID: w.School, Text: "自查", Days: 5})
	w.refused(handler, first.No, casework.AddTask, casework.Data{UnitID: w.primary, Text: "自查", Days: 5})
	w.act(handler, first.No, casework.AddTask, casework.Data{UnitID: w.Town, Text: "核实青松岭", Days: 5})
	w.act(cleared(access.UnitHandler, w.Town), first.No, casework.AnswerTask, casework.Data{Task: 1, Text: "青松岭属实"})
	w.act(handler, first.No, casework.Record, casework.Data{Text: "走访青松岭", Method: "visit"})
	w.next()
	for _, unit := range []int64{w.School, w.primary} {
		w.grow(bureau, "/api/v1/supervision/directives", w.directive(first.No, unit), http.StatusUnprocessableEntity)
	}
	w.grow(bureau, "/api/v1/supervision/directives", w.directive(first.No, w.Care), http.StatusOK)
	w.watched(first.No)
	for _, kind := range []string{"D01", "D02", "D07"} {
		w.next()
		w.paper(handler, first.No, kind)
	}
	w.next()
	if w.secret {
		w.file = handIn(w.t, w.House, first)
	}
}

// watched is a joint room on the case, to which the accused cannot be invited,
// and a leader who leads it.
func (w *twin) watched(no string) {
	w.t.Helper()
	bureau, supervisor := cleared(access.BureauClerk, w.EastBureau), cleared(access.Supervisor, w.EastBureau)
	w.next()
	room := w.grow(bureau, "/api/v1/rooms", map[string]any{"case_no": no, "reason": "青松岭涉及多家", "chair": "区信访局局长", "justice_unit_id": w.Town}, http.StatusOK)
	for _, unit := range []int64{w.School, w.primary} {
		w.grow(bureau, "/api/v1/rooms/"+text(room)+"/seats", map[string]any{"kind": "department", "unit_id": unit}, http.StatusUnprocessableEntity)
	}
	w.grow(bureau, "/api/v1/rooms/"+text(room)+"/opinions", map[string]any{"text": "青松岭由镇政府查", "basis": "责任清单"}, http.StatusOK)
	_, leader := w.Hire(cleared(access.Leader, w.East))
	w.next()
	w.grow(supervisor, "/api/v1/leads", map[string]any{"case_no": no, "leader_id": leader}, http.StatusOK)
}

func (w *twin) directive(no string, unit int64) map[string]any {
	return map[string]any{"kind": "supervise", "variant": "letter", "case_no": no, "unit_id": unit, "title": "催办" + hiddenTitle, "text": hiddenWords, "days": 10}
}

// grow posts for a case that only one life holds.
func (w *twin) grow(p apptest.Post, path string, body any, status int) int64 {
	w.t.Helper()
	c := w.as(p)
	if !w.secret {
		return 0
	}
	var made struct{ ID int64 }
	c.With("Idempotency-Key", "leak-grows-"+text(int64(len(w.grown)))).Post(path, body).Is(status).Into(&made)
	if made.ID != 0 {
		w.grown = append(w.grown, made.ID)
	}
	return made.ID
}

// paper drafts, approves and seals a document.
func (w *twin) paper(p apptest.Post, no, kind string) {
	w.t.Helper()
	head := w.as(cleared(access.UnitHead, w.Care))
	id := w.grow(p, "/api/v1/cases/"+no+"/documents", map[string]any{"kind": kind}, http.StatusOK)
	if id == 0 || kind == "D01" {
		return // one stays a draft
	}
	var d struct{ Text string }
	at := "/api/v1/documents/" + text(id)
	w.as(p).Get(at).Is(http.StatusOK).Into(&d)
	_, me := w.Hire(p)
	drafter := access.Actor{ID: me, Role: p.Role, UnitID: p.Unit, Cleared: p.Cleared}
	if err := w.Documents.Edit(w.t.Context(), drafter, id, strings.ReplaceAll(d.Text, "＿", "无"), w.Clock.Now()); err != nil {
		w.t.Fatal(err)
	}
	head.Post(at+"/approve", map[string]any{}).Is(http.StatusOK)
	head.Post(at+"/seal", map[string]any{}).Is(http.StatusOK)
}

// answered ends the first accusation; its petitioner is not satisfied.
func (w *twin) answered(first apptest.Receipt) {
	handler, head := cleared(access.UnitHandler, w.Care), cleared(access.UnitHead, w.Care)
	w.act(handler, first.No, casework.Draft, opinion)
	w.act(head, first.No, casework.Approve, casework.Data{})
	w.act(handler, first.No, casework.Serve, posted)
	w.next()
	if !w.secret {
		w.burn()
		return
	}
	me := w.Petitioner(first.Code)
	me.Do(first.No, casework.RequestReview, casework.Data{Reason: "青松岭没有查清"}, "leak-review").Is(http.StatusOK)
	w.hidden = append(w.hidden, w.Case(first.No).Appeal)
	w.as(handler).Do(first.No, casework.ConcludeCase, settled, "leak-conclude").Is(http.StatusOK)
	me.Do(first.No, casework.Rate, casework.Data{RatedUnit: casework.Dissatisfied, RatedResult: casework.VeryDissatisfied, Text: "青松岭"}, "leak-rate").Is(http.StatusOK)
}

// press lets time pass and everything run that runs by itself.
func (w *twin) press() {
	w.t.Helper()
	w.next()
	for _, days := range []int{1, 20, 40} {
		w.Drain()
		w.Clock.Set(apptest.Monday.Add(time.Duration(days) * 24 * time.Hour))
		for _, run := range []func() error{
			func() error { return w.Deadlines.Sweep(w.t.Context()) }, func() error { w.Drain(); return nil },
			func() error { return w.Supervision.Look(w.t.Context()) },
			func() error { return w.Supervision.Sweep(w.t.Context()) }, func() error { return w.Inspection.Sweep(w.t.Context()) },
			func() error { return w.Notify.Look(w.t.Context()) }, func() error { return w.Notify.Deliver(w.t.Context()) },
		} {
			if err := run(); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	w.Drain()
	w.clients = map[apptest.Post]*apptest.Client{} // those tokens are old
}

// kept are the tables whose rows belong to cases.
var kept = []string{"case_event", "attachment", "document", "reminder", "delivery", "inbox", "directive", "supervision_candidate", "led_case", "breach", "room"}

// ids are numbers of rows that belong to the confidential cases: of each table
// the first and the last.
func (w *twin) ids() []string {
	w.t.Helper()
	const of = " IN (SELECT id FROM case_file WHERE lane = 'confidential')"
	out := append([]string{"1"}, w.numbers("SELECT id FROM case_file WHERE id"+of)...)
	for _, table := range kept {
		list := w.numbers("SELECT id FROM " + table + " WHERE case_id" + of + " ORDER BY id")
		if len(list) == 0 {
			w.t.Errorf("no %s of a confidential case: nothing is tried", table)
			continue
		}
		out = append(out, list[0], list[len(list)-1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rows are the numbers of all rows of these tables.
func (w *twin) rows() map[string]bool {
	out := map[string]bool{}
	for _, table := range append([]string{"case_file"}, kept...) {
		for _, id := range w.numbers("SELECT id FROM " + table) {
			out[id] = true
		}
	}
	return out
}

func (w *twin) numbers(query string) []string {
	w.t.Helper()
	list, err := db.List(w.t.Context(), w.DB.Read(), db.Value[int64], query)
	if err != nil {
		w.t.Fatal(err)
	}
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = text(id)
	}
	return out
}

// told are the texts that must stand in no answer, log or message.
func (w *twin) told() [][]byte {
	var out [][]byte
	for _, s := range append(append([]string{"青松岭"}, w.hidden...), w.codes...) {
		out = append(out, []byte(s))
	}
	return out
}

func holds(body []byte, told [][]byte) string {
	for _, s := range told {
		if bytes.Contains(body, s) {
			return string(s)
		}
	}
	return ""
}

func ptr[T any](v T) *T { return &v }
