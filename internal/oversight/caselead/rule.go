package caselead

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Rule gives cases to a leader by area, category and urgency; an empty field
// matches everything.
type Rule struct {
	ID         int64
	LeaderID   int64
	LeaderName string
	AreaID     int64
	Category   string // a major or a sub-category
	Urgency    casework.Urgency
	MadeAt     time.Time
	EndedAt    time.Time
}

// matches tells whether a rule takes a case.
func (r Rule) matches(c casework.Case) bool {
	switch {
	case r.AreaID != 0 && !slices.Contains(c.Areas[:], r.AreaID):
		return false
	case r.Urgency != "" && c.Urgency != r.Urgency:
		return false
	case len(r.Category) == 2:
		return len(c.Category) >= 2 && c.Category[:2] == r.Category
	case r.Category != "":
		return c.Category == r.Category
	}
	return true
}

// narrowness ranks rules: the more a rule says, the earlier it decides.
func (r Rule) narrowness() int {
	n := len(r.Category)
	if r.AreaID != 0 {
		n += 10
	}
	if r.Urgency != "" {
		n++
	}
	return n
}

// choose gives the narrowest rule that takes a case; the older one of equals.
// Confidential cases are taken by none.
func choose(rules []Rule, c casework.Case) (Rule, bool) {
	if c.Lane != access.LaneOpen {
		return Rule{}, false
	}
	var best Rule
	for _, r := range rules {
		if r.matches(c) && (best.ID == 0 || r.narrowness() > best.narrowness()) {
			best = r
		}
	}
	return best, best.ID != 0
}

// Rules lists the rules in force, oldest first.
func (s *Service) Rules(ctx context.Context, a access.Actor) ([]Rule, error) {
	if !a.Has(readers...) {
		return nil, ErrDenied
	}
	return s.store.rules(ctx, s.DB.Read())
}

// AddRule adds a rule within the actor's jurisdiction. One that says nothing
// would take every case and is refused.
func (s *Service) AddRule(ctx context.Context, a access.Actor, r Rule, now time.Time) error {
	if !a.Has(givers...) {
		return ErrDenied
	}
	f := fault.New(fault.Invalid, "caselead.incomplete")
	leader, ok := s.leader(ctx, r.LeaderID)
	if !ok {
		f.Field("leader", "caselead.leader_unknown")
	}
	if r.AreaID == 0 {
		r.AreaID = a.AreaID
	}
	if u, ok := s.Units.Unit(r.AreaID); !ok || u.Area != u.ID || !slices.Contains(u.Areas, a.AreaID) {
		f.Field("area", "caselead.choose")
	}
	if c, ok := s.Categories.Category(r.Category); r.Category != "" && (!ok || !c.Active) {
		f.Field("category", "caselead.choose")
	}
	if r.Urgency != "" && !slices.Contains(casework.Urgencies, r.Urgency) {
		f.Field("urgency", "caselead.choose")
	}
	if r.Category == "" && r.Urgency == "" && r.AreaID == a.AreaID {
		f.Field("category", "caselead.too_wide")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	r.ID, r.LeaderName, r.MadeAt = s.IDs.Next(), leader.Name, now
	var b db.Batch
	insertRule(&b, r)
	return s.DB.Send(ctx, &b)
}

// EndRule ends a rule; what it gave stays given.
func (s *Service) EndRule(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	rules, err := s.Rules(ctx, a)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	if at < 0 || !a.Has(givers...) {
		return ErrNotFound
	}
	if u, _ := s.Units.Unit(rules[at].AreaID); !slices.Contains(u.Areas, a.AreaID) {
		return ErrNotFound
	}
	var b db.Batch
	b.Expect(1, endRule, id, db.At(now))
	return stale(s.DB.Send(ctx, &b))
}

// apply gives cases by the rules, once each; a case that was led before is not
// given by a rule again.
func (s *Service) apply(ctx context.Context, tx db.Tx, caseIDs []any) error {
	rules, err := s.store.rules(ctx, tx)
	if err != nil || len(rules) == 0 {
		return err
	}
	cases, err := s.store.unled(ctx, tx, caseIDs)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	var b db.Batch
	for _, c := range cases {
		r, ok := choose(rules, c)
		if !ok {
			continue
		}
		l := s.led(c, access.Actor{ID: r.LeaderID, Name: r.LeaderName}, now)
		l.RuleID = r.ID
		insertLed(&b, l)
		insertEntry(&b, l.ID, Entry{ID: s.IDs.Next(), Verb: "take", At: now}, 0, "")
		announce(&b, s.IDs.Next(), "taken", l.ID, now)
	}
	return tx.Send(ctx, &b)
}
