package tracking

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

const (
	codeTime      = 5 * time.Minute
	codeTries     = 5
	resendAfter   = time.Minute
	asksByVisitor = 10
	minePerPage   = 20
)

// AskCode sends a one-time code to a phone that a case was filed with, and
// says nothing about whether there is one. The code is returned in a
// demonstration only.
func (s *Service) AskCode(ctx context.Context, phone, visitor string, now time.Time) (shown string, err error) {
	p, err := mobile(phone)
	if err != nil {
		return "", err
	}
	asker := s.subject("asker", visitor)
	until, err := s.store.lockedUntil(ctx, asker)
	if err != nil {
		return "", err
	}
	if now.Before(until) {
		return "", fault.New(fault.TooMany, "tracking.locked", until).Field("phone", "tracking.locked", until)
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("%06d", n)
	kept, err := s.store.keepCode(ctx, s.phoneIndex(p), s.codeHash(p, code), now)
	if err != nil {
		return "", err
	}
	var b db.Batch
	noteFailure(&b, asker, asksByVisitor, pause, now)
	if err = s.DB.Send(ctx, &b); err != nil {
		return "", err
	}
	if !kept {
		return "", nil // one is on its way: the page says so either way
	}
	if s.Demo {
		return code, nil
	}
	return "", s.deliver(ctx, p, code)
}

// deliver sends only where a case is known, so that nobody can be pestered.
func (s *Service) deliver(ctx context.Context, phone, code string) error {
	people, err := s.People.ByPhoneIndex(ctx, phone)
	if err != nil || len(people) == 0 || s.Sender == nil {
		return err
	}
	if err := s.Sender.SendCode(ctx, phone, code); err != nil {
		return fault.New(fault.Unavailable, "tracking.not_sent").Because(err)
	}
	return nil
}

// ProvePhone tells whether the code is the one last sent to the phone, and
// gives the phone in normal form. A code works once.
func (s *Service) ProvePhone(ctx context.Context, phone, code string, now time.Time) (string, error) {
	p, err := mobile(phone)
	if err != nil {
		return "", err
	}
	right, err := s.store.tryCode(ctx, s.phoneIndex(p), s.codeHash(p, digits(code)), codeTries, now)
	if err != nil {
		return "", err
	}
	if !right {
		return "", fault.New(fault.Invalid, "tracking.refused").Field("code", "tracking.code_wrong", codeTries)
	}
	return p, nil
}

// mobile reads a number that can be sent a code.
func mobile(text string) (string, error) {
	p, err := identity.ParsePhone(text)
	if err == nil && p.Kind == identity.Mobile {
		return p.Number, nil
	}
	bad := fault.New(fault.Invalid, "tracking.refused")
	var problem *identity.Problem
	if errors.As(err, &problem) {
		return "", bad.Field("phone", problem.ID, problem.Args...)
	}
	return "", bad.Field("phone", "tracking.mobile_only")
}

func digits(s string) string {
	return string(slices.DeleteFunc([]rune(identity.Narrow(s)), func(r rune) bool { return r < '0' || r > '9' }))
}

func (s *Service) phoneIndex(phone string) []byte { return s.Keys.Index("tracking/phone", phone) }

func (s *Service) codeHash(phone, code string) []byte {
	return s.Keys.Index("tracking/code", phone+" "+code)
}

// mine lists a page of the cases filed with a phone and tells whether there
// are more.
func (s *Service) mine(ctx context.Context, phone string, before int64) ([]own, bool, error) {
	people, err := s.People.ByPhoneIndex(ctx, phone)
	if err != nil {
		return nil, false, err
	}
	list, err := s.store.ownCases(ctx, people, before, minePerPage+1)
	if err != nil {
		return nil, false, err
	}
	if list, err = s.withSigned(ctx, list, people, before); err != nil || len(list) <= minePerPage {
		return list, false, err
	}
	return list[:minePerPage], true, nil
}

// withSigned adds what the persons signed beside others, newest first.
func (s *Service) withSigned(ctx context.Context, list []own, people []int64, before int64) ([]own, error) {
	signed, err := s.signed(ctx, people)
	if err != nil || len(signed) == 0 {
		return list, err
	}
	more, err := s.store.casesByID(ctx, slices.Sorted(maps.Keys(signed)), before, minePerPage+1)
	for _, o := range more {
		if !slices.ContainsFunc(list, func(x own) bool { return x.ID == o.ID }) {
			o.Joint = true
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b own) int { return cmp.Compare(b.ID, a.ID) })
	return list, err
}

// ownedBy finds a case that was filed or signed with a phone, outside the
// confidential lane.
func (s *Service) ownedBy(ctx context.Context, phone, no string) (casework.Case, access.Actor, bool) {
	c, err := s.Cases.Case(ctx, program, no)
	if err != nil || c.Lane != access.LaneOpen {
		return casework.Case{}, access.Actor{}, false
	}
	people, err := s.People.ByPhoneIndex(ctx, phone)
	if err != nil {
		return casework.Case{}, access.Actor{}, false
	}
	a := access.Actor{Role: access.Petitioner, CaseID: c.ID}
	if c.PetitionerID != 0 && slices.Contains(people, c.PetitionerID) {
		return c, a, true
	}
	signed, err := s.signed(ctx, people)
	a.Cosigner = signed[c.ID]
	return c, a, err == nil && a.Cosigner != 0
}
