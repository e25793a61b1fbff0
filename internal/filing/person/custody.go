package person

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// What those who ask for an identity of the confidential lane are told. It is
// the same whether a custodian (身份保管人) refused, has not decided, or the
// permission ran out.
var (
	ErrAsked   = fault.New(fault.RuleBroken, "person.custodian_asked")
	ErrDecided = fault.New(fault.Conflict, "person.request_decided")
)

const (
	permitted  = 24 * time.Hour     // how long a permission holds
	forgotten  = 7 * 24 * time.Hour // after which an undecided request is not shown any more
	mostAsking = 200
)

// Request asks to open an identity of the confidential lane.
type Request struct {
	ID       int64
	PersonID int64
	CaseID   int64
	AskedBy  int64
	Reason   string
	AskedAt  time.Time
}

// custodian tells whether somebody may decide on requests: heads of bureaus and
// inspectors who are cleared for the lane.
func custodian(a access.Actor) bool {
	return a.Signed() && a.Cleared && a.Has(access.BureauHead, access.Inspector)
}

// permit tells whether a custodian let somebody open an identity, and asks the
// custodians where none has been asked.
func (s *Service) permit(ctx context.Context, ask Request) (bool, error) {
	allowed := false
	err := s.store.db.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if allowed, err = hasPermit(ctx, tx, ask); err != nil || allowed {
			return err
		}
		ask.Reason = s.keys.SealText(fmt.Sprintf(askPurpose, ask.ID), ask.Reason)
		return insertRequest(ctx, tx, ask)
	})
	return allowed, err
}

// Waiting lists the requests on which a custodian may decide, oldest first:
// those of others, about cases that the custodian may see.
func (s *Service) Waiting(ctx context.Context, actor access.Actor, now time.Time) ([]Request, error) {
	if !custodian(actor) {
		return nil, ErrNotYours
	}
	all, err := s.waitingRequests(ctx, now.Add(-forgotten))
	if err != nil {
		return nil, fmt.Errorf("requests for identities: %w", err)
	}
	var own []Request
	for _, r := range all {
		sees, err := s.gate.CaseOfPerson(ctx, actor, r.PersonID)
		if err != nil {
			return nil, err
		}
		if sees != 0 && r.AskedBy != actor.ID {
			own = append(own, r)
		}
	}
	return own, nil
}

// Decide lets somebody open an identity for a day, or not. Nobody decides on an
// own request.
func (s *Service) Decide(ctx context.Context, actor access.Actor, id int64, approve bool, now time.Time) error {
	list, err := s.Waiting(ctx, actor, now)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.ID == id {
			err := s.decideRequest(ctx, id, actor.ID, approve, now)
			if errors.Is(err, db.ErrStale) {
				return ErrDecided
			}
			return err
		}
	}
	return ErrDecided
}

// Revealed lists the newest openings of identities for the audit, before an id;
// 0 begins with the newest.
func (s *Service) Revealed(ctx context.Context, actor access.Actor, before int64, limit int) ([]Disclosure, error) {
	if !actor.Has(access.AuditAdmin) {
		return nil, ErrNotYours
	}
	return s.revealed(ctx, before, limit)
}

// SeenBy lists for a petitioner when staff opened the own identity through a
// case, newest first. Pages say the unit, never the name or the reason.
func (s *Service) SeenBy(ctx context.Context, personID, caseID int64) ([]Disclosure, error) {
	list, err := s.disclosures(ctx, personID)
	var out []Disclosure
	for _, d := range list {
		if d.StaffID != 0 && d.CaseID == caseID {
			out = append(out, Disclosure{StaffID: d.StaffID, At: d.At})
		}
	}
	return out, err
}

// fieldList splits "name,phone".
func (d Disclosure) fieldList() []string { return strings.Split(d.Fields, ",") }
