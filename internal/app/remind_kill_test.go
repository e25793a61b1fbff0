package app_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/app"
	"xinqiao/internal/app/bench"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/sender"
)

// TestRemindersSurviveKills kills the server at random instants while it
// reminds a city of what is late, by mail and by short message, over carriers
// that stumble. No carrier ever has a message twice, none is lost, and what
// nobody can know is left to a person.
func TestRemindersSurviveKills(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := dbtest.URL(d)
		d.Close()
		mail, sms := newMailbox(t), newGateway(t)
		c := killConfig(t.TempDir(), at)
		reach(t, c)
		secret := filepath.Join(c.Data, "carrier.secret")
		if err := os.WriteFile(secret, []byte("an invented secret of some length\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Senders = carriers(mail.addr, sms.URL, secret)
		queue(t, c)
		env := []string{
			"XINQIAO_DATA=" + c.Data, "XINQIAO_DATABASE=" + c.Database,
			"XINQIAO_TEST_MAIL=" + mail.addr, "XINQIAO_TEST_SMS=" + sms.URL, "XINQIAO_TEST_SECRET=" + secret,
		}
		kills := 4
		if thorough() {
			kills = 40
		}
		for range kills {
			s, err := bench.Start(context.WithoutCancel(t.Context()), nil, env)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(100*time.Millisecond + rand.N(700*time.Millisecond))
			s.Kill()
		}
		deliverAll(t, c)
		state := outcome(t, c)
		for _, carrier := range []struct {
			way sender.Way
			got map[string]int
		}{{sender.Mail, mail.count()}, {sender.SMS, sms.count()}} {
			arrived, lost, asked := 0, 0, 0
			for key, n := range carrier.got {
				if n != 1 {
					t.Errorf("%s %s arrived %d times", carrier.way, key, n)
				}
				if _, known := state[carrier.way][key]; !known {
					t.Errorf("%s %s was never queued", carrier.way, key)
				}
				arrived++
			}
			for key, st := range state[carrier.way] {
				switch {
				case st == notify.Stuck:
					asked++
				case (st == notify.Sent || st == notify.Delivered) && carrier.got[key] == 0:
					lost++
				}
			}
			if lost > 0 || arrived == 0 {
				t.Errorf("%s: %d arrived, %d lost", carrier.way, arrived, lost)
			}
			t.Logf("%s: %d queued, %d arrived once, %d left to a person", carrier.way, len(state[carrier.way]), arrived, asked)
		}
	})
}

// reach makes a demonstration city and gives its staff addresses and a matrix
// that knows no night.
func reach(t *testing.T, c app.Config) {
	t.Helper()
	ctx := t.Context()
	if err := app.Demo(ctx, c, app.DemoOptions{Cases: 500, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	list, err := a.Account.ListStaff(access.With(ctx, access.Actor{Role: access.System}), account.StaffFilter{Limit: 500})
	if err != nil || len(list) < 10 {
		t.Fatal(len(list), err)
	}
	for i, st := range list {
		if !st.Active {
			continue
		}
		me := access.With(ctx, a.Account.Actor(st))
		if err := a.Notify.SetMine(me, notify.Reach{Mail: fmt.Sprintf("s%d@mingchuan.example", i), Mobile: fmt.Sprintf("139%08d", i), Lang: "zh"}); err != nil {
			t.Fatal(err)
		}
	}
	m := notify.DefaultMatrix()
	for way := range m.Rules {
		m.Rules[way] = notify.Rule{}
	}
	for _, levels := range m.Cells {
		for l, cell := range levels {
			cell.Ways = []sender.Way{sender.InApp, sender.SMS, sender.Mail}
			levels[l] = cell
		}
	}
	if err := a.Notify.SetMatrix(access.With(ctx, access.Actor{ID: 1, Role: access.SystemAdmin}), 0, 0, m); err != nil {
		t.Fatal(err)
	}
}

// carriers configures both ways out.
func carriers(mail, sms, secret string) config.Senders {
	return config.Senders{
		MailServer: mail, MailSecurity: "plain", MailFrom: "notice@mingchuan.example",
		SMSVia: "kannel", SMSURL: sms, SMSUser: "notice", SMSSecretFile: secret, SMSReportSecretFile: secret,
	}
}

// queue finds what is to be reminded of and queues the messages.
func queue(t *testing.T, c app.Config) {
	t.Helper()
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Jobs.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, forget := range []string{"DELETE FROM delivery_item", "DELETE FROM delivery", "DELETE FROM inbox", "DELETE FROM reminder", "UPDATE reminder_watch SET next_at = 1"} {
		err := a.DB.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { _, err := tx.Exec(ctx, forget); return err })
		if err != nil { // what the city was reminded of while it was made, without carriers
			t.Fatal(err)
		}
	}
	if err := a.Notify.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b, err := a.Notify.Backlog(t.Context()); err != nil || b.Waiting < 15 {
		t.Fatalf("only %+v to send, %v", b, err)
	}
}

// deliverAll delivers what is left, with a clock that runs past every lease and
// every patience.
func deliverAll(t *testing.T, c app.Config) {
	t.Helper()
	now := clock.At(time.Now())
	a, err := app.OpenAt(t.Context(), c, now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for range 200 {
		if err := a.Notify.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		b, err := a.Notify.Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if b.Waiting == 0 {
			return
		}
		now.Advance(10 * time.Minute)
	}
	t.Fatal("messages are waiting for ever")
}

// outcome is the state of every message by way and key.
func outcome(t *testing.T, c app.Config) map[sender.Way]map[string]notify.State {
	t.Helper()
	d, err := db.Open(t.Context(), c.Database, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	type row struct {
		way   sender.Way
		key   string
		state notify.State
	}
	list, err := db.List(t.Context(), d.Read(), func(r db.Rows) (x row, err error) {
		err = r.Scan(&x.way, &x.key, &x.state)
		return x, err
	}, "SELECT way, key, state FROM delivery WHERE way IN ('mail', 'sms')")
	if err != nil {
		t.Fatal(err)
	}
	out := map[sender.Way]map[string]notify.State{sender.Mail: {}, sender.SMS: {}}
	for _, x := range list {
		out[x.way][x.key] = x.state
	}
	return out
}

// carrier counts what arrived, and fails now and then: refuses for a moment,
// or takes a message and never says so.
type carrier struct {
	mu  sync.Mutex
	got map[string]int
}

func (c *carrier) take(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got[key]++
}

func (c *carrier) count() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.got)
}

// mailbox is a mail server.
type mailbox struct {
	carrier
	addr string
}

func newMailbox(t *testing.T) *mailbox {
	m := &mailbox{carrier: carrier{got: map[string]int{}}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &delivery{m}, nil }))
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return m
}

// delivery is one conversation with it.
type delivery struct{ to *mailbox }

func (*delivery) Reset()                                 {}
func (*delivery) Logout() error                          { return nil }
func (*delivery) Mail(string, *gosmtp.MailOptions) error { return nil }
func (*delivery) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (d *delivery) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	if rand.N(10) == 0 {
		return &gosmtp.SMTPError{Code: 451, Message: "try again later"}
	}
	key, _, _ := strings.Cut(strings.Trim(m.Header.Get("Message-Id"), "<>"), "@")
	d.to.take(key)
	time.Sleep(rand.N(300 * time.Millisecond)) // an instant in which the sender may die
	return nil
}

// gateway is Kannel's sendsms.
type gateway struct {
	carrier
	URL string
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{carrier: carrier{got: map[string]int{}}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rand.N(10) == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		report, _ := url.Parse(r.Header.Get("X-Kannel-DLR-URL"))
		g.take(report.Query().Get("key"))
		time.Sleep(rand.N(300 * time.Millisecond))
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "0: Accepted for delivery")
	}))
	t.Cleanup(s.Close)
	g.URL = s.URL
	return g
}
