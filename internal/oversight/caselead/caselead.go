package caselead

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Cases reads cases as the one writer keeps them, and tells the rules in force.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	Rules() casework.Rules
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Categories is the taxonomy.
type Categories interface {
	Category(code string) (casework.Category, bool)
	Categories() []casework.Category
}

// Leaders lists those who lead, as the law sees them.
type Leaders interface {
	Leaders(ctx context.Context) ([]access.Actor, error)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB         *db.DB
	Cases      Cases
	Units      Units
	Categories Categories
	Leaders    Leaders
	IDs        IDs
	Clock      clock.Clock
}

// Service is the capability. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, store: store{n.DB}} }

// Errors of this capability.
var (
	ErrNotFound = fault.New(fault.NotFound, "caselead.not_found")
	ErrDenied   = fault.New(fault.Denied, "caselead.not_yours")
	errLed      = fault.New(fault.Conflict, "caselead.led_already")
	errStale    = fault.New(fault.Conflict, "caselead.changed_meanwhile")
)

// Duties are the five of leading a case (五包): know it, plan it, solve it,
// explain the policy, look again.
var Duties = []string{"know", "plan", "solve", "explain", "revisit"}

// progressWithin is how many calendar days may pass between two entries.
const progressWithin = 30

// Led is a case that a leader leads.
type Led struct {
	ID         int64
	CaseID     int64
	CaseNo     string
	Title      string
	State      casework.State // of the case
	LeaderID   int64
	LeaderName string
	RuleID     int64 // 0: given by hand
	Areas      [3]int64
	Open       bool
	Version    int64
	Done       []string // duties done
	Since      time.Time
	DueAt      time.Time // the next progress entry
	LapsedAt   time.Time
	LastAt     time.Time
	EndedAt    time.Time
	Reason     string // why it ended
}

// Entry is one thing that happened to a led case.
type Entry struct {
	ID        int64
	Verb      string // take, progress, duty, end, lapse
	Duty      string
	Text      string
	At        time.Time
	ActorName string
}

// givers may give cases to leaders and end that.
var givers = []access.Role{access.BureauHead, access.Supervisor, access.Leader}

// readers may look at the boards.
var readers = []access.Role{access.Leader, access.BureauHead, access.BureauClerk, access.Supervisor, access.Inspector}

func (s *Service) due(now time.Time) time.Time {
	return s.Cases.Rules().Calendar.Due(now, progressWithin, calendar.CalendarDays).Due.UTC()
}

// Giving is a case to be led.
type Giving struct {
	Key      string
	Actor    access.Actor
	CaseNo   string
	LeaderID int64
	Text     string
}

// Give has a leader lead a case.
func (s *Service) Give(ctx context.Context, g Giving, now time.Time) (Led, error) {
	if !g.Actor.Has(givers...) {
		return Led{}, ErrDenied
	}
	f := fault.New(fault.Invalid, "caselead.incomplete")
	no, _ := casework.CheckNumber(g.CaseNo)
	c, err := s.Cases.Case(ctx, g.Actor, no)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Led{}, err
	}
	if err != nil || !c.State.Open() {
		f.Field("case", "caselead.case_unknown")
	}
	leader, ok := s.leader(ctx, g.LeaderID)
	if !ok || err == nil && !access.Visible(leader).Sees(c.Facts()) {
		f.Field("leader", "caselead.leader_unknown")
	}
	text(f, g.Text, false)
	if err := f.OrNil(); err != nil {
		return Led{}, err
	}
	l := s.led(c, leader, now)
	var b db.Batch
	insertLed(&b, l)
	insertEntry(&b, l.ID, Entry{ID: s.IDs.Next(), Verb: "take", Text: strings.TrimSpace(g.Text), At: now, ActorName: g.Actor.Name}, g.Actor.ID, g.Key)
	announce(&b, s.IDs.Next(), "taken", l.ID, now)
	if err := s.DB.Send(ctx, &b); err != nil {
		if old, again := s.byKey(ctx, g.Actor, g.Key); again == nil {
			return old, nil
		}
		if db.IsUnique(err) {
			return l, errLed.Because(err)
		}
		return l, err
	}
	return l, nil
}

func (s *Service) led(c casework.Case, leader access.Actor, now time.Time) Led {
	return Led{
		ID: s.IDs.Next(), CaseID: c.ID, CaseNo: c.No, Title: c.Title, State: c.State, LeaderID: leader.ID, LeaderName: leader.Name,
		Areas: c.Areas, Open: true, Version: 1, Since: now, DueAt: s.due(now), LastAt: now,
	}
}

func (s *Service) leader(ctx context.Context, id int64) (access.Actor, bool) {
	list, err := s.Leaders.Leaders(ctx)
	if err != nil {
		return access.Actor{}, false
	}
	for _, l := range list {
		if l.ID == id {
			return l, true
		}
	}
	return access.Actor{}, false
}

// byKey finds what a command key did, for whoever may see it.
func (s *Service) byKey(ctx context.Context, a access.Actor, key string) (Led, error) {
	if key == "" {
		return Led{}, ErrNotFound
	}
	id, err := s.store.ledByKey(ctx, s.DB.Read(), key, a.ID)
	if err != nil {
		return Led{}, err
	}
	return s.Led(ctx, a, id)
}

func text(f *fault.Error, t string, must bool) {
	n := len([]rune(strings.TrimSpace(t)))
	if must && n == 0 {
		f.Field("text", "caselead.required")
	} else if n > longest {
		f.Field("text", "caselead.too_long", longest)
	}
}

const longest = 5000

// Verbs lists what the actor may do with a led case. The leader says how it
// stands; who gives cases may take them back.
func Verbs(l Led, a access.Actor) []string {
	var out []string
	if !l.Open {
		return nil
	}
	if a.ID == l.LeaderID || a.Has(access.BureauHead) {
		out = append(out, "progress")
	}
	if a.Has(givers...) {
		out = append(out, "end")
	}
	return out
}

// Step is a progress entry or the end of leading. Duties are those that are
// done with it.
type Step struct {
	Key    string // makes a repeated request harmless
	Verb   string
	Text   string
	Duties []string
}

// Do writes a step; the same key is carried out once.
func (s *Service) Do(ctx context.Context, a access.Actor, id int64, st Step, now time.Time) (Led, error) {
	var after Led
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		l, err := s.store.led(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if after, err = step(l, a, st, now); err != nil {
			return err
		}
		if after.Open {
			after.DueAt = s.due(now)
		}
		var b db.Batch
		updateLed(&b, l.Version, after)
		insertEntry(&b, id, Entry{ID: s.IDs.Next(), Verb: st.Verb, Duty: strings.Join(st.Duties, " "), Text: strings.TrimSpace(st.Text), At: now, ActorName: a.Name}, a.ID, st.Key)
		announce(&b, s.IDs.Next(), st.Verb, id, now)
		return tx.Send(ctx, &b)
	})
	if err != nil && st.Key != "" {
		if old, again := s.byKey(ctx, a, st.Key); again == nil && old.ID == id {
			return old, nil
		}
	}
	return after, stale(err)
}

// step decides what a step makes of a led case.
func step(l Led, a access.Actor, st Step, now time.Time) (Led, error) {
	if !slices.Contains(Verbs(l, a), st.Verb) {
		return l, ErrDenied
	}
	f := fault.New(fault.Invalid, "caselead.incomplete")
	text(f, st.Text, true)
	for _, d := range st.Duties {
		if !slices.Contains(Duties, d) {
			f.Field("duties", "caselead.choose")
		}
	}
	if err := f.OrNil(); err != nil {
		return l, err
	}
	l.Version++
	l.LastAt, l.LapsedAt = now, time.Time{}
	for _, d := range Duties {
		if slices.Contains(st.Duties, d) && !slices.Contains(l.Done, d) {
			l.Done = append(l.Done, d)
		}
	}
	if st.Verb == "end" {
		l.Open, l.DueAt, l.EndedAt, l.Reason = false, time.Time{}, now, strings.TrimSpace(st.Text)
	}
	return l, nil
}
