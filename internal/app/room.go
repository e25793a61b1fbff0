package app

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/room"
)

// wireRooms makes the joint room and its panel on the case page.
func (a *App) wireRooms() {
	a.Rooms = room.New(room.Needs{
		DB: a.DB, Cases: read{a.Procedure, a.Clock, procedure.OpenedRoom}, Matters: matters{a.Intake}, Units: a.Units, Keys: a.Keys, IDs: a.IDs, Clock: a.Clock,
	})
	a.roomPages = room.NewWeb(a.Rooms, account.NewWeb(a.Account).Need)
	a.CasePage.Add(casepage.Panel{ID: "room", TitleKey: "room.panel", Icon: "presentation", Order: 40, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
		return a.roomPages.Panel(ctx, v.Actor, v.Case, v.Verbs)
	}})
	a.Rooms.Schedule(a.Jobs)
}

// matters are people's words without who wrote them.
type matters struct{ *intake.Service }

// Matter implements room.Matters.
func (m matters) Matter(ctx context.Context, caseID int64) (room.Matter, error) {
	x, err := m.Service.Matter(ctx, caseID)
	return room.Matter{Words: x.Words, Wish: x.Wish, Place: x.Place}, err
}
