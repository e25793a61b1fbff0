package course

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

var now = time.Date(2026, 4, 8, 4, 0, 0, 0, time.UTC)

type town map[int64]string

func (t town) Unit(id int64) (access.Unit, bool) {
	name, ok := t[id]
	return access.Unit{ID: id, NameZH: name, NameEN: "Unit " + name}, ok
}

type family []casework.Case

func (f family) Linked(context.Context, access.Actor, casework.Case) ([]casework.Case, error) {
	return f, nil
}

func panels(linked ...casework.Case) *Panels {
	return New(town{10: "信访局", 11: "住建局", 12: "水利局"}, family(linked))
}

// drawn renders a panel in a language and finds no gap.
func drawn(t *testing.T, lang string, c templ.Component) string {
	t.Helper()
	if c == nil {
		return ""
	}
	words, err := os.ReadFile("../procedure/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), i18n.Must(i18n.Messages, ui.Messages, Messages, words), lang)
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "⟦") || strings.Contains(b.String(), "%!") {
		t.Errorf("%s: %s", lang, b.String())
	}
	return b.String()
}

func duty(seq int, k casework.Clock, ref int, unit int64, days int) casework.Obligation {
	due := now.AddDate(0, 0, days)
	return casework.Obligation{Seq: seq, Clock: k, Ref: ref, UnitID: unit, OpenedAt: now.AddDate(0, 0, -9), DueAt: due, WarnAt: due.AddDate(0, 0, -3)}
}

// shared is a case with three requests, two tasks, a dispute and a room.
func shared() Page {
	c := casework.Case{ID: 1, No: "MC26-0A1B-7K3F", Title: "电梯停运", Nature: casework.R7, State: casework.Accepted, Round: 1, BureauID: 10, LeadUnitID: 11}
	c.Requests = []casework.Request{
		{Seq: 1, Title: "修好电梯", Result: casework.Supported, Facts: "属实", Text: "七日内修复", Basis: "条例", Remedy: "可复查"},
		{Seq: 2, Title: "公示资金", Nature: casework.R5},
		{Seq: 3, Title: "退电梯费", Result: casework.DivertedAway, Route: "申请仲裁", Text: "属仲裁"},
	}
	c.Tasks = []casework.Task{
		{Seq: 1, UnitID: 12, Ask: "查资金", Status: casework.TaskOpen},
		{Seq: 2, UnitID: 12, Ask: "查图纸", Status: casework.TaskReturned, Answer: "不在本单位"},
	}
	c.Room, c.Invited, c.Interim, c.Objections = true, []int64{12}, true, 1
	c.Obligations = []casework.Obligation{
		duty(1, casework.T4, 1, 11, 30), duty(2, casework.Statute, 2, 11, 40), duty(3, casework.Explain, 3, 11, 5),
		duty(4, casework.Assist, 1, 12, -2), duty(5, casework.Room, 0, 10, 9), duty(6, casework.Ruling, 0, 10, 1), duty(7, casework.T2, 0, 11, -4),
	}
	event := func(v casework.Verb, unit int64, d casework.Data) casework.Event {
		return casework.Event{Verb: v, ActorUnit: unit, At: now, Data: d, Round: 1}
	}
	return Page{Case: c, Now: now, Actor: access.Actor{UnitID: 12, Role: access.UnitHandler}, Verbs: casework.Verbs(), Events: []casework.Event{
		event(casework.Object, 11, casework.Data{Reason: "不属职责", Basis: "清单", Duty: "第3条", SuggestID: 12}),
		event(casework.Consult, 10, casework.Data{Method: "onsite", Attendees: "三人", Text: "各执一词"}),
		event(casework.NameInterim, 10, casework.Data{UnitID: 11, Reason: "先办"}), event(casework.SettleDispute, 10, casework.Data{UnitID: 11, Duty: "第3条"}),
		event(casework.Convene, 10, casework.Data{Reason: "疑难"}),
	}}
}

// TestRequests: each request has its own clock, answer and buttons; one alone
// needs no panel.
func TestRequests(t *testing.T) {
	p := shared()
	for _, lang := range []string{"zh", "en"} {
		body := drawn(t, lang, panels().Requests(p))
		for _, want := range []string{"line-clock-T4", "line-clock-statute", "line-clock-explain", "/do/answer_request?request=2", "/do/explain_route?request=3", "/why/2", "七日内修复", "2 / 3"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", lang, want)
			}
		}
		if strings.Contains(body, "/do/answer_request?request=3") {
			t.Error("a diverted request can be answered")
		}
	}
	p.Case.Requests = nil
	if panels().Requests(p) != nil {
		t.Error("one request needs no panel")
	}
}

// TestUnits: lateness stands with the unit where it arose, a task offers the
// assisting unit its answer and others nothing.
func TestUnits(t *testing.T) {
	p := shared()
	for _, lang := range []string{"zh", "en"} {
		body := drawn(t, lang, panels().Units(p))
		for _, want := range []string{"/do/answer_task?task=1", "/do/return_task?task=1", "不在本单位", "第3条", "各执一词", "data-testid=\"room\"", "data-testid=\"dispute\""} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", lang, want)
			}
		}
		if strings.Contains(body, "/do/answer_task?task=2") {
			t.Error("a returned task can be answered")
		}
	}
	if late := p.lateness(11); len(late) != 1 || late[0].Clock != casework.T2 {
		t.Errorf("the lead missed %v", late)
	}
	if late := p.lateness(12); len(late) != 1 || late[0].Clock != casework.Assist {
		t.Errorf("the assisting unit missed %v", late)
	}
	if o, _ := p.owed(); o.Clock != casework.T4 {
		t.Errorf("the lead is measured by %s", o.Clock)
	}
	p.Actor.UnitID = 11
	if body := drawn(t, "zh", panels().Units(p)); strings.Contains(body, "/do/answer_task") || !strings.Contains(body, "/do/recall_task?task=1") {
		t.Error("the lead recalls a task and does not answer it")
	}
	if panels().Units(Page{Case: casework.Case{LeadUnitID: 11}}) != nil {
		t.Error("one unit needs no panel")
	}
}

// TestChain: links, windows, hearing, ladder, rework and the end.
func TestChain(t *testing.T) {
	root := casework.Case{ID: 1, No: "MC26-0A1B-7K3F", State: casework.Concluded, Stage: casework.Handling, Round: 2, BureauID: 10, ServedAt: now, Ladder: 3}
	root.Rework, root.Handlers, root.Finalised, root.Recused, root.RecusalFor, root.ParkPlan = true, []int64{7, 8}, true, []int64{7}, true, "每月一议"
	root.Obligations = []casework.Obligation{duty(1, casework.T5, 0, 0, 20), duty(2, casework.Hearing, 0, 11, 9), duty(3, casework.Park, 0, 11, 30), duty(4, casework.Help, 0, 11, 60)}
	root.Obligations = append(root.Obligations, casework.Obligation{Seq: 5, Clock: casework.T8, Paused: 6, DueAt: now, ClosedAt: now, Kept: true})
	review := casework.Case{ID: 2, No: "MC26-1A1B-7K3F", State: casework.Concluded, Stage: casework.Review, ParentID: 1, RootID: 1, BureauID: 10}
	review.Decision = casework.Maintain
	p := Page{Case: root, Now: now, Verbs: casework.Verbs(), Events: []casework.Event{
		{Verb: casework.Accept, Round: 2, Data: casework.Data{Plan: "换人重查"}},
		{Verb: casework.ProposeMediation, Kind: "mediation_proposed", At: now},
		{Verb: casework.Finalise, At: now, Data: casework.Data{Ground: casework.Settled}},
	}}
	for _, lang := range []string{"zh", "en"} {
		c, err := panels(root, review).Chain(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		body := drawn(t, lang, c)
		for _, want := range []string{"chain-review", "MC26-1A1B-7K3F", "line-clock-T5", "line-clock-hearing", "line-clock-park", "line-clock-help", "换人重查", "每月一议", `data-testid="ladder"`, `data-testid="finalised"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", lang, want)
			}
		}
	}
	if c, err := panels().Chain(t.Context(), Page{Case: casework.Case{State: casework.Accepted}}); c != nil || err != nil {
		t.Error("an ordinary case has no chain", err)
	}
}

// TestLadder: the rung that runs is now, those below are done.
func TestLadder(t *testing.T) {
	for ladder, want := range map[int]string{1: "now,,,", 2: "done,now,,", 3: "done,done,now,", 4: "done,done,done,now"} {
		state := casework.LookedBack
		if ladder == 2 {
			state = casework.Registered
		}
		var got []string
		for _, r := range rungs(casework.Case{Ladder: ladder, State: state}) {
			got = append(got, r.State)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("rung %d: %v", ladder, got)
		}
	}
}
