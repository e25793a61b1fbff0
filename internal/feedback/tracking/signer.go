package tracking

import (
	"context"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// opens finds whose code was typed beside a number: the one who filed, or
// somebody who signed too. The actor is the zero one for nobody's.
func (s *Service) opens(ctx context.Context, c casework.Case, code string) (access.Actor, error) {
	a := access.Actor{Role: access.Petitioner, CaseID: c.ID}
	if s.Codes.Check(c.No, code) {
		return a, nil
	}
	if s.Signers == nil {
		return access.Actor{}, nil
	}
	seq, err := s.Signers.Check(ctx, c.ID, c.No, code)
	if err != nil || seq == 0 {
		return access.Actor{}, err
	}
	a.Cosigner = seq
	return a, nil
}

// standing tells whether an actor may still see the case: who took the
// signature back may not.
func (s *Service) standing(ctx context.Context, a access.Actor) bool {
	if a.Cosigner == 0 {
		return true
	}
	if s.Signers == nil {
		return false
	}
	ok, _, err := s.Signers.Stands(ctx, a.CaseID, a.Cosigner)
	return ok && err == nil
}

// signed lists the cases that some persons signed beside others.
func (s *Service) signed(ctx context.Context, people []int64) (map[int64]int64, error) {
	if s.Signers == nil || len(people) == 0 {
		return nil, nil
	}
	return s.Signers.Of(ctx, people)
}

// joint tells whether the visitor signed beside the one who filed.
func (v visit) joint() bool { return v.Actor.Cosigner != 0 }

// reserve leaves out of a view what the one who filed told and handed in: a
// signer sees what is asked for, the progress and the reply.
func (v *caseView) reserve() {
	v.Told = Told{Wish: v.Told.Wish}
	v.Served, v.Chain = nil, nil // addressed to the one who filed
	kept := v.Story[:0]
	hidden := map[int64]bool{}
	for _, ch := range v.Story {
		e := ch.Event
		if e.ActorRole == access.Petitioner || onBehalf(e.Verb) {
			ch.Text, ch.Letter, hidden[e.Seq] = "", nil, true
		}
		if e.Verb != casework.Rate {
			kept = append(kept, ch)
		}
	}
	v.Story = kept
	files := v.Files[:0]
	for _, f := range v.Files {
		if !hidden[f.EventSeq] && f.EventSeq > 1 { // 1 is the filing
			files = append(files, f)
		}
	}
	v.Files = files
}

// onBehalf are what staff do for the one who filed, in whose words they are.
func onBehalf(v casework.Verb) bool {
	switch v {
	case casework.Supplement, casework.Withdraw, casework.Contest, casework.Rate, casework.RequestReview, casework.AskRecusal, casework.Urge:
		return true
	}
	return false
}
