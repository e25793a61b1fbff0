package app

import (
	"context"
	"net/http"
	"time"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/help"
	"xinqiao/internal/admin/retention"
	"xinqiao/internal/admin/settings"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/cosign"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/board"
	"xinqiao/internal/filing/door/client"
	"xinqiao/internal/filing/door/hotline"
	"xinqiao/internal/filing/door/kiosk"
	letterdoor "xinqiao/internal/filing/door/letter"
	"xinqiao/internal/filing/door/mailbox"
	"xinqiao/internal/filing/door/open311"
	"xinqiao/internal/filing/door/placard"
	"xinqiao/internal/filing/door/sms"
	"xinqiao/internal/filing/door/voicemail"
	"xinqiao/internal/filing/door/wechat"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/network"
	"xinqiao/internal/filing/offline"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/filing/reception"
	"xinqiao/internal/filing/sameness"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/course"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/handling/likeness"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/room"
	"xinqiao/internal/handling/triage"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/insight/statistics"
	"xinqiao/internal/insight/topic"
	"xinqiao/internal/oversight/caselead"
	"xinqiao/internal/oversight/deadlines"
	"xinqiao/internal/oversight/inspection"
	"xinqiao/internal/oversight/supervision"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// catalogue holds the words of all capabilities in both languages.
func catalogue() (*i18n.Catalogue, error) {
	return i18n.New(i18n.Messages, web.Messages, ui.Messages, unit.Messages, account.Messages, settings.Messages,
		person.Messages, attachment.Messages, intake.Messages, cosign.Messages, procedure.Messages, triage.Messages,
		worklist.Messages, casepage.Messages, course.Messages, tracking.Messages, document.Messages, statistics.Messages, deadlines.Messages, notify.Messages, rest.Messages,
		supervision.Messages, inspection.Messages, caselead.Messages, room.Messages, reception.Messages, likeness.Messages, topic.Messages, sameness.Messages, retention.Messages, help.Messages, offline.Messages, network.Messages, kiosk.Messages,
		door.Messages, client.Messages, hotline.Messages, voicemail.Messages, sms.Messages, letterdoor.Messages, mailbox.Messages, wechat.Messages, open311.Messages, board.Messages, placard.Messages, native.Messages)
}

// route builds the tree of pages and the API.
func (a *App) route(context.Context) error {
	words, err := catalogue()
	if err != nil {
		return err
	}
	proxies, err := a.Config.Proxies()
	if err != nil {
		return err
	}
	rt, err := web.New(web.Options{
		Catalogue: words, Now: a.Clock.Now, Log: a.Log, ErrorPage: ui.ErrorPage, SignIn: "/signin",
		Secure: a.Config.Secure(), TrustedProxies: proxies, MaxBody: 1 << 20,
	})
	if err != nil {
		return err
	}
	accounts := account.NewWeb(a.Account)
	rt.Use(accounts.Authenticate)
	rt.Use(a.Clients.Authenticate)
	rt.Use(a.patience(rt))
	reminders := notify.NewWeb(a.Notify, accounts, provenBy{a.Tracking})
	rt.Use(reminders.Badge)
	rt.Preferences()
	rt.Mount("GET /assets/", http.StripPrefix("/assets/", web.Assets(ui.Dist())))
	rt.Add(accounts, unit.NewWeb(a.Units, accounts), settings.NewWeb(a.Settings, accounts), a.Attachment, a.Intake, a.Tracking, a.Worklist, a.CasePage,
		procedure.NewWeb(a.Procedure, names{a.Units, a.Settings}, papers{a.Attachment, a.Clock}, a.Clock, accounts.Need),
		statistics.NewWeb(a.Statistics, accounts.Need))
	rt.Add(reminders, a.Documents, a.Dossiers, a.cosignWeb, a.roomPages, a.receptionPages)
	rt.Add(door.NewWeb(a.Doors, accounts.Need), client.NewWeb(a.Clients, accounts.Need))
	rt.Add(a.telephonePages()...)
	rt.Add(a.waysInPages()...)
	rt.Add(a.letterPages, a.retentionPages)
	pages, err := help.NewWeb()
	if err != nil {
		return err
	}
	rt.Add(pages)
	a.showOutbox(rt, accounts)
	rt.Add(a.likenessWeb, a.samenessWeb, a.triagePages, a.topicPages)
	rt.Use(a.kioskPages.Mode)
	rt.Add(a.offlinePages(rt), a.networkPages, a.kioskPages)
	rt.Add(procedure.NewLaneWeb(a.Procedure, readers{a}, accounts.Need), person.NewWeb(a.Person, readers{a}, accounts.Need, a.Clock))
	calculator := deadlines.NewCalculator(a.Settings, a.Clock)
	rt.Add(calculator, deadlines.NewAlarmWeb(a.Alarm, accounts.Need))
	rt.Add(a.oversightPages()...)
	if err := a.mountAPI(rt, append(a.oversightAPIs(), deadlines.NewAPI(calculator), triage.NewAPI(a.Triage, suggested{a.Procedure, a.Intake, a.Clock}), hotline.NewAPI(a.Hotline), network.NewAPI(a.Network), intake.NewAPI(a.Intake), worklist.NewAPI(a.Worklist),
		procedure.NewAPI(a.Procedure, prover{a.Tracking}, a.Clock), document.NewAPI(a.Documents, prover{a.Tracking}), cosign.NewAPI(a.Cosign, prover{a.Tracking}), statistics.NewAPI(a.Statistics), notify.NewAPI(a.Notify),
		room.NewAPI(a.Rooms), unit.NewAPI(a.Units), settings.NewAPI(a.Settings), account.NewAPI(a.Account))...); err != nil {
		return err
	}
	a.operations(rt)
	a.measure()
	a.measureNotify()
	a.routes = rt.Patterns()
	a.handler = a.Telemetry.Middleware(rt)
	return nil
}

// operations are for those who run the instance: alive, ready, figures.
func (a *App) operations(rt *web.Router) {
	rt.Mount("GET /metrics", a.Telemetry.Metrics())
	rt.Handle("GET /healthz", func(w http.ResponseWriter, _ *http.Request) error {
		_, err := w.Write([]byte("ok\n"))
		return err
	})
	rt.Handle("GET /readyz", func(w http.ResponseWriter, r *http.Request) error {
		ctx, done := context.WithTimeout(r.Context(), 2*time.Second)
		defer done()
		if err := a.DB.Ping(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, err = w.Write([]byte("database: not reachable\n"))
			return err
		}
		_, err := w.Write([]byte("ok\n"))
		return err
	})
}
