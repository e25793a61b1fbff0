package app

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/reception"
	"xinqiao/internal/handling/room"
	"xinqiao/internal/handling/worklist"
)

// demoMeetings lets the bureau's head convene what needs several: a joint room
// that sits and one that has concluded, a conference, and the reception days of
// the next weeks.
func (a *App) demoMeetings(ctx context.Context) error {
	head, err := a.demoActor(ctx, "head")
	if err != nil {
		return err
	}
	now := a.Clock.Now()
	page, err := a.Worklist.List(ctx, head, worklist.Query{Tab: worklist.Open}, now)
	if err != nil {
		return err
	}
	var hard []casework.Case
	for _, row := range page.Rows {
		c, err := a.Procedure.Case(ctx, head, row.No)
		if err != nil {
			return err
		}
		if c.LeadUnitID != 0 && slices.Contains(casework.Permitted(c, head, now, a.Procedure.Rules()), casework.Convene) {
			hard = append(hard, c)
		}
		if len(hard) == 3 {
			break
		}
	}
	for i, c := range hard[:min(2, len(hard))] {
		if err := a.demoRoom(ctx, head, c, i == 1, now); err != nil {
			return err
		}
	}
	if len(hard) > 2 {
		if err := a.demoConference(ctx, head, hard[2], now); err != nil {
			return err
		}
	}
	return a.demoReceptions(ctx, head, now)
}

// demoRoom is a room (3 + N) that has met once, and perhaps found its end.
func (a *App) demoRoom(ctx context.Context, head access.Actor, c casework.Case, done bool, now time.Time) error {
	r, err := a.Rooms.Convene(ctx, head, room.Convening{CaseNo: c.No, Reason: "涉及两个以上单位，职责有争议，单独答复解决不了。", Chair: "市信访局局长", Days: 30}, now)
	if err != nil {
		return err
	}
	for _, seat := range []room.SeatForm{
		{Kind: room.Lawyer, Name: "钱试", Office: "法律顾问", Sees: room.SeesMatter},
		{Kind: room.Deputy, Name: "孙试", Office: "市人大代表", Sees: room.SeesMinutes},
	} {
		if _, err := a.Rooms.AddSeat(ctx, head, r.ID, seat, now); err != nil {
			return err
		}
	}
	s, err := a.Rooms.Appoint(ctx, head, r.ID, room.Appointment{MeetsAt: now.Add(-2 * time.Hour), Mode: "onsite", Place: "市信访局二楼会商室", Agenda: "核对事实；明确主办单位和完成时限"}, now)
	if err != nil {
		return err
	}
	if err := a.Rooms.Hold(ctx, head, r.ID, room.Minutes{SessionID: s.ID, Attendees: "责任单位、法律顾问、人大代表", Text: "各方核对了现场记录，一致认为由责任单位牵头整改，信访局跟踪。"}, now); err != nil {
		return err
	}
	if !done {
		_, err = a.Rooms.Appoint(ctx, head, r.ID, room.Appointment{MeetsAt: now.AddDate(0, 0, 6), Mode: "video", Place: "视频会议室", Agenda: "听取整改进展"}, now)
		return err
	}
	_, err = a.Rooms.Conclude(ctx, head, r.ID, room.Conclusion{Text: "由责任单位牵头整改并书面答复，相邻单位配合。", UnitID: c.LeadUnitID}, now)
	return err
}

// demoConference is one that was held, with a task, and one to come.
func (a *App) demoConference(ctx context.Context, head access.Actor, c casework.Case, now time.Time) error {
	held, err := a.Rooms.Call(ctx, head, room.ConferenceForm{
		Title: "信访工作联席会议第三次会议", MeetsAt: now.Add(-24 * time.Hour), Place: "市政府三楼", Chair: "联席会议召集人", Topics: []string{"供暖期集中诉求的应对", "物业纠纷源头治理"},
	}, now.AddDate(0, 0, -10))
	if err != nil {
		return err
	}
	if err := a.Rooms.AddItem(ctx, head, held, c.No, ""); err != nil {
		return err
	}
	if err := a.Rooms.Meet(ctx, head, room.Meeting{ConferenceID: held, Attendees: "成员单位负责人", Minutes: "通报前三季度情况，研究两个专题和一件疑难事项。"}, now); err != nil {
		return err
	}
	whole, err := a.Rooms.Conference(ctx, head, held)
	if err != nil {
		return err
	}
	for _, it := range whole.Items[:min(2, len(whole.Items))] {
		if err := a.Rooms.Resolve(ctx, head, room.Ruling{ConferenceID: held, ItemID: it.ID, Text: "由责任单位提出方案，两周内报联席会议办公室。", UnitID: c.LeadUnitID, Due: calendar.On(now).Add(14)}, now); err != nil {
			return err
		}
	}
	_, err = a.Rooms.Call(ctx, head, room.ConferenceForm{
		Title: "信访工作联席会议第四次会议", MeetsAt: now.AddDate(0, 0, 20), Place: "市政府三楼", Chair: "联席会议召集人", Topics: []string{"岁末欠薪问题提前化解"},
	}, now)
	return err
}

// demoReceptions are a leader's days of the next four weeks, one each.
func (a *App) demoReceptions(ctx context.Context, head access.Actor, now time.Time) error {
	for week, d := range []reception.DayForm{
		{Leader: "市政府副市长", Place: "市人民来访接待中心一号接待室", Subject: "住房和物业"},
		{Leader: "市中级人民法院院长", Place: "市人民来访接待中心二号接待室", Subject: "涉法涉诉"},
		{Leader: "市人力资源和社会保障局局长", Place: "东关区和平镇便民服务中心", Subject: "劳动和社会保障"},
		{Leader: "市委常委", Place: "市人民来访接待中心一号接待室"},
	} {
		d.Day, d.Begins, d.Ends = calendar.On(now).Add(3+7*week), "09:00", "11:30"
		if _, err := a.Reception.Announce(ctx, head, d, now); err != nil {
			return err
		}
	}
	return nil
}
