package likeness

import (
	"context"
	"errors"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Group is one matter with all that belongs to it, as far as the actor may see
// it: a view, nothing is merged.
type Group struct {
	Master  casework.Case
	Members []casework.Case // with the master, oldest first
	Moments []Moment        // oldest first
	Promise Promise
}

// Moment is something that arrived or went out, of one of the cases.
type Moment struct {
	No      string
	Kind    casework.EventKind
	Channel casework.Channel // of an arrival
	At      time.Time
}

// Promise is how calls that were promised on the matter stand.
type Promise struct {
	Due        time.Time // of the open one
	Kept, Late int
}

const mostMembers = 100

// told are the events that make the file of a matter: what came in, what was
// promised, what went out.
var told = []casework.Verb{
	casework.Register, casework.Supplement, casework.Urge, casework.Cosign, casework.Contest, casework.RequestReview, casework.Relate, casework.Unrelate,
	casework.PromiseCallback, casework.CallBack, casework.Accept, casework.Decline, casework.Divert, casework.Serve, casework.Reply,
	casework.ShareReply, casework.ConcludeCase, casework.Rate,
}

// Group reads the matter that a case belongs to. Of a case that is related to
// nothing it is the case alone.
func (s *Service) Group(ctx context.Context, a access.Actor, c casework.Case) (Group, error) {
	g := Group{Master: c}
	scope := access.Visible(a)
	if c.Relation != nil {
		found, err := s.Cases.ByIDs(ctx, []int64{c.Relation.ID})
		if err != nil {
			return g, err
		}
		if m, ok := found[c.Relation.ID]; ok && scope.Sees(m.Facts()) {
			g.Master = m
		}
	}
	ids, err := s.store.followers(ctx, s.DB.Read(), g.Master.ID)
	if err != nil {
		return g, err
	}
	cases, err := s.Cases.ByIDs(ctx, append(ids, g.Master.ID, c.ID))
	if err != nil {
		return g, err
	}
	for _, m := range cases {
		if scope.Sees(m.Facts()) {
			g.Members = append(g.Members, m)
		}
	}
	slices.SortFunc(g.Members, func(a, b casework.Case) int { return a.RegisteredAt.Compare(b.RegisteredAt) })
	for _, m := range g.Members {
		_, events, err := s.Cases.Story(ctx, s.DB.Read(), m.ID)
		if err != nil {
			return g, err
		}
		for _, e := range events {
			if slices.Contains(told, e.Verb) {
				g.Moments = append(g.Moments, Moment{No: m.No, Kind: e.Kind, Channel: e.Data.Channel, At: e.At})
			}
		}
	}
	slices.SortStableFunc(g.Moments, func(a, b Moment) int { return a.At.Compare(b.At) })
	g.Promise = promise(g.Master)
	return g, nil
}

// promise reads the promised calls of a case.
func promise(c casework.Case) (p Promise) {
	for _, o := range c.Obligations {
		switch {
		case o.Clock != casework.Callback:
		case o.Open():
			p.Due = o.DueAt
		case o.Kept && o.ClosedAt.Before(o.DueAt):
			p.Kept++
		case o.Kept || !o.LapsedAt.IsZero():
			p.Late++
		}
	}
	return p
}

// Channels lists by which doors the matter came, each once.
func (g Group) Channels() []casework.Channel {
	var out []casework.Channel
	for _, m := range g.Members {
		if !slices.Contains(out, m.Channel) {
			out = append(out, m.Channel)
		}
	}
	return out
}

// ForCase opens the group of a case by its number.
func (s *Service) ForCase(ctx context.Context, a access.Actor, no string) (casework.Case, Group, error) {
	c, err := s.Cases.Case(ctx, a, no)
	if err != nil {
		return c, Group{}, err
	}
	g, err := s.Group(ctx, a, c)
	return c, g, err
}

// Wish gives the case that a petitioner asked to be handled together with, if
// the actor may see it.
func (s *Service) Wish(ctx context.Context, a access.Actor, caseID int64) (casework.Case, bool, error) {
	id, err := s.store.wish(ctx, s.DB.Read(), caseID)
	if errors.Is(err, db.ErrNoRows) {
		return casework.Case{}, false, nil
	}
	if err != nil {
		return casework.Case{}, false, err
	}
	found, err := s.Cases.ByIDs(ctx, []int64{id})
	c, ok := found[id]
	return c, ok && access.Visible(a).Sees(c.Facts()), err
}
