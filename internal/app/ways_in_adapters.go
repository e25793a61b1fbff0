package app

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/board"
	"xinqiao/internal/filing/door/client"
	"xinqiao/internal/filing/door/mailbox"
	"xinqiao/internal/filing/door/wechat"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/sender"
)

// chatting tells those who write over WeChat how their case stands.
type chatting struct{ *App }

// State implements wechat.Cases.
func (c chatting) State(ctx context.Context, no string) (wechat.State, error) {
	one, err := c.Procedure.Case(ctx, access.Actor{Role: access.System}, no)
	if err == nil && one.Lane != access.LaneOpen { // told on the own page only
		one.Title = ""
	}
	return wechat.State{No: one.No, Title: one.Title, State: "state." + string(one.State)}, err
}

// Proves implements wechat.Cases, with the patience of the pages.
func (c chatting) Proves(ctx context.Context, no, code, who string) bool {
	_, _, err := c.Tracking.Enter(ctx, no, code, "wechat:"+who, c.Clock.Now())
	return err == nil
}

// places finds the place that somebody names: the longest name in the text.
type places struct{ *unit.Service }

// AreaOf implements wechat.Areas.
func (p places) AreaOf(text string) int64 {
	best, found := "", int64(0)
	for _, u := range p.All() {
		if u.Active && u.Area == u.ID && u.BureauID != 0 && len(u.NameZH) > len(best) && strings.Contains(text, u.NameZH) {
			best, found = u.NameZH, u.ID
		}
	}
	return found
}

// programs are the clients with a key, for Open311.
type programs struct{ *client.Service }

// Client implements open311.Keys.
func (p programs) Client(ctx context.Context, key string) (string, bool, error) {
	ctx, err := p.Enter(ctx, key, client.File, "")
	if k := fault.KindOf(err); err != nil && (k == fault.Unsigned || k == fault.Denied) {
		return "", false, nil
	}
	c, ok := client.From(ctx)
	return "client:" + strconv.FormatInt(c.ID, 10), ok, err
}

// tellBy has a person told by the way they wrote.
func (a *App) tellBy(b *db.Batch, caseID int64, p door.Person, now time.Time) {
	switch {
	case p.OpenID != "":
		a.Notify.BindAlong(b, caseID, sender.WeChat, p.OpenID, now)
	case p.Mail != "":
		a.Notify.BindAlong(b, caseID, sender.Mail, p.Mail, now)
	}
}

// mails are what petitioners wrote by mail.
type mails struct{ *door.Service }

// MessageID implements notify.Threads.
func (m mails) MessageID(ctx context.Context, caseID int64) (string, error) {
	raw, ok, err := m.Original(ctx, caseID)
	if err != nil || !ok || raw.Type != "message/rfc822" {
		return "", err
	}
	return mailbox.MessageID(raw.Data), nil
}

// agents finds agents by their sign-in.
type agents struct{ *account.Service }

// ActorByLogin implements placard.Staff.
func (s agents) ActorByLogin(ctx context.Context, login string) (access.Actor, bool, error) {
	st, err := s.StaffByLogin(ctx, login)
	return s.Service.Actor(st), st.Active, err
}

// Actor implements placard.Staff.
func (s agents) Actor(ctx context.Context, id int64) (access.Actor, bool, error) {
	return roster(s).Actor(ctx, id)
}

// boards keeps the columns of a board with its door.
type boards struct{ *door.Service }

// Remember implements board.Registry.
func (b boards) Remember(ctx context.Context, _ access.Actor, code, columns string) error {
	e, err := b.Entry(ctx, code)
	if err != nil || e.Values["columns"] == columns {
		return err
	}
	values := maps.Clone(e.Values)
	values["columns"] = columns
	return b.Save(ctx, access.Actor{Role: access.System}, e, values)
}

// tables opens files and maps columns as the import of history does.
type tables struct{ *intake.Service }

// Fields implements board.Sheets.
func (tables) Fields() []string { return intake.ImportFields() }

// Open implements board.Sheets.
func (tables) Open(path, format string) (board.Sheet, error) {
	s, err := intake.OpenSheet(path, format)
	if err != nil {
		return nil, err
	}
	return lines{s}, nil
}

// Map implements board.Sheets.
func (t tables) Map(columns []string, asked map[string]string, source string) (board.Mapping, error) {
	m, err := t.MapColumns(columns, asked, source)
	return mapped{m}, err
}

type lines struct{ *intake.Sheet }

// Columns implements board.Sheet.
func (l lines) Columns() []string { return l.Sheet.Columns }

// Expected implements board.Sheet.
func (l lines) Expected() int { return l.Guess }

// Next implements board.Sheet.
func (l lines) Next() (board.Row, error) {
	line, err := l.Sheet.Next()
	var bad *intake.RowError
	if errors.As(err, &bad) {
		return board.Row{}, &board.RowError{Line: bad.Line, Reason: bad.Reason}
	}
	return board.Row{Line: line.Number, Cells: line.Cells}, err
}

type mapped struct{ intake.Mapping }

// Entry implements board.Mapping.
func (m mapped) Entry(r board.Row) (board.Entry, error) {
	f, err := m.Filing(intake.Line{Number: r.Line, Cells: r.Cells})
	return board.Entry{Key: f.Key, At: f.ReceivedAt, Draft: door.Draft{
		Purpose: string(f.Purpose), Title: f.Title, Words: f.Words, Wish: f.Wish, AreaID: f.AreaID, Place: f.Place, OccurredOn: f.OccurredOn,
		Anonymous: f.Who.Name == "" && f.Who.Phone == "",
		Person:    door.Person{Name: f.Who.Name, Phone: f.Who.Phone, IDNo: f.Who.IDNo, Address: f.Who.Address},
	}}, err
}
