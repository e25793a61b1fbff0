package procedure

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Matters keeps what people say in their own words. Procedure tells it what
// was said when one case begins another.
type Matters interface {
	// Carry gives a new case the place of an old one, and words of its own.
	Carry(ctx context.Context, b *db.Batch, from, to casework.Case, words string) error
}

// follow adds to a batch what one step asks of other cases, in the same unit
// of work: a review begins as a case of its own, and its end is noted on the
// case that it looked at.
func (s *Service) follow(ctx context.Context, tx db.Tx, b *db.Batch, after casework.Case, a casework.Action) error {
	if !after.IsReview() || !endsReview(a.Verb) {
		return nil
	}
	note := casework.Data{Stage: after.Stage, Decision: after.Decision, LinkedID: after.ID, LinkedNo: after.No}
	if a.Verb != casework.Serve {
		note.Decision = casework.Undecidedly
	}
	looked := []int64{after.ParentID}
	if after.RootID != after.ParentID && after.RootID != 0 {
		looked = append(looked, after.RootID)
	}
	for _, id := range looked {
		before, err := s.loadID(ctx, tx, id, s.db.Dialect().ForUpdate())
		if err != nil {
			return fmt.Errorf("procedure: the case reviewed by %s: %w", after.No, err)
		}
		if _, err := s.Prepare(b, before, casework.Action{No: before.No, Verb: casework.NoteReview, Actor: program, Data: note, Now: a.Now}); err != nil {
			return err
		}
	}
	return nil
}

func endsReview(v casework.Verb) bool {
	return slices.Contains([]casework.Verb{casework.Serve, casework.Decline, casework.Withdraw, casework.End}, v)
}

// begins adds the review or recheck that a request opens, one level up
// (Art. 35–36), and lets the request name it.
func (s *Service) begins(ctx context.Context, b *db.Batch, before casework.Case, a *casework.Action) error {
	if a.Verb != casework.RequestReview || casework.Refused(before, a.Actor, a.Verb, a.Now, s.Rules()) != nil {
		return nil
	}
	stage, root := casework.Review, before.ID
	if before.Stage == casework.Review {
		stage, root = casework.Recheck, before.RootID
	}
	bureau := before.UpperBureauID
	if s.KeptFrom(before, bureau) {
		bureau = s.upper(bureau) // not to whom the case accuses
	}
	if bureau == 0 {
		bureau = before.BureauID // the highest level here reviews itself, with other people
	}
	channel := before.Channel
	if a.Actor.Role == access.Petitioner {
		channel = casework.Web
	}
	child, events, err := s.begin(ctx, casework.Registration{Actor: a.Actor, Now: a.Now, Data: casework.Data{
		Title: before.Title, Channel: channel, PetitionerID: before.PetitionerID, Areas: before.Areas, BureauID: bureau,
		Category: before.Category, Nature: before.Nature, Urgency: before.Urgency, Lane: before.Lane, BarredUnitID: before.BarredUnitID,
		Stage: stage, ParentID: before.ID, RootID: root, Of: before.No, People: before.People,
		Staff: slices.Concat(before.Handlers, before.Recused), Retaliation: before.Retaliation,
	}})
	if err != nil {
		return err
	}
	ids, err := s.insert(b, child, events, "")
	if err != nil {
		return err
	}
	announce(b, ids, events)
	if s.matters != nil {
		if err := s.matters.Carry(ctx, b, before, child, a.Data.Reason); err != nil {
			return err
		}
	}
	a.Data.LinkedID, a.Data.LinkedNo = child.ID, child.No
	return nil
}

// upper is the bureau one level above a bureau; 0 at the top.
func (s *Service) upper(bureauID int64) int64 {
	u, ok := s.units.Unit(bureauID)
	if !ok || len(u.Areas) < 2 {
		return 0
	}
	above, _ := s.units.Unit(u.Areas[len(u.Areas)-2])
	return above.BureauID
}

// linked finds the finalised case that a refusal names.
func (s *Service) linked(ctx context.Context, q db.Queryer, d *casework.Data) error {
	if !d.Again || d.LinkedNo == "" {
		return nil
	}
	unknown := fault.New(fault.Invalid, "procedure.incomplete").Field("linked", "procedure.not_finalised")
	no, ok := casework.CheckNumber(d.LinkedNo)
	if !ok {
		return unknown
	}
	c, err := s.load(ctx, q, no, "")
	if errors.Is(err, db.ErrNoRows) || err == nil && !c.Finalised {
		return unknown
	}
	d.LinkedNo, d.LinkedID = no, c.ID
	return err
}
