package inspection

import (
	"context"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Breach is one entry of the duty-breach record. It stands against a unit and
// names no person. The unit learns of it, and may answer, once it was served.
type Breach struct {
	ID         int64
	CaseID     int64
	CaseNo     string
	Seq        int64 // the event that shows it
	Kind       conduct.DutyKind
	Clock      casework.Clock
	UnitID     int64
	At         time.Time
	State      string // recorded, served, answered, upheld, struck
	ServedAt   time.Time
	DueAt      time.Time // for the unit's answer
	LapsedAt   time.Time
	Answer     string
	AnsweredAt time.Time
	Ruling     string
	RuledAt    time.Time
}

// BreachStates lists the states in the order of a life.
var BreachStates = []string{"recorded", "served", "answered", "upheld", "struck"}

// answerWithin is how many working days a unit has to answer an entry.
const answerWithin = 10

// BreachQuery asks for a page of the record, newest first.
type BreachQuery struct {
	State  string
	Kind   conduct.DutyKind
	UnitID int64
	After  int64
	Limit  int
}

func (q BreachQuery) where(a access.Actor) where {
	w := breachSight(a)
	if q.State != "" {
		w.and("x.state = ?", q.State)
	}
	if q.Kind != "" {
		w.and("x.kind = ?", string(q.Kind))
	}
	if q.UnitID != 0 {
		w.and("x.unit_id = ?", q.UnitID)
	}
	return w
}

// breachSight: who watches sees the record of the own jurisdiction; a unit sees
// what was served on it, and so does a head or supervisor whose own unit it is.
func breachSight(a access.Actor) where {
	w := sight(a)
	if watches(a) {
		w.and("(x.unit_id <> ? OR x.state <> 'recorded')", a.UnitID)
	} else {
		w.and("x.state <> 'recorded'")
	}
	return w
}

// Breaches gives a page; next is the key of the next page, 0 on the last.
func (s *Service) Breaches(ctx context.Context, a access.Actor, q BreachQuery) (list []Breach, next int64, err error) {
	w := q.where(a)
	if q.After != 0 {
		w.and("x.id < ?", q.After)
	}
	limit := pageOf(q.Limit)
	list, err = s.store.breaches(ctx, s.DB.Read(), w, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// Breach reads one entry if the actor may see it.
func (s *Service) Breach(ctx context.Context, a access.Actor, id int64) (Breach, error) {
	w := breachSight(a)
	w.and("x.id = ?", id)
	list, err := s.store.breaches(ctx, s.DB.Read(), w, 1)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Breach{}, err
	}
	return list[0], nil
}

// BreachVerbs lists what the actor may do with an entry.
func BreachVerbs(x Breach, a access.Actor) []string {
	own := x.UnitID == a.UnitID
	switch {
	case watches(a) && !own && x.State == "recorded":
		return []string{"serve", "strike"}
	case watches(a) && !own && (x.State == "answered" || x.State == "served"):
		return []string{"uphold", "strike"}
	case own && a.Has(answerers...) && x.State == "served":
		return []string{"answer"}
	}
	return nil
}

// Ruling is a verb on an entry with its words: serve, answer, uphold, strike.
type Ruling struct{ Verb, Text string }

// done tells that the same was done before: a request sent again changes
// nothing more.
func (r Ruling) done(x Breach) bool {
	switch r.Verb {
	case "serve":
		return x.State == "served"
	case "answer":
		return x.State == "answered" && x.Answer == r.Text
	case "uphold":
		return x.State == "upheld" && x.Ruling == r.Text
	case "strike":
		return x.State == "struck" && x.Ruling == r.Text
	}
	return false
}

// ActOnBreach serves an entry on its unit, answers it, or rules on it.
func (s *Service) ActOnBreach(ctx context.Context, a access.Actor, id int64, r Ruling, now time.Time) (Breach, error) {
	x, err := s.Breach(ctx, a, id)
	if err != nil {
		return x, err
	}
	if r.Text = strings.TrimSpace(r.Text); r.done(x) {
		return x, nil
	}
	before := x.State
	if x, err = s.ruleBreach(x, a, r, now); err != nil {
		return x, err
	}
	var b db.Batch
	saveBreach(&b, before, x)
	announce(&b, s.IDs.Next(), "breach_"+r.Verb, x.ID, now)
	return x, stale(s.DB.Send(ctx, &b))
}

func (s *Service) ruleBreach(x Breach, a access.Actor, r Ruling, now time.Time) (Breach, error) {
	verb, text := r.Verb, r.Text
	permitted := false
	for _, v := range BreachVerbs(x, a) {
		permitted = permitted || v == verb
	}
	if !permitted {
		return x, fault.New(fault.RuleBroken, "inspection.wrong_state")
	}
	if verb == "uphold" && x.State == "served" && now.Before(x.DueAt) {
		return x, fault.New(fault.RuleBroken, "inspection.right_to_reply", x.DueAt)
	}
	if verb != "serve" {
		f := fault.New(fault.Invalid, "inspection.incomplete")
		words(f, "text", text, true)
		if err := f.OrNil(); err != nil {
			return x, err
		}
	}
	switch verb {
	case "serve":
		x.State, x.ServedAt = "served", now
		x.DueAt = s.Law.Rules().Calendar.Due(now, answerWithin, calendar.WorkingDays).Due.UTC()
	case "answer":
		x.State, x.Answer, x.AnsweredAt = "answered", text, now
	case "uphold":
		x.State, x.Ruling, x.RuledAt = "upheld", text, now
	case "strike":
		x.State, x.Ruling, x.RuledAt = "struck", text, now
	}
	return x, nil
}
