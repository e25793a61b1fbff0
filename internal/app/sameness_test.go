package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/matching"
	"xinqiao/internal/filing/sameness"
	"xinqiao/internal/handling/likeness"
)

// told is what somebody files: who, and about which house.
func told(h *apptest.House, n int, name, phone string) map[string]any {
	b := h.Filing(n)
	b["words"] = fmt.Sprintf("小区 %d 号楼的电梯停了三个星期，老人下不了楼，孩子上学也要爬十八层。找过物业两次，都说没有钱修，请帮助解决。", n)
	b["person"] = map[string]any{"name": name, "phone": phone, "address": "名川市东关区和平镇 1 号"}
	return b
}

func eastClerk(h *apptest.House, cleared bool) access.Actor {
	return actorOf(h, apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau, Cleared: cleared})
}

func actorOf(h *apptest.House, p apptest.Post) access.Actor {
	_, id := h.Hire(p)
	st, err := h.Account.Staff(access.With(context.Background(), access.Actor{Role: access.System}), id)
	if err != nil {
		panic(err)
	}
	return h.Account.Actor(st)
}

// stepsOf carries out verbs on a case, one after the other.
func stepsOf(h *apptest.House, no string, steps ...deedOf) {
	for i, s := range steps {
		h.Client(s.post).Do(no, s.verb, s.data, fmt.Sprintf("%s-%s-%d", no, s.verb, i)).Is(http.StatusOK)
	}
}

type deedOf struct {
	post apptest.Post
	verb casework.Verb
	data casework.Data
}

func acceptedBy(h *apptest.House, no string) {
	unit := apptest.Post{Role: access.UnitHandler, Unit: h.School}
	stepsOf(h, no,
		deedOf{apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}, casework.Forward, casework.Data{UnitID: h.School, Category: "0101", Nature: casework.R7}},
		deedOf{unit, casework.SignFor, casework.Data{}}, deedOf{unit, casework.Accept, casework.Data{}})
}

func answeredBy(h *apptest.House, no string) {
	unit := apptest.Post{Role: access.UnitHandler, Unit: h.School}
	stepsOf(h, no,
		deedOf{unit, casework.Draft, casework.Data{Facts: "电梯停用属实", Text: "已责成物业修复", Basis: "《物业管理条例》", Remedy: "可以申请复查", Result: casework.Supported}},
		deedOf{apptest.Post{Role: access.UnitHead, Unit: h.School}, casework.Approve, casework.Data{}},
		deedOf{unit, casework.Serve, casework.Data{Method: "electronic"}},
		deedOf{unit, casework.ConcludeCase, casework.Data{Outcome: casework.Resolved, Evidence: "电梯已恢复运行"}})
}

// snapshot is everything that stands of some cases, as bytes.
func snapshot(t *testing.T, h *apptest.House, nos ...string) string {
	t.Helper()
	var out []any
	for _, no := range nos {
		c := h.Case(no)
		events, err := h.Procedure.History(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		group, err := h.Sameness.Group(t.Context(), c.PetitionerID)
		if err != nil {
			t.Fatal(err)
		}
		earlier, err := h.Sameness.History(t.Context(), access.Actor{Role: access.System}, c)
		if err != nil {
			t.Fatal(err)
		}
		masks, err := h.Person.Masked(t.Context(), group)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c, events, group, earlier, masks)
	}
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSamePerson: the same name and phone link themselves, reversibly; a
// family's phone does not; what a link gave is gone when it is undone.
func TestSamePerson(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		a := h.FileAs(h.Anybody(), 1, told(h, 1, "王小明", "13800001111"))
		h.Drain()
		b := h.FileAs(h.Anybody(), 2, told(h, 2, "王小明", "13900002222"))
		h.Drain()
		alone := snapshot(t, h, a.No, b.No)
		c := h.FileAs(h.Anybody(), 3, told(h, 3, "王小明", "13800001111"))
		kin := h.FileAs(h.Anybody(), 4, told(h, 4, "王小亮", "13800001111"))
		h.Drain()
		group, err := h.Sameness.Group(t.Context(), h.Case(c.No).PetitionerID)
		if err != nil || len(group) != 2 || group[1] != h.Case(a.No).PetitionerID {
			t.Fatalf("group %v %v", group, err)
		}
		clerk := eastClerk(h, false)
		earlier, err := h.Sameness.History(t.Context(), clerk, h.Case(c.No))
		if err != nil || len(earlier) != 1 || earlier[0].No != a.No {
			t.Fatalf("history: %v %v", earlier, err)
		}
		tasks, err := h.Sameness.Links(t.Context(), clerk, sameness.Task)
		if err != nil || len(tasks) != 2 {
			t.Fatalf("a brother on the same phone: %d tasks, %v", len(tasks), err)
		}
		h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Get("/desk/cases/" + c.No).Has(a.No).Lacks("⟦")
		links, err := h.Sameness.OfPerson(t.Context(), clerk, h.Case(c.No).PetitionerID)
		if err != nil || len(links) != 1 || !links[0].Auto || links[0].Result.Weight < matching.Defaults.High {
			t.Fatalf("links %+v %v", links, err)
		}
		if _, err := h.Sameness.Decide(t.Context(), clerk, links[0].ID, sameness.Verdict{State: sameness.Apart, Reason: "父子同名"}, h.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		if got := snapshot(t, h, a.No, b.No); got != alone {
			t.Errorf("unlinked differs\n%s\n%s", got, alone)
		}
		if _, err := h.Sameness.Decide(t.Context(), clerk, links[0].ID, sameness.Verdict{State: sameness.Same, Reason: "核对后是同一人"}, h.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		west := actorOf(h, apptest.Post{Role: access.BureauClerk, Unit: h.WestBureau})
		if _, _, err := h.Sameness.Link(t.Context(), west, links[0].ID); err == nil {
			t.Error("another district's clerk sees the pair")
		}
		if list, _ := h.Sameness.History(t.Context(), west, h.Case(kin.No)); len(list) != 0 {
			t.Error("another district's clerk sees the history")
		}
	})
}

// TestSameMatter: three neighbours write the same; the clerk is shown why, two
// join the first, one reply is served to all, and each rates it.
func TestSameMatter(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		var r []apptest.Receipt
		for i := range 3 {
			r = append(r, h.FileAs(h.Anybody(), 10+i, told(h, 7, []string{"李一", "张二", "赵三"}[i], fmt.Sprintf("1370000000%d", i))))
		}
		h.Drain()
		clerk := eastClerk(h, false)
		desk := h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		c := h.Case(r[1].No)
		found, err := h.Likeness.Candidates(t.Context(), likeness.Ask{Actor: clerk, CaseID: c.ID, PersonID: c.PetitionerID, Text: likeness.Text{
			Title: c.Title, Words: told(h, 7, "", "")["words"].(string), Wish: "尽快修好电梯", Place: "幸福小区",
		}})
		if err != nil || len(found) != 2 || !found[0].Has(likeness.SameWords) || !found[0].Has(likeness.SameDemand) || !found[0].Has(likeness.SamePlace) || found[0].Suggests != casework.AsJoin {
			t.Fatalf("candidates %+v %v", found, err)
		}
		join := func(n int) apptest.Answer {
			return desk.Do(r[n].No, casework.Relate, casework.Data{Relation: casework.AsJoin, LinkedNo: r[0].No}, fmt.Sprintf("join-%d-%d", n, len(h.Events(r[0].No))))
		}
		join(1).Is(http.StatusUnprocessableEntity) // the master waits itself
		acceptedBy(h, r[0].No)
		for n := 1; n < 3; n++ {
			join(n).Is(http.StatusOK)
		}
		desk.Do(r[2].No, casework.Unrelate, casework.Data{Reason: "不是同一栋楼"}, "undo").Is(http.StatusOK)
		if c := h.Case(r[2].No); c.State != casework.Registered || c.Relation != nil || c.NextClock != casework.T1 {
			t.Errorf("undone: %+v", c)
		}
		h.Drain()
		_, g, err := h.Likeness.ForCase(t.Context(), clerk, r[0].No)
		if err != nil || len(g.Members) != 2 || g.Master.No != r[0].No {
			t.Fatalf("group %+v %v", g, err)
		}
		h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Get("/desk/cases/" + r[1].No + "/matter").Has(r[0].No).Lacks("⟦")
		answeredBy(h, r[0].No)
		h.Drain()
		if err := h.Likeness.Share(t.Context()); err != nil {
			t.Fatal(err)
		}
		c = h.Case(r[1].No)
		if c.State != casework.Concluded || c.Outcome != casework.Resolved {
			t.Fatalf("not answered with the master: %s %s %v", c.State, c.Outcome, h.Events(r[1].No))
		}
		h.Petitioner(r[1].Code).Do(r[1].No, casework.Rate, casework.Data{RatedUnit: casework.Satisfied, RatedResult: casework.Satisfied}, "rate").Is(http.StatusOK)
		if h.Case(r[0].No).RatedResult != casework.Unrated {
			t.Error("one's rating became another's")
		}
	})
}

// TestLikenessKeepsTheLane: what is in the confidential lane is neither shown
// nor counted, to the clerk who may not see it and to the public.
func TestLikenessKeepsTheLane(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		secret := told(h, 9, "钱四", "13600000001")
		secret["purpose"], secret["accused_id"] = "accusation", h.School
		hidden := h.FileAs(h.Anybody(), 30, secret)
		open := h.FileAs(h.Anybody(), 31, told(h, 9, "钱四", "13600000001"))
		h.Drain()
		if h.Case(hidden.No).Lane != access.LaneConfidential {
			t.Fatal("not confidential")
		}
		c := h.Case(open.No)
		text := likeness.Text{Title: c.Title, Words: secret["words"].(string), Wish: "尽快修好电梯", Place: "幸福小区"}
		ask := func(cleared bool) []likeness.Candidate {
			list, err := h.Likeness.Candidates(t.Context(), likeness.Ask{Actor: eastClerk(h, cleared), CaseID: c.ID, PersonID: c.PetitionerID, Text: text})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if n := len(ask(true)); n != 1 {
			t.Errorf("who is cleared sees %d", n)
		}
		if n := len(ask(false)); n != 0 {
			t.Errorf("who is not cleared sees %d", n)
		}
		if list, _ := h.Sameness.History(t.Context(), eastClerk(h, false), c); len(list) != 0 {
			t.Error("the history leaks")
		}
		offers, err := h.Likeness.Offers(t.Context(), text)
		if err != nil || len(offers) > 1 {
			t.Errorf("the public is offered %+v %v", offers, err)
		}
		h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Get("/desk/cases/"+open.No).Lacks(hidden.No, "⟦")
	})
}
