package app_test

import (
	"net/http"
	"testing"
	"time"

	"xinqiao/internal/admin/settings"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// law is a house with everybody whom the procedures of the Regulations need.
type law struct {
	*apptest.House
	t *testing.T
	n int
}

func (l *law) at(role access.Role, unit int64) *apptest.Client {
	return l.Client(apptest.Post{Role: role, Unit: unit})
}

func (l *law) second(role access.Role, unit int64) *apptest.Client {
	return l.Client(apptest.Post{Role: role, Unit: unit, Second: true})
}

func (l *law) file() (apptest.Receipt, *apptest.Client) {
	l.n++
	r := l.File(l.n)
	return r, l.Petitioner(r.Code)
}

// deed is one act over the API and the state that it leads to.
type deed struct {
	who   *apptest.Client
	verb  casework.Verb
	data  casework.Data
	state casework.State
}

// act carries out deeds, ten minutes apart, and gives the case at the end.
func (l *law) act(no string, deeds ...deed) casework.Case {
	l.t.Helper()
	for _, d := range deeds {
		var got struct{ State casework.State }
		l.n++
		d.who.Do(no, d.verb, d.data, "deed-"+time.Duration(l.n).String()).Is(http.StatusOK).Into(&got)
		if got.State != d.state {
			l.t.Fatalf("%s leads to %s, expected %s", d.verb, got.State, d.state)
		}
		l.Clock.Advance(10 * time.Minute)
	}
	l.Drain()
	return l.Case(no)
}

func (l *law) days(n int) { l.Clock.Advance(time.Duration(n) * 24 * time.Hour) }

func eachLaw(t *testing.T, fn func(t *testing.T, l *law)) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) { fn(t, &law{House: h, t: t}) })
}

var (
	classed = casework.Data{Category: "0101", Nature: casework.R7, Urgency: casework.Blue}
	opinion = casework.Data{Facts: "电梯于 11 月 2 日停用。", Text: "已责成物业修复。", Basis: "《物业管理条例》", Remedy: "三十日内可以申请复查。", Result: casework.Supported}
	posted  = casework.Data{Method: "post"}
	settled = casework.Data{Outcome: casework.Explained, Text: "已报告"}
)

func to(unit int64) casework.Data {
	d := classed
	d.UnitID = unit
	return d
}

// handled takes a case from dispatch to its conclusion.
func (l *law) handled(no string) casework.Case {
	l.t.Helper()
	clerk, handler, head := l.at(access.BureauClerk, l.EastBureau), l.at(access.UnitHandler, l.School), l.at(access.UnitHead, l.School)
	return l.act(no, deed{clerk, casework.Forward, to(l.School), casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted},
		deed{handler, casework.Draft, opinion, casework.Drafted}, deed{head, casework.Approve, casework.Data{}, casework.Approved},
		deed{handler, casework.Serve, posted, casework.Served}, deed{handler, casework.ConcludeCase, settled, casework.Concluded})
}

// TestAPISimpleSameDay: on the spot by the bureau, and by a unit in the simple
// procedure, which falls back when it proves less simple.
func TestAPISimpleSameDay(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk, handler := l.at(access.BureauClerk, l.EastBureau), l.at(access.UnitHandler, l.School)
		simple := to(l.School)
		simple.Procedure = casework.Simple
		answer := casework.Data{Text: "物业今天已经修好", Outcome: casework.Resolved, Evidence: "照片"}

		r, _ := l.file()
		triage := classed
		triage.Procedure = casework.Simple
		c := l.act(r.No, deed{clerk, casework.Triage, triage, casework.Registered}, deed{clerk, casework.Reply, answer, casework.Concluded})
		if !c.ClosedAt.Before(c.RegisteredAt.Add(24 * time.Hour)) {
			t.Error("not the same day")
		}
		r, _ = l.file()
		l.act(r.No, deed{clerk, casework.Forward, simple, casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted},
			deed{handler, casework.Reply, answer, casework.Concluded})
		r, _ = l.file()
		c = l.act(r.No, deed{clerk, casework.Forward, simple, casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted},
			deed{handler, casework.ToOrdinary, casework.Data{Reason: "需要检测"}, casework.Accepted})
		if _, ordinary := c.Running(casework.T4); !ordinary || c.Procedure != casework.Ordinary {
			t.Errorf("after the fall-back: %+v", c.Obligations)
		}
	})
}

// TestAPIRequests: two requests, one diverted with its explanation.
func TestAPIRequests(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk, handler, head := l.at(access.BureauClerk, l.EastBureau), l.at(access.UnitHandler, l.School), l.at(access.UnitHead, l.School)
		r, me := l.file()
		answer := opinion
		answer.Request = 1
		l.act(r.No, deed{clerk, casework.AddRequest, casework.Data{Title: "赔偿停用损失", Nature: casework.R2}, casework.Registered},
			deed{clerk, casework.Forward, to(l.School), casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted},
			deed{handler, casework.DivertRequest, casework.Data{Request: 2, Route: "向人民法院起诉", Reason: "属于民事赔偿纠纷"}, casework.Accepted})
		handler.Do(r.No, casework.Draft, opinion, "early").Problem(http.StatusUnprocessableEntity, "procedure.incomplete")
		c := l.act(r.No, deed{handler, casework.AnswerRequest, answer, casework.Accepted},
			deed{handler, casework.ExplainRoute, casework.Data{Request: 2, Text: "可以向区人民法院起诉，需带合同", Method: "post"}, casework.Accepted},
			deed{handler, casework.Draft, opinion, casework.Drafted}, deed{head, casework.Approve, casework.Data{}, casework.Approved},
			deed{handler, casework.Serve, posted, casework.Served}, deed{handler, casework.ConcludeCase, settled, casework.Concluded})
		if len(c.Lines()) != 2 || c.Lines()[1].Result != casework.DivertedAway {
			t.Errorf("%+v", c.Lines())
		}
		var seen struct{ Requests []casework.Request }
		me.Get("/api/v1/cases/" + r.No).Is(http.StatusOK).Into(&seen)
		if len(seen.Requests) != 2 || seen.Requests[0].Text == "" {
			t.Errorf("the petitioner reads %+v", seen.Requests)
		}
	})
}

// TestAPIDispute: an objection names its duty item, another unit acts
// meanwhile, the ruling settles it and amends the duty list.
func TestAPIDispute(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk, head := l.at(access.BureauClerk, l.EastBureau), l.at(access.BureauHead, l.EastBureau)
		handler, care := l.at(access.UnitHandler, l.School), l.at(access.UnitHandler, l.Care)
		r, _ := l.file()
		c := l.act(r.No, deed{clerk, casework.Forward, to(l.School), casework.Dispatched},
			deed{handler, casework.Object, casework.Data{Reason: "不归我们管", Basis: "三定方案", Duty: "第 7 项", SuggestID: l.Care}, casework.Objected},
			deed{clerk, casework.Consult, casework.Data{Method: "video", Attendees: "教育局、民政局", Text: "民政局可以先办"}, casework.Objected},
			deed{head, casework.NameInterim, casework.Data{UnitID: l.Care, Reason: "先办后议"}, casework.Dispatched},
			deed{care, casework.Accept, casework.Data{}, casework.Accepted})
		if !c.Interim || c.LeadUnitID != l.Care {
			t.Fatalf("%+v", c)
		}
		c = l.act(r.No, deed{head, casework.SettleDispute, casework.Data{UnitID: l.Care, Reason: "职责清单", Duty: "第 7 项", Amend: true}, casework.Accepted})
		if c.Interim {
			t.Error("still disputed")
		}
		if err := l.Settings.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if unit, basis, ok := l.Settings.Responsible("0101", c.Areas); !ok || unit != l.Care || basis != "第 7 项" {
			t.Errorf("the duty list says %d %q", unit, basis)
		}
	})
}

// TestAPIAssisting: a lead and two assisting units, one consolidated reply.
func TestAPIAssisting(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk, handler, head := l.at(access.BureauClerk, l.EastBureau), l.at(access.UnitHandler, l.School), l.at(access.UnitHead, l.School)
		care, town := l.at(access.UnitHandler, l.Care), l.at(access.UnitHandler, l.Town)
		r, _ := l.file()
		l.act(r.No, deed{clerk, casework.Forward, to(l.School), casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted},
			deed{handler, casework.AddTask, casework.Data{UnitID: l.Care, Text: "核实低保", Days: 10}, casework.Accepted},
			deed{handler, casework.AddTask, casework.Data{UnitID: l.Town, Text: "走访住户", Days: 5}, casework.Accepted})
		care.Get("/api/v1/cases/" + r.No).Is(http.StatusOK)
		care.Do(r.No, casework.Draft, opinion, "not the lead").Problem(http.StatusForbidden, "casework.not_yours")
		handler.Do(r.No, casework.Draft, opinion, "too early").Problem(http.StatusConflict, "casework.tasks_open")
		care.Do(r.No, casework.AnswerTask, casework.Data{Task: 2, Text: "不是我的"}, "other's").Problem(http.StatusUnprocessableEntity, "procedure.incomplete")
		l.days(7)
		if _, err := l.Procedure.Lapse(t.Context(), l.Clock.Now(), 100); err != nil {
			t.Fatal(err)
		}
		c := l.act(r.No, deed{l.at(access.UnitHandler, l.Care), casework.AnswerTask, casework.Data{Task: 1, Text: "符合条件"}, casework.Accepted},
			deed{l.at(access.UnitHandler, l.Town), casework.AnswerTask, casework.Data{Task: 2, Text: "住户属实"}, casework.Accepted},
			deed{l.at(access.UnitHandler, l.School), casework.Draft, opinion, casework.Drafted})
		for _, o := range c.Obligations {
			if o.Clock == casework.Assist && (o.UnitID == l.Town) == o.LapsedAt.IsZero() {
				t.Errorf("lateness is where it arose: %+v", o)
			}
		}
		_, _ = town, head
	})
}

// TestAPILadder: each dissatisfied closing climbs a rung; the last is one
// level up.
func TestAPILadder(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		r, me := l.file()
		l.handled(r.No)
		bad := casework.Data{RatedUnit: casework.Dissatisfied, RatedResult: casework.VeryDissatisfied, Text: "没有解决"}
		clerk, head, city := l.at(access.BureauClerk, l.EastBureau), l.at(access.BureauHead, l.EastBureau), l.at(access.BureauClerk, l.CityBureau)
		clerk2 := l.second(access.UnitHandler, l.School)
		l.act(r.No, deed{me, casework.Rate, bad, casework.LookedBack},
			deed{clerk, casework.LookAgain, casework.Data{Upheld: true, Text: "答复没有落实"}, casework.Registered},
			deed{clerk, casework.Forward, to(l.School), casework.Dispatched})
		plan := casework.Data{Plan: "由区里牵头，一周内更换曳引机"}
		l.at(access.UnitHandler, l.School).Do(r.No, casework.Accept, plan, "same").Problem(http.StatusConflict, "casework.rework_same_handler")
		again := opinion
		again.Evidence = "检测报告"
		finish := func(who *apptest.Client) {
			l.act(r.No, deed{who, casework.Accept, plan, casework.Accepted}, deed{who, casework.Draft, again, casework.Drafted},
				deed{head, casework.Approve, casework.Data{}, casework.Approved}, deed{who, casework.Serve, posted, casework.Served},
				deed{who, casework.ConcludeCase, settled, casework.Concluded})
		}
		finish(clerk2)
		meeting := casework.Data{Upheld: true, Method: "onsite", Attendees: "三个单位", Text: "应当重办"}
		c := l.act(r.No, deed{me, casework.Rate, bad, casework.LookedBack},
			deed{clerk, casework.HoldConsultation, meeting, casework.Registered}, deed{clerk, casework.Forward, to(l.School), casework.Dispatched})
		if c.Ladder != 3 || c.Round != 3 {
			t.Errorf("rung %d, round %d", c.Ladder, c.Round)
		}
		finish(l.at(access.UnitHead, l.School))
		c = l.act(r.No, deed{me, casework.Rate, bad, casework.LookedBack})
		if c.OwnerUnitID != l.CityBureau {
			t.Errorf("the last rung is with %d", c.OwnerUnitID)
		}
		clerk.Do(r.No, casework.CheckAbove, casework.Data{Text: "x"}, "own").Problem(http.StatusForbidden, "casework.not_yours")
		l.act(r.No, deed{city, casework.CheckAbove, casework.Data{Text: "重办已经到位"}, casework.Concluded})
	})
}

// TestAPIThreeLevels: review → recheck with a hearing → finalised, and "not
// accepted again" asks its three questions.
func TestAPIThreeLevels(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		r, me := l.file()
		l.handled(r.No)
		clerk, chief := l.at(access.BureauClerk, l.CityBureau), l.at(access.BureauHead, l.CityBureau)
		decision := opinion
		decision.Decision, decision.Result = casework.Maintain, ""
		root := l.act(r.No, deed{me, casework.RequestReview, casework.Data{Reason: "事实不清"}, casework.Concluded})
		review := l.Case(root.Appeal)
		if review.BureauID != l.CityBureau || review.Stage != casework.Review {
			t.Fatalf("the review goes one level up: %+v", review)
		}
		l.days(2)
		review = l.act(review.No, deed{clerk, casework.TakeUp, casework.Data{}, casework.Accepted}, deed{clerk, casework.Draft, decision, casework.Drafted},
			deed{chief, casework.Approve, casework.Data{}, casework.Approved}, deed{clerk, casework.Serve, posted, casework.Served},
			deed{clerk, casework.ConcludeCase, casework.Data{Text: "已办"}, casework.Concluded})
		again := l.Petitioner(l.Intake.Codes().Code(review.No))
		review = l.act(review.No, deed{again, casework.RequestReview, casework.Data{Reason: "仍然不服"}, casework.Concluded})
		other := l.second(access.BureauClerk, l.CityBureau)
		clerk.Do(review.Appeal, casework.TakeUp, casework.Data{}, "same people").Problem(http.StatusConflict, "casework.recused")
		recheck := l.act(review.Appeal, deed{other, casework.TakeUp, casework.Data{}, casework.Accepted})
		t8, _ := recheck.Running(casework.T8)
		l.act(recheck.No, deed{other, casework.OpenHearing, casework.Data{Text: "争议焦点", Attendees: "主持人和三名听证员"}, casework.Accepted})
		l.days(6)
		other = l.second(access.BureauClerk, l.CityBureau)
		recheck = l.act(recheck.No, deed{other, casework.CloseHearing, casework.Data{Text: "听证意见"}, casework.Accepted})
		if later, _ := recheck.Running(casework.T8); !later.DueAt.Equal(t8.DueAt.AddDate(0, 0, 6)) {
			t.Errorf("T8 %v became %v", t8.DueAt, later.DueAt)
		}
		decision.Remedy = ""
		l.act(recheck.No, deed{other, casework.Draft, decision, casework.Drafted}, deed{l.at(access.BureauHead, l.CityBureau), casework.Approve, casework.Data{}, casework.Approved},
			deed{other, casework.Serve, posted, casework.Served}, deed{other, casework.ConcludeCase, casework.Data{Text: "已办"}, casework.Concluded})
		head := l.at(access.BureauHead, l.EastBureau)
		head.Do(r.No, casework.Finalise, casework.Data{Ground: casework.Settled, Reason: "x", Evidence: "x"}, "ground").Problem(http.StatusUnprocessableEntity, "procedure.incomplete")
		root = l.act(r.No, deed{head, casework.Finalise, casework.Data{Ground: casework.ThreeOpinions, Reason: "三级终结"}, casework.Concluded})
		if !root.Finalised {
			t.Error("not finalised")
		}
		l.n = 900
		twice, _ := l.file()
		refuse := casework.Data{Reason: "同一事实和理由", Basis: "条例第三十六条", Again: true, NewFacts: "no", NewReasons: "yes", NewLaw: "no", LinkedNo: r.No}
		head.Do(twice.No, casework.Decline, refuse, "new reasons").Problem(http.StatusUnprocessableEntity, "procedure.incomplete")
		refuse.NewReasons = "no"
		l.act(twice.No, deed{head, casework.Decline, refuse, casework.Declined})
	})
}

// TestAPIOrders: a hotline order is answered in its own time, parked with
// approval, and turned into a petition with its history.
func TestAPIOrders(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk, head, handler := l.at(access.BureauClerk, l.EastBureau), l.at(access.BureauHead, l.EastBureau), l.at(access.UnitHandler, l.School)
		r, _ := l.file()
		c := l.act(r.No, deed{clerk, casework.Convert, casework.Data{Kind: casework.Order, Reason: "咨询类诉求"}, casework.Registered},
			deed{clerk, casework.Forward, to(l.School), casework.Dispatched}, deed{handler, casework.SignFor, casework.Data{}, casework.Signed})
		if _, runs := c.Running(casework.OrderFeedback); !runs || c.Kind != casework.Order {
			t.Fatalf("%+v", c.Obligations)
		}
		l.act(r.No, deed{handler, casework.PromiseCallback, casework.Data{Text: "告知检测结果", Days: 1}, casework.Signed},
			deed{handler, casework.CallBack, casework.Data{Text: "已告知"}, casework.Signed},
			deed{handler, casework.AskPark, casework.Data{Reason: "资金未到位", Plan: "明年列入改造计划", Days: 180}, casework.Signed},
			deed{head, casework.RulePark, casework.Data{Upheld: true, Reason: "同意"}, casework.Parked},
			deed{handler, casework.Resume, casework.Data{Text: "资金到位"}, casework.Accepted},
			deed{handler, casework.Reply, casework.Data{Text: "已修好", Outcome: casework.Resolved, Evidence: "照片"}, casework.Concluded})
		r, _ = l.file()
		c = l.act(r.No, deed{clerk, casework.Convert, casework.Data{Kind: casework.Order, Reason: "先按工单"}, casework.Registered},
			deed{clerk, casework.Convert, casework.Data{Kind: casework.Petition, Reason: "要求书面答复"}, casework.Registered})
		if _, t1 := c.Running(casework.T1); !t1 || len(l.Events(r.No)) != 3 {
			t.Errorf("back as a petition: %+v", c.Obligations)
		}
	})
}

// TestAPIWholeDossier: where the place asks for it, a case whose dossier lacks
// a document is not concluded, and the refusal names what is missing.
func TestAPIWholeDossier(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		ctx := access.With(t.Context(), access.Actor{Role: access.System})
		if err := l.Settings.SetParameters(ctx, map[string]string{settings.DossierRequired: "true"}); err != nil {
			t.Fatal(err)
		}
		clerk, handler, head := l.at(access.BureauClerk, l.EastBureau), l.at(access.UnitHandler, l.School), l.at(access.UnitHead, l.School)
		r, _ := l.file()
		l.act(r.No, deed{clerk, casework.Forward, to(l.School), casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted},
			deed{handler, casework.Draft, opinion, casework.Drafted}, deed{head, casework.Approve, casework.Data{}, casework.Approved},
			deed{handler, casework.Serve, posted, casework.Served})
		handler.Do(r.No, casework.ConcludeCase, settled, "lacking").Problem(http.StatusConflict, "procedure.dossier_incomplete")
		if err := l.Settings.SetParameters(ctx, map[string]string{settings.DossierRequired: "false"}); err != nil {
			t.Fatal(err)
		}
		l.act(r.No, deed{handler, casework.ConcludeCase, settled, casework.Concluded})
	})
}
