package worklist

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/page"
)

// Tab is one view of the queue.
type Tab string

// The views. Those of open cases are ordered by what is due first, the closed
// ones newest first.
const (
	Mine    Tab = "mine"    // 待我办: my unit must act
	Open    Tab = "open"    // 在办: everything open in my scope
	Soon    Tab = "soon"    // 临期
	Overdue Tab = "overdue" // 超期
	Waiting Tab = "waiting" // 等待其他单位
	Closed  Tab = "closed"  // 已办结
)

// Tabs lists the tabs of an actor, the first being where the day starts. Who
// never acts for a unit has no work of an own.
func Tabs(a access.Actor) []Tab {
	if a.Has(access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead) {
		return []Tab{Mine, Open, Soon, Overdue, Waiting, Closed}
	}
	return []Tab{Open, Soon, Overdue, Closed}
}

// Filter narrows a view. The zero value of a field does not narrow.
type Filter struct {
	Category string // a code, major or sub-category
	UnitID   int64  // the handling unit
	OwnerID  int64  // the unit that must act now
	Urgency  casework.Urgency
	Channel  casework.Channel
	Nature   casework.Nature
	State    casework.State
	From, To calendar.Date // day of registration, both included
	Late     bool
}

// Query is what a queue page asks for.
type Query struct {
	Tab    Tab
	Filter Filter
	From   Key // page boundary; zero for the first page
}

// Key is the place of a row in the order of its view. Back asks for the page
// before it.
type Key struct {
	Due  int64
	ID   int64
	Back bool
}

// Row is one case in a list.
type Row struct {
	ID           int64
	No           string
	Title        string
	Category     string
	State        casework.State
	Urgency      casework.Urgency
	Confidential bool
	OwnerUnitID  int64
	LeadUnitID   int64
	PetitionerID int64
	Petitioner   string // masked
	DueAt        time.Time
	WarnAt       time.Time // when its light turns amber
	Clock        casework.Clock
	LastEvent    casework.EventKind
	LastEventAt  time.Time
	ClosedAt     time.Time
	Outcome      casework.Outcome
	Urges        int
	Round        int
	Channel      casework.Channel
	Kind         casework.Kind
	Stage        casework.Stage
}

// Page is one page of rows and the keys of its neighbours; nil where there is
// none.
type Page struct {
	Rows []Row
	Next *Key
	Prev *Key
}

const (
	pageRows = 50
	mostTold = 999 // counts beyond are told as "999+"
)

// List gives one page of a view.
func (s *Service) List(ctx context.Context, a access.Actor, q Query, now time.Time) (Page, error) {
	see := s.sight(a, now)
	if see.scope.Nothing {
		return Page{}, nil
	}
	rows, err := listRows(ctx, s.db.Read(), see.where(q.Tab, q.Filter), q)
	if err != nil {
		return Page{}, err
	}
	if q.Tab == Closed && leads(see.scope) {
		if rows, err = s.withJoined(ctx, rows, see, q); err != nil {
			return Page{}, err
		}
	}
	p := turn(rows, q)
	if q.Tab != Closed && s.policy != nil && s.policy.Bool(OnlineFirst) {
		onlineFirst(p.Rows, now)
	}
	return p, nameMasks(ctx, s.db.Read(), a, p.Rows)
}

// withJoined puts the closed cases in which the unit took part among those that
// it led. Each part comes from an index of its own, in the same order.
func (s *Service) withJoined(ctx context.Context, rows []Row, see sight, q Query) ([]Row, error) {
	more, err := listRows(ctx, s.db.Read(), see.joined(q.Filter), q)
	if err != nil || len(more) == 0 {
		return rows, err
	}
	return merged(rows, more, q.From.Back), nil
}

// merged puts two lists into one by id, newest first unless backwards, and
// keeps one row more than a page.
func merged(a, b []Row, back bool) []Row {
	all := append(slices.Clone(a), b...)
	slices.SortFunc(all, func(x, y Row) int {
		if back {
			return cmp.Compare(x.ID, y.ID)
		}
		return cmp.Compare(y.ID, x.ID)
	})
	return all[:min(len(all), pageRows+1)]
}

// turn makes a page of up to one row more than fits.
func turn(rows []Row, q Query) Page {
	more := len(rows) > pageRows
	if more {
		rows = rows[:pageRows]
	}
	if q.From.Back {
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	p := Page{Rows: rows}
	if len(rows) == 0 {
		return p
	}
	if more || q.From.Back {
		k := rows[len(rows)-1].key(q.Tab)
		p.Next = &k
	}
	if q.From.Back && more || !q.From.Back && q.From.ID != 0 {
		k := rows[0].key(q.Tab)
		k.Back = true
		p.Prev = &k
	}
	return p
}

func (r Row) key(v Tab) Key {
	if v == Closed {
		return Key{ID: r.ID}
	}
	return Key{Due: r.DueAt.UnixMicro(), ID: r.ID}
}

// Count is how many cases a view holds; More says that there are more than N.
type Count struct {
	N    int
	More bool
}

// counted is a set of counts and when it was taken.
type counted struct {
	at      time.Time
	changes int64
	counts  map[Tab]Count
}

const countsLast = 2 * time.Second

// Counts tells how much each view holds. They agree with List: the same where
// builder, and anew after every change made by this process; what others
// changed shows within two seconds.
func (s *Service) Counts(ctx context.Context, a access.Actor, f Filter, now time.Time) (map[Tab]Count, error) {
	see, views := s.sight(a, now), Tabs(a)
	if see.scope.Nothing {
		return map[Tab]Count{}, nil
	}
	key, changes := countsKey(a, f), s.changes.Load()
	s.mu.Lock()
	c, ok := s.counted[key]
	s.mu.Unlock()
	if ok && c.changes == changes && now.Sub(c.at) < countsLast {
		return c.counts, nil
	}
	parts := make([]where, len(views))
	for i, v := range views {
		parts[i] = see.where(v, f)
	}
	if leads(see.scope) {
		views, parts = append(slices.Clone(views), Closed), append(parts, see.joined(f))
	}
	counts, err := countRows(ctx, s.db.Read(), views, parts)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.counted) > 2000 {
		clear(s.counted)
	}
	s.counted[key] = counted{now, changes, counts}
	return counts, nil
}

// countsKey is what the counts depend on: whoever sees the same counts the same.
func countsKey(a access.Actor, f Filter) string {
	var b strings.Builder
	for _, n := range []int64{a.ID, a.UnitID, a.AreaID, int64(a.AreaDepth)} {
		b.WriteString(strconv.FormatInt(n, 36))
		b.WriteByte(' ')
	}
	b.WriteString(string(a.Role))
	if a.Cleared {
		b.WriteByte('!')
	}
	if f != (Filter{}) {
		b.WriteString(f.Values().Encode())
	}
	return b.String()
}

// ParseFilter reads a filter from an address; what it does not know it drops.
func ParseFilter(q *page.Form) Filter {
	f := Filter{Category: q.Get("category"), Late: q.Get("late") == "1"}
	f.UnitID, _ = q.Int64("unit")
	f.OwnerID, _ = q.Int64("owner")
	f.Urgency = oneOf(q.Get("urgency"), casework.Urgencies)
	f.Channel = oneOf(q.Get("channel"), casework.Channels)
	f.Nature = oneOf(q.Get("nature"), casework.Natures)
	f.State = oneOf(q.Get("state"), casework.States)
	f.From, _ = calendar.ParseDate(q.Get("from"))
	f.To, _ = calendar.ParseDate(q.Get("to"))
	return f
}

func oneOf[T ~string](text string, known []T) T {
	for _, k := range known {
		if string(k) == text {
			return k
		}
	}
	return ""
}

// Values writes a filter into an address.
func (f Filter) Values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("category", f.Category)
	if f.UnitID != 0 {
		set("unit", strconv.FormatInt(f.UnitID, 10))
	}
	if f.OwnerID != 0 {
		set("owner", strconv.FormatInt(f.OwnerID, 10))
	}
	set("urgency", string(f.Urgency))
	set("channel", string(f.Channel))
	set("nature", string(f.Nature))
	set("state", string(f.State))
	if !f.From.IsZero() {
		set("from", f.From.String())
	}
	if !f.To.IsZero() {
		set("to", f.To.String())
	}
	if f.Late {
		set("late", "1")
	}
	return v
}
