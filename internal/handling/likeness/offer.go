package likeness

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Offer is what the public is told of a similar case before filing: what kind
// of matter, where, how far. No number, no word of anybody.
type Offer struct {
	Token    string // names the case for Follow, to who asked with the same words
	Category string // code
	TownID   int64
	State    casework.State
	Outcome  casework.Outcome // of one that was answered
	Since    time.Time
	Days     int // from registration to the answer
	Follow   bool
}

const (
	mostOffers  = 3
	leastPublic = 0.5 // likeness from which on a stranger is told of a case
)

// Offers lists open cases that can be followed and answered ones that show
// what to expect. Confidential cases are never among them, nor what belongs to
// another road than an ordinary request.
func (s *Service) Offers(ctx context.Context, t Text) ([]Offer, error) {
	near, err := s.Alike(ctx, t)
	if err != nil || len(near) == 0 {
		return nil, err
	}
	ids := make([]int64, 0, len(near))
	for _, m := range near {
		if m.Likeness >= leastPublic {
			ids = append(ids, m.CaseID)
		}
	}
	cases, err := s.Cases.ByIDs(ctx, ids)
	var out []Offer
	for _, id := range ids {
		c, ok := cases[id]
		if ok && c.Relation != nil && c.Relation.Kind != casework.AsRevisit || !ok || !public(c) || len(out) == mostOffers {
			continue
		}
		o := Offer{
			Token: s.token(id), Category: c.Category, TownID: town(c), State: c.State, Since: c.RegisteredAt, Follow: c.State.Open(),
		}
		if !c.State.Open() {
			o.Outcome, o.Days = c.Outcome, int(c.ClosedAt.Sub(c.RegisteredAt).Hours()/24)
		}
		out = append(out, o)
	}
	return out, err
}

// public tells whether strangers may learn that there is such a case.
func public(c casework.Case) bool {
	if c.Lane == access.LaneConfidential || c.IsReview() || c.Category == "" || c.Retaliation {
		return false
	}
	return c.State.Open() || c.Outcome == casework.Resolved || c.Outcome == casework.Partly || c.Outcome == casework.Explained
}

func (s *Service) token(caseID int64) string {
	return hex.EncodeToString(s.Keys.Index("likeness/offer", strconv.FormatInt(caseID, 10))[:8])
}

// Follow notes that who filed a case wants it handled together with one that
// was offered for the same words. The bureau decides.
func (s *Service) Follow(ctx context.Context, caseID int64, t Text, token string, now time.Time) error {
	near, err := s.Alike(ctx, t)
	if err != nil {
		return err
	}
	for _, m := range near {
		if m.Likeness >= leastPublic && m.CaseID != caseID && s.token(m.CaseID) == token {
			if err := s.store.putWish(ctx, caseID, m.CaseID, now); err != nil {
				return err
			}
			return s.Count(ctx, "public", Joined, now)
		}
	}
	return nil
}

// town is the lowest government above the place.
func town(c casework.Case) int64 {
	for i := len(c.Areas) - 1; i >= 0; i-- {
		if c.Areas[i] != 0 {
			return c.Areas[i]
		}
	}
	return 0
}
