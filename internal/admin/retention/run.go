package retention

import (
	"context"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// States of a run.
const (
	Proposed  = "proposed"
	Approved  = "approved" // and being carried out
	Done      = "done"
	Withdrawn = "withdrawn"
)

// proposalLife is how long a proposal waits for the second person.
const proposalLife = 7 * 24 * time.Hour

// Run is one disposal: proposed, approved, carried out.
type Run struct {
	ID          int64
	Version     int64 // of the schedule
	State       string
	Planned     int
	ProposedBy  int64
	ProposedAt  time.Time
	ExpiresAt   time.Time
	DecidedBy   int64
	DecidedAt   time.Time
	WithdrawnBy int64
	Cases       int
	Persons     int
	Spared      int // were due, but not any more when their turn came
	EndedAt     time.Time

	afterAt db.Time
	afterID int64
}

// Expired tells whether nobody approved in time.
func (r Run) Expired(now time.Time) bool { return r.State == Proposed && !r.ExpiresAt.After(now) }

var (
	readers   = []access.Role{access.SystemAdmin, access.SecAdmin, access.AuditAdmin}
	approvers = []access.Role{access.SecAdmin, access.AuditAdmin}
	holders   = []access.Role{access.BureauHead, access.AuditAdmin}
)

// Runs lists the newest runs.
func (s *Service) Runs(ctx context.Context, a access.Actor) ([]Run, error) {
	if !a.Has(readers...) {
		return nil, ErrNotYours
	}
	return runs(ctx, s.DB.Read())
}

// Propose asks for the disposal of what is due now.
func (s *Service) Propose(ctx context.Context, a access.Actor, now time.Time) (Run, error) {
	if !a.Has(access.SystemAdmin) {
		return Run{}, ErrNotYours
	}
	survey, err := s.Survey(ctx, a, now)
	if err != nil {
		return Run{}, err
	}
	if survey.Due == 0 {
		return Run{}, ErrNothing
	}
	r := Run{ID: s.IDs.Next(), Version: survey.Schedule.Version, State: Proposed, Planned: survey.Due, ProposedBy: a.ID, ProposedAt: now, ExpiresAt: now.Add(proposalLife)}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		dropExpired(&b, now)
		insertRun(&b, r)
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.note(ctx, tx, "retention.proposed", r)
	})
	if db.IsUnique(err) {
		return Run{}, ErrOpen
	}
	return r, err
}

func (s *Service) note(ctx context.Context, tx db.Tx, action string, r Run) error {
	return s.Journal.Note(ctx, tx, action, "retention/"+strconv.FormatInt(r.ID, 10), strconv.Itoa(max(r.Planned, r.Cases)))
}

// Approve lets a run be carried out: somebody else than who proposed it, within
// seven days, and under the schedule under which it was proposed.
func (s *Service) Approve(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	if !a.Has(approvers...) {
		return ErrNotYours
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		r, err := runByID(ctx, tx, id)
		if err != nil {
			return err
		}
		inForce, err := schedule(ctx, tx, 0)
		switch {
		case err != nil:
			return err
		case r.State != Proposed || r.Expired(now):
			return ErrOver
		case r.ProposedBy == a.ID:
			return ErrSame
		case r.Version != inForce.Version:
			return ErrChanged
		}
		var b db.Batch
		approve(&b, id, a.ID, now)
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.note(ctx, tx, "retention.approved", r)
	})
}

// Withdraw stops a run: before it was approved altogether, afterwards for the
// cases whose turn has not come.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	if !a.Has(readers...) {
		return ErrNotYours
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		r, err := runByID(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := withdraw(ctx, tx, id, a.ID, now)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrOver
		}
		return s.note(ctx, tx, "retention.withdrawn", r)
	})
}
