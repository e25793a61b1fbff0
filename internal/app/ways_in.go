package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/filing/door/board"
	"xinqiao/internal/filing/door/mailbox"
	"xinqiao/internal/filing/door/open311"
	"xinqiao/internal/filing/door/placard"
	"xinqiao/internal/filing/door/wechat"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/fetch"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/web"
)

// waysIn are the doors that people write to, and the codes that lead to them.
type waysIn struct {
	Board       *board.Service
	Placards    *placard.Service
	chats       wechat.Needs
	requests    open311.Needs
	placardsWeb *placard.Web
}

// mediaTime is how long a file of another system may take to arrive.
const mediaTime = 10 * time.Second

// wireWaysIn makes the mailbox, WeChat, Open311, the boards and the codes.
func (a *App) wireWaysIn() error {
	words, err := catalogue()
	if err != nil {
		return err
	}
	folder := filepath.Join(a.Config.Data, "brought")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	files, err := blob.Open(filepath.Join(a.Config.Data, "imports"), a.Keys)
	if err != nil {
		return err
	}
	base := a.Config.BaseURL()
	chats := wechat.Store{DB: a.DB, Keys: a.Keys}
	a.chats = wechat.Needs{
		Doors: a.Doors, Sink: a.Doors, Fates: a.Doors, Memory: chats, Cases: chatting{a}, Areas: places{a.Units}, Words: words, Clock: a.Clock, Log: a.Log, Base: base,
		Report: func(ctx context.Context, r ...sender.Report) error { return a.Notify.Take(ctx, r...) },
	}
	a.requests = open311.Needs{
		Doors: a.Doors, Sink: a.Doors, Fates: a.Doors, Memory: open311.Store{DB: a.DB, Keys: a.Keys}, Cases: a.Procedure, Directory: names{a.Units, a.Settings},
		Media: fetch.New(mediaTime), Keys: programs{a.Clients}, Index: a.Keys.Index, Clock: a.Clock, Log: a.Log, Base: base, City: a.Config.CityNameZH,
	}
	a.Board = board.New(board.Needs{
		DB: a.DB, Blobs: files, Folder: folder, IDs: a.IDs, Clock: a.Clock, Log: a.Log, Sheets: tables{a.Intake}, Sink: a.Doors, Fates: a.Doors,
		Registry: boards{a.Doors}, Feed: fetch.New(mediaTime),
	})
	a.Doors.Register(mailbox.Kind(mailbox.Needs{Memory: mailbox.Store{DB: a.DB}, Clock: a.Clock, Log: a.Log}),
		wechat.Kind(a.chats), open311.Kind(a.requests), a.Board.Kind())
	a.Jobs.Periodic("door.dialogues", 10*time.Minute, func(ctx context.Context) error { return chats.Forget(ctx, a.Clock.Now()) })
	a.Jobs.Periodic("door.imports", 24*time.Hour, a.Board.Forget)
	a.wirePlacards()
	return nil
}

// wirePlacards makes the codes to scan, and their panel on the case page.
func (a *App) wirePlacards() {
	a.Placards = placard.New(placard.Needs{DB: a.DB, Units: a.Units, Staff: agents{a.Account}, IDs: a.IDs, Clock: a.Clock, Base: a.Config.PublicURL})
	a.placardsWeb = placard.NewWeb(a.Placards, account.NewWeb(a.Account).Need)
	a.Intake.Attach(a.Placards)
	a.CasePage.Add(casepage.Panel{ID: "placard", TitleKey: "placard.panel", Icon: "qr-code", Order: 130,
		Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.placardsWeb.Panel(ctx, v.Case.ID)
		}})
}

// waysInPages are the callbacks of other systems and the pages of the boards
// and codes.
func (a *App) waysInPages() []web.Capability {
	need := account.NewWeb(a.Account).Need
	return []web.Capability{wechat.NewWeb(a.chats, wechat.Guard(need)), open311.NewWeb(a.requests), board.NewWeb(a.Board, need), a.placardsWeb}
}
