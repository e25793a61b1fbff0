package sameness

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// sees tells whether an actor may look at a pair: at each of the two through a
// case.
func (s *Service) sees(ctx context.Context, a access.Actor, l Link) (bool, error) {
	for _, id := range [2]int64{l.Low, l.High} {
		caseID, err := s.Cases.CaseOfPerson(ctx, a, id)
		if err != nil || caseID == 0 {
			return false, err
		}
	}
	return true, nil
}

// Link opens a pair, with what was decided about it, oldest first.
func (s *Service) Link(ctx context.Context, a access.Actor, id int64) (Link, []Note, error) {
	l, err := s.store.link(ctx, s.DB.Read(), id)
	if errors.Is(err, db.ErrNoRows) {
		return l, nil, ErrNotFound
	}
	if err != nil {
		return l, nil, err
	}
	if ok, err := s.sees(ctx, a, l); err != nil || !ok {
		if err != nil {
			return l, nil, err
		}
		return Link{}, nil, ErrNotFound
	}
	notes, err := s.store.notes(ctx, id)
	return l, notes, err
}

const (
	mostListed = 50  // on a page
	mostRead   = 400 // looked through for it
)

// Links lists pairs in a state that the actor may look at: tasks oldest first,
// what was decided newest first.
func (s *Service) Links(ctx context.Context, a access.Actor, state State) ([]Link, error) {
	list, err := s.store.links(ctx, state)
	if err != nil {
		return nil, err
	}
	var out []Link
	for _, l := range list {
		ok, err := s.sees(ctx, a, l)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, l)
		}
		if len(out) == mostListed {
			break
		}
	}
	return out, nil
}

// OfPerson lists the links of a person that hold, for who may see both ends.
func (s *Service) OfPerson(ctx context.Context, a access.Actor, personID int64) ([]Link, error) {
	list, err := s.store.ofPerson(ctx, s.DB.Read(), personID)
	var out []Link
	for _, l := range list {
		ok, err := s.sees(ctx, a, l)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, l)
		}
	}
	return out, err
}

const longestReason = 500

// Verdict is what somebody finds of a pair.
type Verdict struct {
	State  State // Same or Apart
	Reason string
}

// Decide says that two records are of one person, or of two. It also undoes:
// what was linked can be parted, and what was parted linked, at any time.
func (s *Service) Decide(ctx context.Context, a access.Actor, id int64, v Verdict, now time.Time) (Link, error) {
	l, _, err := s.Link(ctx, a, id)
	if err != nil {
		return l, err
	}
	f := fault.New(fault.Invalid, "sameness.invalid")
	to, reason := v.State, strings.TrimSpace(v.Reason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		f.Field("reason", "sameness.reason_missing")
	case n > longestReason:
		f.Field("reason", "sameness.reason_long", longestReason)
	}
	if to != Same && to != Apart {
		f.Field("decision", "sameness.choose")
	}
	if err := f.OrNil(); err != nil {
		return l, err
	}
	if l.State == to && !l.Auto {
		return l, nil
	}
	what := string(to)
	if l.State == Same && to == Apart {
		what = "undone"
	}
	before := l.Version
	l.State, l.Auto, l.DecidedAt, l.Version = to, false, now, before+1
	var b db.Batch
	update(&b, before, l)
	note(&b, noteRow{s.IDs.Next(), l.ID, Note{What: what, Reason: reason, StaffName: a.Name, At: now}, a.ID})
	if err := s.DB.Send(ctx, &b); errors.Is(err, db.ErrStale) {
		return l, errStale
	} else if err != nil {
		return l, err
	}
	return l, nil
}
