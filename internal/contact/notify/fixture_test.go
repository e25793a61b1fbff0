package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/ui"
)

// The units of a small district: government, bureau, two departments.
const (
	unitCity, unitBureau, unitSchool, unitHousing = 1, 2, 3, 4
	// And the staff, by what they are.
	handlerID, headID, bureauID, convenorID, clearedID, housingHeadID, adminID = 11, 12, 13, 14, 15, 16, 17
)

var everybody = map[int64]access.Actor{
	handlerID:     {ID: handlerID, Name: "赵经办", Role: access.UnitHandler, UnitID: unitSchool},
	headID:        {ID: headID, Name: "钱局长", Role: access.UnitHead, UnitID: unitSchool},
	bureauID:      {ID: bureauID, Name: "孙局长", Role: access.BureauHead, UnitID: unitBureau, AreaID: unitCity, AreaDepth: 1},
	convenorID:    {ID: convenorID, Name: "李召集", Role: access.Leader, UnitID: unitCity, AreaID: unitCity, AreaDepth: 1},
	clearedID:     {ID: clearedID, Name: "周保密", Role: access.BureauHead, UnitID: unitBureau, AreaID: unitCity, AreaDepth: 1, Cleared: true},
	housingHeadID: {ID: housingHeadID, Name: "吴局长", Role: access.UnitHead, UnitID: unitHousing, Cleared: true},
	adminID:       {ID: adminID, Name: "系统员", Role: access.SystemAdmin, UnitID: unitCity},
}

// byLevel is who must be told on each level.
var byLevel = map[Level]int64{Handler: handlerID, UnitHead: headID, Bureau: bureauID, Convenor: convenorID}

// world is everything that a service needs, of invented people.
type world struct {
	mu    sync.Mutex
	cases map[int64]casework.Case
	staff map[int64]access.Actor
	clock *clock.Manual
	keys  *seal.Keyring
	ids   *atomic.Int64
	notes []string // of the journal
	calls []string // numbers that were opened
}

func newWorld(now time.Time) *world {
	w := &world{cases: map[int64]casework.Case{}, staff: map[int64]access.Actor{}, clock: clock.At(now), keys: seal.Random(), ids: &atomic.Int64{}}
	for id, a := range everybody {
		if id != clearedID && id != housingHeadID {
			w.staff[id] = a
		}
	}
	w.ids.Store(1000)
	return w
}

func (w *world) Next() int64 { return w.ids.Add(1) }
func (w *world) Rules() casework.Rules {
	return casework.Rules{Calendar: cal, Params: casework.DefaultParams()}
}

func (w *world) ByIDs(_ context.Context, ids []int64) (map[int64]casework.Case, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[int64]casework.Case{}
	for _, id := range ids {
		if c, ok := w.cases[id]; ok {
			out[id] = c
		}
	}
	return out, nil
}

func (w *world) Holders(_ context.Context, unitID int64, role access.Role) (list []access.Actor, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.staff {
		if a.UnitID == unitID && a.Role == role {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b access.Actor) int { return int(a.ID - b.ID) })
	return list, nil
}

func (w *world) Actor(_ context.Context, id int64) (access.Actor, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.staff[id]
	return a, ok, nil
}

func (w *world) Unit(id int64) (access.Unit, bool) {
	kinds := map[int64]access.UnitKind{unitCity: access.Government, unitBureau: access.Bureau, unitSchool: access.Department, unitHousing: access.Department}
	k, ok := kinds[id]
	return access.Unit{ID: id, NameZH: "单位", NameEN: "Unit", Kind: k, Area: unitCity, Areas: []int64{unitCity}, BureauID: unitBureau, Active: true}, ok
}

func (w *world) All() []access.Unit {
	var all []access.Unit
	for _, id := range []int64{unitCity, unitBureau, unitSchool, unitHousing} {
		u, _ := w.Unit(id)
		all = append(all, u)
	}
	return all
}

func (w *world) Mobile(_ context.Context, personID, _ int64, _ time.Time) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if personID == 0 {
		return "", nil
	}
	w.calls = append(w.calls, "13900000001")
	return "13900000001", nil
}

func (w *world) Note(_ context.Context, _ db.Queryer, action, _, _ string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, action)
	return nil
}

// put makes or changes a case.
func (w *world) put(c casework.Case) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cases[c.ID] = c
}

// fire takes somebody out of service.
func (w *world) fire(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.staff, id)
}

func (w *world) hire(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.staff[id] = everybody[id]
}

var words = i18n.Must(i18n.Messages, ui.Messages, Messages)

// service makes a service with some ways out.
func (w *world) service(d *db.DB, out ...sender.Sender) *Service {
	return New(Needs{DB: d, IDs: w, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Cases: w, People: w, Units: w, Visitors: w,
		Keys: w.keys, Journal: w, Words: words, Base: "https://xq.example", Senders: out, PushKey: "key"})
}

// carrier is a fake way out that remembers everything it was given.
type carrier struct {
	way  sender.Way
	mu   sync.Mutex
	got  []sender.Message
	fail func(m sender.Message, try int) error // after the message was noted, unless it says it was not taken
}

func (c *carrier) Way() sender.Way             { return c.way }
func (c *carrier) Name() string                { return "fake" }
func (c *carrier) Check(context.Context) error { return nil }

func (c *carrier) Send(_ context.Context, m sender.Message) (sender.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		if err := c.fail(m, len(c.got)+1); err != nil {
			if sender.KindOf(err) == sender.Unknown {
				c.got = append(c.got, m)
			}
			return sender.Receipt{}, err
		}
	}
	c.got = append(c.got, m)
	return sender.Receipt{ID: "carrier-" + m.Key}, nil
}

func (c *carrier) sent() []sender.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.got)
}

// asking is a carrier that can be asked; deduping one that drops what it has.
type asking struct {
	*carrier
	answer func(sender.Sent) (sender.Report, error)
}

func (a asking) Ask(_ context.Context, s sender.Sent) (sender.Report, error) { return a.answer(s) }

type deduping struct{ *carrier }

func (deduping) Deduplicates() time.Duration { return 24 * time.Hour }

// carriers are one of each way.
func carriers() map[sender.Way]*carrier {
	out := map[sender.Way]*carrier{}
	for _, w := range Ways {
		if w != sender.InApp {
			out[w] = &carrier{way: w}
		}
	}
	return out
}

func list(all map[sender.Way]*carrier) []sender.Sender {
	var out []sender.Sender
	for _, w := range Ways {
		if c, ok := all[w]; ok {
			out = append(out, c)
		}
	}
	return out
}

// tuesday is ten o'clock of a working day.
var tuesday = china("2026-03-03", 10, 0)

// caseIn gives a case of which exactly one condition holds at a moment, at
// least so long.
func caseIn(id int64, c Condition, now time.Time) casework.Case {
	k := casework.Case{
		ID: id, No: casework.NewNumber("MC", 2026, uint64(id)), Title: "幸福小区电梯停运三周", State: casework.Dispatched, Urgency: casework.Blue,
		Lane: access.LaneOpen, Areas: [3]int64{unitCity}, BureauID: unitBureau, LeadUnitID: unitSchool, PetitionerID: 5, Channel: casework.Web,
	}
	o := casework.Obligation{Seq: 1, Clock: casework.T9, UnitID: unitSchool, OpenedAt: now.AddDate(0, 0, -40), DueAt: now.Add(-time.Hour), WarnAt: now.AddDate(0, 0, -5)}
	switch c {
	case Arrived:
		o.Clock, o.OpenedAt, o.DueAt, o.WarnAt = casework.Sign, now.Add(-time.Minute), now.AddDate(0, 0, 1), time.Time{}
	case Soon:
		o.WarnAt, o.DueAt = now.Add(-time.Minute), now.AddDate(0, 0, 3)
	case Unstarted:
		o.Clock = casework.Sign
	case Unfinished:
		o.Clock, k.State = casework.T4, casework.Accepted
	}
	k.Obligations = []casework.Obligation{o}
	return k
}

func ctxOf(id int64) context.Context { return access.With(context.Background(), everybody[id]) }

// reachable gives everybody an address of every way.
func (s *Service) reachable(t *testing.T, ids ...int64) {
	t.Helper()
	for i, id := range ids {
		n := string(rune('0' + i%10))
		if err := s.SetMine(ctxOf(id), Reach{Mobile: "1380000000" + n, Mail: "a" + n + "@example.org", OpenID: "openid_example_" + n}); err != nil {
			t.Fatal(err)
		}
		if err := s.AddBrowser(ctxOf(id), 0, []byte(`{"endpoint":"https://push.example/`+n+`","keys":{"p256dh":"BPub","auth":"secret"}}`)); err != nil {
			t.Fatal(err)
		}
	}
}

// hears delivers an event of a case.
func (s *Service) hears(t *testing.T, id, caseID int64, kind string) {
	t.Helper()
	err := s.DB.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return s.heard(ctx, tx, []jobs.Event{{ID: id, Kind: kind, Subject: caseID, At: s.Clock.Now()}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Service) look(t *testing.T) {
	t.Helper()
	if err := s.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *Service) deliver(t *testing.T) {
	t.Helper()
	if err := s.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// of lists the deliveries of a case, as "way staff template state".
func (s *Service) of(t *testing.T, caseID int64) []string {
	t.Helper()
	list, err := db.List(t.Context(), s.DB.Read(), scanDelivery, `SELECT `+deliveryColumns+` FROM delivery WHERE case_id = $1`, caseID)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = strings.Join([]string{string(d.Way), everybody[d.StaffID].Name, d.Template, string(d.State)}, " ")
	}
	slices.Sort(out)
	return out
}

// only reads the one delivery of a way.
func (s *Service) only(t *testing.T, w sender.Way) delivery {
	t.Helper()
	list, err := db.List(t.Context(), s.DB.Read(), scanDelivery, `SELECT `+deliveryColumns+` FROM delivery WHERE way = $1`, string(w))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d deliveries by %s: %v", len(list), w, err)
	}
	return list[0]
}

func (s *Service) setMatrix(t *testing.T, m Matrix) {
	t.Helper()
	v, _, err := s.store.lastMatrix(t.Context(), s.DB.Read(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetMatrix(ctxOf(adminID), 0, v.Number, m); err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q\nexpected %q", what, got, want)
	}
}

var errDown = errors.New("connection refused")

var _ = calendar.Date{}
