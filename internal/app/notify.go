package app

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/web"
)

// wireNotify makes reminders and notices, with the ways out that are
// configured; a demonstration keeps what the others would have sent.
func (a *App) wireNotify() error {
	words, err := catalogue()
	if err != nil {
		return err
	}
	out, err := openWays(a.Config.Config, a.Config.CityNameZH, a.Clock)
	if err != nil {
		return err
	}
	sms := slices.ContainsFunc(out.senders, func(s sender.Sender) bool { return s.Way() == sender.SMS })
	if a.Config.Demo {
		a.outbox = &outbox{clock: a.Clock}
		out.senders = append(out.senders, a.outbox.instead(out.senders)...)
	}
	a.Notify = notify.New(notify.Needs{
		DB: a.DB, IDs: a.IDs, Clock: a.Clock, Log: a.Log, Cases: a.Procedure, People: roster{a.Account}, Units: a.Units,
		Visitors: a.Person, Signers: recipients{a.Cosign}, Keys: a.Keys, Journal: a.Account, Words: words, Base: a.Config.BaseURL(),
		Senders: out.senders, PushKey: out.pushKey, Threads: mails{a.Doors}, Codes: a.Intake.Codes().Code,
	})
	out.tell(a.Notify.Take)
	a.ways = out
	if sms {
		a.Tracking.Sender = a.Notify
	}
	a.Notify.Follow(a.news()...)
	a.Notify.Subscribe(a.Jobs)
	a.Notify.Schedule(a.Jobs)
	return nil
}

// measureNotify registers the figures of what waits to be sent.
func (a *App) measureNotify() {
	for name, help := range map[string]string{
		"waiting": "Messages not yet with their carrier.", "stuck": "Messages about which a person must decide.", "nobody": "Posts of which nobody could be reminded.",
	} {
		a.Telemetry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "xinqiao_messages_" + name, Help: help + " -1 when the store does not answer."}, func() float64 {
			ctx, done := context.WithTimeout(context.Background(), time.Second)
			defer done()
			b, err := a.Notify.Backlog(ctx)
			if err != nil {
				return -1
			}
			return map[string]float64{"waiting": float64(b.Waiting), "stuck": float64(b.Stuck), "nobody": float64(b.Nobody)}[name]
		}))
	}
}

// roster are the members of staff as reminders look for them.
type roster struct{ *account.Service }

// mostHolders of one post are looked at.
const mostHolders = 100

// Holders implements notify.People.
func (r roster) Holders(ctx context.Context, unitID int64, role access.Role) ([]access.Actor, error) {
	list, err := r.ListStaff(access.With(ctx, access.Actor{Role: access.System}), account.StaffFilter{UnitID: unitID, Role: role, Limit: mostHolders})
	var out []access.Actor
	for _, st := range list {
		if st.Active {
			out = append(out, r.Service.Actor(st))
		}
	}
	return out, err
}

// Actor implements notify.People.
func (r roster) Actor(ctx context.Context, id int64) (access.Actor, bool, error) {
	st, err := r.Staff(ctx, id)
	return r.Service.Actor(st), st.Active, err
}

// provenBy lets notify's pages below /follow/{no} rely on tracking's proof.
type provenBy struct{ *tracking.Service }

// Proven implements notify.Prover.
func (p provenBy) Proven(r *http.Request, no string) (casework.Case, bool) {
	no, ok := casework.CheckNumber(no)
	if !ok {
		return casework.Case{}, false
	}
	return p.Service.Proven(r, no)
}

// outbox keeps, in a demonstration, what would have been sent by ways that are
// not configured: the last messages, in memory, without addresses.
type outbox struct {
	clock clock.Clock
	mu    sync.Mutex
	list  []kept // newest first
}

type kept struct {
	At               time.Time
	Way              sender.Way
	Title, Text, URL string
}

const mostKept = 200

// instead gives a carrier for each way that has none.
func (o *outbox) instead(have []sender.Sender) []sender.Sender {
	var out []sender.Sender
	for _, way := range notify.Ways {
		if way != sender.InApp && way != sender.Push && !slices.ContainsFunc(have, func(s sender.Sender) bool { return s.Way() == way }) {
			out = append(out, demoCarrier{o, way})
		}
	}
	return out
}

func (o *outbox) messages() []kept {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.list)
}

// demoCarrier takes every message and sends none.
type demoCarrier struct {
	*outbox
	way sender.Way
}

// Way implements sender.Sender.
func (d demoCarrier) Way() sender.Way { return d.way }

// Name implements sender.Sender.
func (d demoCarrier) Name() string { return "demo" }

// Check implements sender.Sender.
func (d demoCarrier) Check(context.Context) error { return nil }

// Send implements sender.Sender.
func (d demoCarrier) Send(_ context.Context, m sender.Message) (sender.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock.Now()
	d.list = append([]kept{{now, d.way, m.Title, m.Text, m.URL}}, d.list...)
	d.list = d.list[:min(len(d.list), mostKept)]
	return sender.Receipt{ID: "demo-" + m.Key, At: now}, nil
}

// showOutbox serves the page of a demonstration.
func (a *App) showOutbox(rt *web.Router, guard notify.Guard) {
	if a.outbox == nil {
		return
	}
	rt.Handle("GET /admin/outbox", func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, outboxPage(a.outbox.messages()))
	}, guard.Need(access.SystemAdmin))
}
