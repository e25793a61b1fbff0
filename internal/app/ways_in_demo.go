package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/placard"
)

// demoWaysIn shows the doors that people write to: a few mails in the pen, a
// case from WeChat, one of another system over Open311, and codes to scan. The
// doors that would call other servers stay closed.
func (a *App) demoWaysIn(ctx context.Context) error {
	system := access.Actor{Role: access.System}
	for _, d := range []struct {
		e      door.Entry
		values map[string]string
	}{
		{door.Entry{Code: "mayor-mail", Kind: "mailbox", Channel: casework.Mail, NameZH: "市长信箱", NameEN: "Mayor's mailbox"},
			map[string]string{"server": "mail.mingchuan.example", "security": "tls", "user": "mayor@mingchuan.example", "password": demoSecret, "done": "Processed"}},
		{door.Entry{Code: "city-wechat", Kind: "wechat", Channel: casework.WeChat, NameZH: "名川信访公众号", NameEN: "WeChat account"},
			map[string]string{"app_id": "wx0000000000000000", "secret": demoSecret, "token": demoSecret}},
		{door.Entry{Code: "partners", Kind: "open311", Channel: casework.Board, NameZH: "其他系统接入", NameEN: "Other systems", Active: true},
			map[string]string{"jurisdiction": "mingchuan.example", "keys": "water=" + demoSecret, "publish": "status"}},
		{door.Entry{Code: "mayor-board", Kind: "board", Channel: casework.Board, NameZH: "市长留言板", NameEN: "Mayor's message board", Active: true},
			map[string]string{"kind": "order"}},
	} {
		if err := a.Doors.Save(access.With(ctx, system), system, d.e, d.values); err != nil {
			return fmt.Errorf("opening the door %s: %w", d.e.Code, err)
		}
	}
	now := a.Clock.Now()
	for _, x := range append(demoMails(now), demoOthers(now)...) {
		if _, err := a.Doors.Take(ctx, x); err != nil {
			return fmt.Errorf("an arrival at %s: %w", x.Door, err)
		}
	}
	return a.demoPlacards(ctx)
}

// demoMails are a morning in the mayor's mailbox: two letters, an answer to the
// first, and an automatic reply.
func demoMails(now time.Time) []door.Arrival {
	mail := func(n int, ago time.Duration, from, name, title, words string) door.Arrival {
		raw := fmt.Sprintf("From: %s <%s>\r\nTo: mayor@mingchuan.example\r\nSubject: %s\r\nMessage-ID: <demo-%d@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", name, from, title, n, words)
		key := fmt.Sprintf("mail:demo-%d", n)
		return door.Arrival{Door: "mayor-mail", Key: key, Thread: key, At: now.Add(-ago), From: from,
			Raw:   door.Part{Name: "mail.eml", Type: "message/rfc822", Data: []byte(raw)},
			Draft: door.Draft{Channel: casework.Mail, Title: title, Words: words, Person: door.Person{Name: name, Mail: from}}}
	}
	first := mail(1, 5*time.Hour, "wang@example.org", "王示例", "小区电梯停用两周无人维修", "市长您好：我们小区二号楼电梯停用两周，老人上下楼困难，物业一直推托。请督促尽快修好。")
	again := mail(2, 2*time.Hour, "wang@example.org", "王示例", "小区电梯停用两周无人维修", "补充：今天物业说要业主先垫钱，这样合理吗？")
	again.Thread = first.Key
	auto := mail(3, time.Hour, "li@example.org", "李示例", "自动回复：外出", "我正在休假，下周回复。")
	auto.Aside = "auto_reply"
	return []door.Arrival{first, again, mail(4, 90*time.Minute, "zhao@example.org", "赵示例", "建议增加早班公交", "建议十二路公交早上提前到六点发车，方便工人上班。"), auto}
}

// demoOthers are a filing by dialogue and a request of the waterworks.
func demoOthers(now time.Time) []door.Arrival {
	return []door.Arrival{
		{Door: "city-wechat", Key: "wechat:demo-1", At: now.Add(-3 * time.Hour), From: "o-demo-reader-1", Ready: true, Draft: door.Draft{
			Channel: casework.WeChat, Kind: casework.Petition, Purpose: "request", Words: "门口的路灯坏了一个星期，晚上接孩子看不清路，报过一次没有人来。", Wish: "尽快修好路灯", Place: "东河路12号门前",
			Person: door.Person{Name: "孙示例", Phone: "19900030001", Address: "东河路12号", OpenID: "o-demo-reader-1"}}},
		{Door: "partners", Key: "o311:demo-1", At: now.Add(-100 * time.Minute), Ready: true, Draft: door.Draft{
			Channel: casework.Board, Kind: casework.Order, Purpose: "request", Words: "路口自来水管漏水，水流到马路上。", Place: "东河路与南关街路口 (45.7501, 126.6502)", Anonymous: true}},
	}
}

// demoPlacards are three codes that hang in the city.
func (a *App) demoPlacards(ctx context.Context) error {
	by := access.Actor{Role: access.SystemAdmin, ID: 1}
	made := 0
	for _, u := range a.Units.All() {
		if made == 3 || !u.Active || u.Area != u.ID || u.BureauID == 0 {
			continue
		}
		name := []string{"信访接待大厅", "第三网格", "便民服务窗口"}[made]
		kind := []placard.Kind{"station", "grid", "counter"}[made]
		if _, err := a.Placards.Make(ctx, by, placard.Form{Kind: kind, Label: strings.TrimSpace(u.NameZH) + name, AreaID: u.ID, Place: name}); err != nil {
			return fmt.Errorf("a code: %w", err)
		}
		made++
	}
	return nil
}
