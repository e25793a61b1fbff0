package supervision

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Candidate is a trigger that waits for a person's decision.
type Candidate struct {
	ID          int64
	CaseID      int64
	CaseNo      string
	CaseTitle   string
	Lane        access.Lane
	Cause       conduct.Cause
	UnitID      int64
	Seqs        []int64
	FoundAt     time.Time
	State       string // open, opened, dismissed
	Reason      string
	DecidedAt   time.Time
	DirectiveID int64

	last int64
}

// CandidateQuery asks for a page of candidates, newest first.
type CandidateQuery struct {
	State  string // "open" unless said
	Cause  conduct.Cause
	UnitID int64
	After  int64
	Limit  int
}

func (q CandidateQuery) where(a access.Actor) where {
	w := sight(a)
	if !watches(a) {
		w.and("FALSE") // who is watched is not told what may come
	}
	w.and("x.unit_id <> ?", a.UnitID)
	if q.State == "" {
		q.State = "open"
	}
	w.and("x.state = ?", q.State)
	if q.Cause != "" {
		w.and("x.cause = ?", string(q.Cause))
	}
	if q.UnitID != 0 {
		w.and("x.unit_id = ?", q.UnitID)
	}
	return w
}

// Candidates gives a page; next is the key of the next page, 0 on the last.
func (s *Service) Candidates(ctx context.Context, a access.Actor, q CandidateQuery) (list []Candidate, next int64, err error) {
	w := q.where(a)
	if q.After != 0 {
		w.and("x.id < ?", q.After)
	}
	limit := pageOf(q.Limit)
	list, err = s.store.candidates(ctx, s.DB.Read(), w, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// Candidate reads one with the events that are its evidence.
func (s *Service) Candidate(ctx context.Context, a access.Actor, id int64) (Candidate, []conduct.Evidence, error) {
	c, err := s.store.candidate(ctx, s.DB.Read(), a, id)
	if err == nil && (!watches(a) || c.UnitID == a.UnitID) {
		err = ErrNotFound
	}
	if err != nil {
		return c, nil, err
	}
	events, err := s.Cases.History(ctx, c.CaseID)
	return c, conduct.EvidenceOf(events, c.Seqs), err
}

// Dismiss decides that a candidate is none, and says why.
func (s *Service) Dismiss(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) error {
	c, _, err := s.Candidate(ctx, a, id)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if c.State == "dismissed" && c.Reason == reason {
		return nil // the same request again
	}
	f := fault.New(fault.Invalid, "supervision.incomplete")
	words(f, "reason", reason, true)
	if err := f.OrNil(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return s.store.decideCandidate(ctx, tx, decision{id: id, state: "dismissed", reason: reason, by: a.ID, at: now})
	})
}

const lookBatch = 100

// Look reads the cases in which something happened and keeps the candidates up
// to date. It may be interrupted anywhere and run again.
func (s *Service) Look(ctx context.Context) error {
	for {
		list, err := s.store.glances(ctx, s.DB.Read(), lookBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		var b db.Batch
		for _, g := range list {
			if err := s.lookAt(ctx, &b, g, s.Clock.Now()); err != nil {
				// One case that cannot be read must not hide the others.
				s.Log.ErrorContext(ctx, "supervision could not look at a case", slog.Int64("case", g.caseID), slog.String("error", err.Error()))
				continue
			}
			looked(&b, g)
		}
		if b.Len() == 0 {
			return nil
		}
		if err := s.DB.Send(ctx, &b); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil || len(list) < lookBatch {
			return err
		}
	}
}

// lookAt draws one case's triggers, and lets the record see the case too.
func (s *Service) lookAt(ctx context.Context, b *db.Batch, g glance, now time.Time) error {
	c, err := s.Cases.Case(ctx, access.Actor{Role: access.System}, g.no)
	if err != nil {
		return err
	}
	events, err := s.Cases.History(ctx, g.caseID)
	if err != nil {
		return err
	}
	if s.Record != nil {
		s.Record(b, c, events)
	}
	return s.propose(ctx, b, c, conduct.Triggers(c, events, now), now)
}

// propose adds what is new, and lets an open candidate grow. What was decided
// comes back only when more has happened since.
func (s *Service) propose(ctx context.Context, b *db.Batch, c casework.Case, found []conduct.Trigger, now time.Time) error {
	if len(found) == 0 {
		return nil
	}
	known, err := s.store.newest(ctx, s.DB.Read(), c.ID)
	if err != nil {
		return err
	}
	for _, t := range found {
		old, ok := find(known, t)
		switch {
		case !ok || old.State != "open" && t.Last() > old.last:
			addCandidate(b, s.IDs.Next(), c, t, now)
		case old.State == "open" && len(t.Seqs) != len(old.Seqs):
			growCandidate(b, old.ID, t)
		}
	}
	return nil
}

func find(list []Candidate, t conduct.Trigger) (Candidate, bool) {
	for _, c := range list {
		if c.Cause == t.Cause && c.UnitID == t.UnitID {
			return c, true
		}
	}
	return Candidate{}, false
}
