package app

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/oversight/caselead"
	"xinqiao/internal/oversight/inspection"
	"xinqiao/internal/oversight/supervision"
)

// demoOversight lets the city's supervisor, inspector and leader do a morning's
// work on what the script left: a few supervisions and what follows from them.
func (a *App) demoOversight(ctx context.Context) error {
	if err := a.Supervision.Look(ctx); err != nil {
		return err
	}
	now := a.Clock.Now()
	supervisor, err := a.demoActor(ctx, "supervisor")
	if err != nil {
		return err
	}
	leader, err := a.demoActor(ctx, "leader")
	if err != nil {
		return err
	}
	found, _, err := a.Supervision.Candidates(ctx, supervisor, supervision.CandidateQuery{})
	if err != nil {
		return err
	}
	for i, kind := range []supervision.Kind{supervision.Supervise, supervision.LookBack, supervision.Recommend, supervision.Measure, supervision.Supervise} {
		if i >= len(found) {
			break
		}
		if err := a.demoDirective(ctx, supervisor, kind, found[i], now); err != nil {
			return err
		}
	}
	if len(found) > 6 {
		if err := a.demoLeader(ctx, supervisor, leader, found[5:7], now); err != nil {
			return err
		}
	}
	return a.demoTeam(ctx, supervisor, found, now)
}

func (a *App) demoActor(ctx context.Context, login string) (access.Actor, error) {
	st, err := a.Account.StaffByLogin(ctx, login)
	return a.Account.Actor(st), err
}

// demoDirective opens one about a candidate; the first is answered already.
func (a *App) demoDirective(ctx context.Context, by access.Actor, k supervision.Kind, c supervision.Candidate, now time.Time) error {
	texts := map[supervision.Kind][3]string{
		supervision.Supervise: {"请尽快办结并反馈", "请于十五日内办结，书面反馈办理情况和超期原因，并向信访人说明。", "办理记录显示未按规定期限办理。"},
		supervision.LookBack:  {"回查办理经过", "请说明超期的原因、已采取的措施和今后的改进。", "为何未按期办理，信访人是否得到及时告知。"},
		supervision.Recommend: {"完善来件签收和告知制度", "建议建立来件当日签收、到期前提醒、书面告知留痕的制度。", "同类事项多次未按期告知。"},
		supervision.Measure:   {"约谈责任单位", "请分管负责人到信访局说明情况。", ""},
	}
	t := texts[k]
	d, err := a.Supervision.Open(ctx, supervision.Opening{
		Actor: by, Kind: k, Variant: supervision.Variants(k)[0], CaseNo: c.CaseNo, CandidateID: c.ID, UnitID: c.UnitID,
		Title: t[0], Text: t[1], Facts: t[2], Basis: "《信访工作条例》第四十条", Days: 15,
	}, now)
	if err != nil || k != supervision.LookBack {
		return err
	}
	unit, _ := a.Units.Unit(c.UnitID)
	head := access.Actor{ID: by.ID, Role: access.UnitHead, UnitID: unit.ID, AreaID: unit.Area, AreaDepth: len(unit.Areas)}
	_, err = a.Supervision.Do(ctx, d.ID, supervision.Act{Verb: supervision.Answer, Actor: head, Text: "经办岗位调整，来件未及时移交。已补办告知，并明确专人签收。"}, "", now)
	return err
}

// demoLeader has the leader instruct on one case and lead another.
func (a *App) demoLeader(ctx context.Context, by, leader access.Actor, of []supervision.Candidate, now time.Time) error {
	_, err := a.Supervision.Open(ctx, supervision.Opening{
		Actor: leader, Kind: supervision.Instruct, Variant: "on_case", CaseNo: of[0].CaseNo, UnitID: of[0].UnitID,
		Title: "请抓紧解决群众反映的问题", Text: "请主要负责同志亲自过问，十五日内报办理结果。", Days: 15,
	}, now)
	if err != nil {
		return err
	}
	if err := a.Leads.AddRule(ctx, by, caselead.Rule{LeaderID: leader.ID, Urgency: casework.Red}, now); err != nil {
		return err
	}
	for _, c := range of {
		if one, err := a.Procedure.Case(ctx, by, c.CaseNo); err != nil || !one.State.Open() {
			continue // a closed case needs nobody to lead it
		}
		l, err := a.Leads.Give(ctx, caselead.Giving{Actor: by, CaseNo: c.CaseNo, LeaderID: leader.ID, Text: "久拖未决，请领导包案。"}, now)
		if err != nil {
			return err
		}
		_, err = a.Leads.Do(ctx, leader, l.ID, caselead.Step{Verb: "progress", Text: "已听取责任单位汇报，与信访人见面。", Duties: []string{"know"}}, now)
		return err
	}
	return nil
}

// demoTeam makes a team that has visited one of its units.
func (a *App) demoTeam(ctx context.Context, by access.Actor, found []supervision.Candidate, now time.Time) error {
	members, err := a.Inspection.Members(ctx, by)
	if err != nil || len(members) < 2 || len(found) == 0 {
		return err
	}
	id, err := a.Inspection.MakeTeam(ctx, by, inspection.TeamForm{
		Name: "第一督查组", Task: "查看来件签收、书面告知和按期办理情况", Members: []int64{members[0].ID, members[1].ID}, Units: []int64{found[0].UnitID},
	}, now)
	if err != nil {
		return err
	}
	return a.Inspection.RecordVisit(ctx, by, id, inspection.VisitForm{
		UnitID: found[0].UnitID, Day: calendar.On(now), Days: 30, Record: "查看来件台账和三份案卷，询问签收岗位。两份案卷没有告知书送达回证。",
		Items: []string{"补齐送达回证", "明确专人每日签收"},
	}, now)
}
