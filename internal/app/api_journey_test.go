package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// cast are those who take part in the journeys over the API.
type cast struct {
	*apptest.House
	clerk, bureauHead, handler, head, careHandler *apptest.Client
	strangers                                     map[string]*apptest.Client // who see nothing of the case
	steps                                         int
}

func newCast(h *apptest.House) *cast {
	at := func(role access.Role, unit int64) *apptest.Client {
		return h.Client(apptest.Post{Role: role, Unit: unit})
	}
	return &cast{
		House: h,
		clerk: at(access.BureauClerk, h.EastBureau), bureauHead: at(access.BureauHead, h.EastBureau),
		handler: at(access.UnitHandler, h.School), head: at(access.UnitHead, h.School), careHandler: at(access.UnitHandler, h.Care),
		strangers: map[string]*apptest.Client{
			"clerk of another district": at(access.BureauClerk, h.WestBureau), "unit of another district": at(access.UnitHandler, h.WestSchool),
			"operator who did not register it": at(access.Operator, h.CityBureau), "system administrator": at(access.SystemAdmin, h.City.City),
			"security administrator": at(access.SecAdmin, h.City.City), "audit administrator": at(access.AuditAdmin, h.City.City),
		},
	}
}

// step is one act and what has to come of it.
type step struct {
	who   *apptest.Client
	verb  casework.Verb
	data  casework.Data
	state casework.State
	event casework.EventKind
}

type summary struct {
	State     casework.State
	Version   int64
	Round     int
	Outcome   casework.Outcome
	Owner     int64 `json:"owner_unit_id"`
	Permitted []casework.Verb
	NextDue   time.Time `json:"next_due_at"`
	Duties    []struct {
		Clock    casework.Clock
		Extended int
		Kept     bool
		Closed   time.Time `json:"closed_at"`
	}
}

// travel carries out every step twice with the same key and checks state,
// permission before it, and that exactly one event came of it.
func (c *cast) travel(t *testing.T, r apptest.Receipt, steps ...step) summary {
	t.Helper()
	var last summary
	for _, s := range steps {
		c.steps++
		key := fmt.Sprintf("step-%d", c.steps)
		before := len(c.Events(r.No))
		var seen summary
		s.who.Get("/api/v1/cases/" + r.No).Is(http.StatusOK).Into(&seen)
		if !slices.Contains(seen.Permitted, s.verb) {
			t.Errorf("%s is not offered in state %s: %v", s.verb, seen.State, seen.Permitted)
		}
		for name, x := range c.strangers {
			x.Do(r.No, s.verb, s.data, key).Problem(http.StatusNotFound, "procedure.case_not_found")
			x.Get("/api/v1/cases/"+r.No).Problem(http.StatusNotFound, "procedure.case_not_found")
			if got := len(c.Events(r.No)); got != before {
				t.Fatalf("%s by %s left %d events", s.verb, name, got-before)
			}
		}
		last = summary{}
		s.who.Do(r.No, s.verb, s.data, key).Is(http.StatusOK).Into(&last)
		if last.State != s.state {
			t.Errorf("%s leads to %s, expected %s", s.verb, last.State, s.state)
		}
		var again summary
		if a := s.who.Do(r.No, s.verb, s.data, key); a.Status == http.StatusOK {
			a.Into(&again)
		} else if s.verb != casework.Rule || a.Status != http.StatusNotFound {
			t.Errorf("%s again: %d %s", s.verb, a.Status, a.Body)
		}
		events := c.Events(r.No)
		if len(events) != before+1 || events[before] != s.event {
			t.Fatalf("%s twice with one key: %v", s.verb, events[before:])
		}
		c.Clock.Advance(time.Hour)
	}
	return last
}

// is checks the whole history of a case.
func (c *cast) is(t *testing.T, r apptest.Receipt, kinds ...casework.EventKind) {
	t.Helper()
	if got := c.Events(r.No); !slices.Equal(got, kinds) {
		t.Errorf("events %v\nexpected %v", got, kinds)
	}
}

func (c *cast) forward() step {
	return step{c.clerk, casework.Forward, casework.Data{UnitID: c.School, Category: "0101", Nature: casework.R7, Urgency: casework.Blue}, casework.Dispatched, "forwarded"}
}

func (c *cast) accept() step {
	return step{c.handler, casework.Accept, casework.Data{}, casework.Accepted, "accepted"}
}

func (c *cast) decline() step {
	return step{c.handler, casework.Decline, casework.Data{Reason: "不属于本单位", Basis: "条例第三十一条"}, casework.Declined, "declined"}
}

// TestAPIJourney takes a case from its filing to its rating.
func TestAPIJourney(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		filing := h.Anybody().With("Idempotency-Key", "a-key-of-the-journey")
		var r, twice apptest.Receipt
		filing.Post("/api/v1/filings", h.Filing(1)).Is(http.StatusCreated).Into(&r)
		filing.Post("/api/v1/filings", h.Filing(1)).Is(http.StatusCreated).Into(&twice)
		if r != twice {
			t.Fatalf("the same key gives %v and %v", r, twice)
		}
		filing.Post("/api/v1/filings", h.Filing(2)).Problem(http.StatusConflict, "intake.key_reused")
		me := h.Petitioner(r.Code)
		me.Get("/api/v1/cases/" + r.No).Is(http.StatusOK)
		opinion := casework.Data{Facts: "电梯于11月2日停用。", Text: "已责成物业修复。", Basis: "《物业管理条例》", Remedy: "可以申请复查。", Result: casework.Supported}
		last := c.travel(t, r,
			step{c.clerk, casework.Triage, casework.Data{Category: "0101", Nature: casework.R7, Urgency: casework.Blue}, casework.Registered, "triaged"},
			c.forward(),
			step{c.handler, casework.SignFor, casework.Data{}, casework.Signed, "signed"},
			c.accept(),
			step{c.handler, casework.Record, casework.Data{Text: "到现场查看", Method: "visit"}, casework.Accepted, "recorded"},
			step{c.handler, casework.Draft, opinion, casework.Drafted, "drafted"},
			step{c.head, casework.Approve, casework.Data{}, casework.Approved, "approved"},
			step{c.handler, casework.Serve, casework.Data{Method: "electronic"}, casework.Served, "served"},
			step{c.handler, casework.ConcludeCase, casework.Data{Outcome: casework.Resolved, Evidence: "电梯已恢复运行"}, casework.Concluded, "concluded"},
			step{me, casework.Rate, casework.Data{RatedUnit: casework.Satisfied, RatedResult: casework.VerySatisfied}, casework.Concluded, "rated"})
		c.is(t, r, "registered", "triaged", "forwarded", "signed", "accepted", "recorded", "drafted", "approved", "served", "concluded", "rated")
		if last.Outcome != casework.Resolved || !last.NextDue.IsZero() || last.Version != 11 {
			t.Errorf("at the end %+v", last)
		}
		for _, d := range last.Duties {
			if d.Clock != casework.T5 && (d.Closed.IsZero() || !d.Kept && d.Clock != casework.T3) {
				t.Errorf("clock %s ends %+v", d.Clock, d)
			}
		}
		c.nothingElse(t, 1, 11)
		c.told(t, r)
	})
}

// nothingElse counts what the store holds.
func (c *cast) nothingElse(t *testing.T, cases, events int64) {
	t.Helper()
	c.Drain()
	for table, want := range map[string]int64{"case_file": cases, "matter": cases, "person": cases, "case_event": events, "attachment": 0, "outbox": 0} {
		n, err := db.One(t.Context(), c.DB.Read(), db.Value[int64], "SELECT count(*) FROM "+table)
		if err != nil || n != want {
			t.Errorf("%d rows of %s, expected %d (%v)", n, table, want, err)
		}
	}
}

// told compares the history as each side gets it: inputs are for staff.
func (c *cast) told(t *testing.T, r apptest.Receipt) {
	t.Helper()
	for who, staff := range map[*apptest.Client]bool{c.handler: true, c.Petitioner(r.Code): false} {
		var list struct {
			Events []struct {
				Kind casework.EventKind
				Data *casework.Data
			}
		}
		who.Get("/api/v1/cases/" + r.No + "/events").Is(http.StatusOK).Into(&list)
		if len(list.Events) == 0 {
			t.Fatal("no events")
		}
		for _, e := range list.Events {
			if (e.Data != nil) != staff {
				t.Errorf("%s tells its inputs: %v, to staff: %v", e.Kind, e.Data, staff)
			}
		}
	}
}

// TestAPIBranches takes cases along every other road.
func TestAPIBranches(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		n := 0
		file := func() (apptest.Receipt, *apptest.Client) {
			n++
			r := h.File(n)
			return r, h.Petitioner(r.Code)
		}
		object := step{c.handler, casework.Object, casework.Data{Reason: "不归我们管", Basis: "三定方案"}, casework.Objected, "objected"}

		r, _ := file() // an objection that is refused, then a decline
		c.travel(t, r, c.forward(), object,
			step{c.bureauHead, casework.Rule, casework.Data{Reason: "职责清单第 3 项"}, casework.Dispatched, "ruled"}, c.decline())
		c.is(t, r, "registered", "forwarded", "objected", "ruled", "declined")

		r, _ = file() // an objection that is upheld, and another unit diverts
		c.travel(t, r, c.forward(), object,
			step{c.bureauHead, casework.Rule, casework.Data{Reason: "确属民政职责", Upheld: true}, casework.Registered, "ruled"},
			step{c.clerk, casework.Assign, casework.Data{UnitID: h.Care, ReportDays: 30, Category: "0101", Nature: casework.R7}, casework.Dispatched, "assigned"},
			step{c.careHandler, casework.Divert, casework.Data{Route: "劳动仲裁", Reason: "应当先仲裁"}, casework.Diverted, "diverted"})
		c.handler.Get("/api/v1/cases/"+r.No).Problem(http.StatusNotFound, "procedure.case_not_found")

		r, me := file() // an extension, material asked and given, a withdrawal
		last := c.travel(t, r, c.forward(), c.accept(),
			step{c.handler, casework.RequestExtension, casework.Data{Days: 20, Reason: "需要检测"}, casework.Accepted, "extension_requested"},
			step{c.head, casework.RuleExtension, casework.Data{Upheld: true, Reason: "同意"}, casework.Accepted, "extension_ruled"},
			step{c.handler, casework.RequestMaterial, casework.Data{Text: "请补充合同", Days: 15}, casework.Accepted, "material_requested"},
			step{me, casework.Supplement, casework.Data{Text: "合同第三条写明"}, casework.Accepted, "supplemented"},
			step{me, casework.Urge, casework.Data{}, casework.Accepted, "urged"})
		for _, d := range last.Duties {
			if d.Clock == casework.T4 && d.Extended != 20 || d.Clock == casework.Material && !d.Kept {
				t.Errorf("clock %s: %+v", d.Clock, d)
			}
		}
		me.Do(r.No, casework.Urge, casework.Data{}, "at once").Problem(http.StatusConflict, "casework.urge_too_soon")
		c.handler.Do(r.No, casework.RequestExtension, casework.Data{Days: 5, Reason: "再延"}, "twice").Problem(http.StatusConflict, "casework.extended_once")
		c.travel(t, r, step{me, casework.Withdraw, casework.Data{Reason: "已经修好"}, casework.Withdrawn, "withdrawn"})

		r, me = file() // a contest, which is dismissed; later the file is put away
		last = c.travel(t, r, c.forward(), c.decline(),
			step{me, casework.Contest, casework.Data{Reason: "理由不对"}, casework.Registered, "contested"},
			step{c.bureauHead, casework.Dismiss, casework.Data{Reason: "维持"}, casework.Concluded, "dismissed"})
		if last.Round != 2 {
			t.Errorf("round %d", last.Round)
		}
		me.Do(r.No, casework.Contest, casework.Data{Reason: "还是不对"}, "again").Problem(http.StatusConflict, "casework.contest_dismissed")
		c.clerk.Do(r.No, casework.Archive, casework.Data{}, "early").Problem(http.StatusConflict, "casework.too_early_to_archive")
		h.Clock.Advance(40 * 24 * time.Hour)
		c.renew()
		c.travel(t, r, step{c.clerk, casework.Archive, casework.Data{}, casework.Archived, "archived"})

		r, me = file() // a slip taken back, then the simple procedure
		simple := c.forward()
		simple.data.Procedure = casework.Simple
		c.travel(t, r, c.forward())
		h.Clock.Advance(-50 * time.Minute)
		c.travel(t, r, step{c.clerk, casework.Recall, casework.Data{}, casework.Registered, "recalled"}, simple, c.accept(),
			step{c.handler, casework.Reply, casework.Data{Text: "已修好", Outcome: casework.Resolved, Evidence: "照片"}, casework.Concluded, "replied"},
			step{me, casework.Rate, casework.Data{RatedUnit: casework.Dissatisfied, RatedResult: casework.Dissatisfied, Text: "太慢"}, casework.LookedBack, "rated"},
			step{c.clerk, casework.LookAgain, casework.Data{Text: "已核实，答复属实，已向信访人说明"}, casework.Concluded, "looked_back"})
	})
}

// renew gives new tokens, for the old ones have run out.
func (c *cast) renew() {
	steps := c.steps
	*c = *newCast(c.House)
	c.steps = steps
}

// TestAPIRefusals: the wrong role, the wrong state and the missing word are
// told by a stable id, and leave nothing behind.
func TestAPIRefusals(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		r := h.File(1)
		me := h.Petitioner(r.Code)
		path := "/api/v1/cases/" + r.No
		for _, verb := range casework.Verbs() {
			if !casework.ByProgram(verb) && verb != casework.Cosign && verb != casework.CoRate { // signers have a door of their own
				h.Anybody().Post(path+"/"+string(verb), casework.Data{}).Problem(http.StatusUnauthorized, "rest.unsigned")
			}
		}
		h.Anybody().Post(path+"/lapse", casework.Data{}).Problem(http.StatusNotFound, "web.no_page")
		h.Anybody().Send(http.MethodDelete, path, nil).Problem(http.StatusMethodNotAllowed, "web.method")
		h.Anybody().Get("/api/v1/cases").Problem(http.StatusUnauthorized, "rest.unsigned")
		h.Anybody().Get("/api/v1/me").Problem(http.StatusUnauthorized, "rest.unsigned")
		h.Anybody().With("Authorization", "Bearer xqt_nobody").Get(path).Problem(http.StatusUnauthorized, "account.token_invalid")
		h.Petitioner("2222-2222").Get(path).Problem(http.StatusUnprocessableEntity, "tracking.refused")
		me.Get("/api/v1/cases/MC26-0000-0000").Problem(http.StatusNotFound, "procedure.case_not_found")

		c.handler.Do(r.No, casework.Accept, casework.Data{}, "early").Problem(http.StatusNotFound, "procedure.case_not_found")
		c.clerk.Do(r.No, casework.Accept, casework.Data{}, "role").Problem(http.StatusForbidden, "casework.not_yours")
		c.clerk.Do(r.No, casework.Rate, casework.Data{RatedUnit: 4, RatedResult: 4}, "own").Problem(http.StatusForbidden, "casework.not_your_role")
		me.Do(r.No, casework.Forward, c.forward().data, "mine").Problem(http.StatusForbidden, "casework.not_your_role")
		me.Do(r.No, casework.Rate, casework.Data{RatedUnit: 4, RatedResult: 4}, "soon").Problem(http.StatusConflict, "casework.wrong_state")
		c.clerk.Do(r.No, casework.Rule, casework.Data{Reason: "x"}, "head").Problem(http.StatusForbidden, "casework.not_your_role")
		c.bureauHead.Do(r.No, casework.Rule, casework.Data{Reason: "x"}, "head").Problem(http.StatusConflict, "casework.wrong_state")

		forward := func(d casework.Data) []string {
			return c.clerk.Do(r.No, casework.Forward, d, "").Problem(http.StatusUnprocessableEntity, "procedure.incomplete")
		}
		whole := c.forward().data
		for field, spoil := range map[string]func(*casework.Data){
			"unit": func(d *casework.Data) { d.UnitID = 42 }, "category": func(d *casework.Data) { d.Category = "9999" },
			"nature": func(d *casework.Data) { d.Nature = "R99" }, "urgency": func(d *casework.Data) { d.Urgency = "purple" },
			"procedure": func(d *casework.Data) { d.Procedure = "summary" }, "barred": func(d *casework.Data) { d.BarredUnitID = 42 },
		} {
			d := whole
			spoil(&d)
			if got := forward(d); !slices.Equal(got, []string{field}) {
				t.Errorf("a bad %s names %v", field, got)
			}
		}
		forward(casework.Data{})
		c.is(t, r, "registered")
		c.nothingElse(t, 1, 1)
	})
}
