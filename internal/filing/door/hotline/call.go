package hotline

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Call gives a call to who works with calls.
func (s *Service) Call(ctx context.Context, a access.Actor, id int64) (Call, error) {
	if !a.Has(takers...) {
		return Call{}, ErrNotFound
	}
	return s.store.byID(ctx, s.DB.Read(), id)
}

// Hears tells whether the actor may hear and read what was said: anybody at the
// hotline while nothing was registered, after that who may see the case.
func (s *Service) Hears(ctx context.Context, a access.Actor, c Call) (Words, bool, error) {
	if c.CaseID == 0 {
		return Words{}, true, nil
	}
	w, err := s.Cases.Words(ctx, a, c.CaseNo)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return Words{}, false, nil
	}
	return w, err == nil, err
}

// Settling is what an operator says became of a call.
type Settling struct {
	Outcome Outcome
	Note    string
}

const longestNote = 500

// Settle writes what became of a call that needs no case. A case comes through
// registration alone, and stays.
func (s *Service) Settle(ctx context.Context, a access.Actor, id int64, st Settling) error {
	f := fault.New(errEvent.Kind, "hotline.incomplete")
	if st.Outcome != Answered && st.Outcome != Nothing && st.Outcome != Open {
		f.Field("outcome", "hotline.choose")
	}
	st.Note = strings.TrimSpace(st.Note)
	switch n := utf8.RuneCountInString(st.Note); {
	case n > longestNote:
		f.Field("note", "hotline.too_long", longestNote)
	case n == 0 && st.Outcome == Answered:
		f.Field("note", "hotline.what_answered")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	return s.change(ctx, a, id, func(c Call) (Call, error) {
		if c.CaseID != 0 {
			return c, errDone
		}
		c.Outcome, c.note = st.Outcome, nil
		if st.Note != "" {
			c.note = s.Keys.Seal(purpose(id, "note"), []byte(st.Note))
		}
		if c.StaffID == 0 {
			c.StaffID = a.ID
		}
		return c, nil
	})
}

// ReadBack notes that what was registered was read to the caller, who agreed
// (读回确认).
func (s *Service) ReadBack(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return s.change(ctx, a, id, func(c Call) (Call, error) {
		if c.CaseID == 0 {
			return c, errEarly
		}
		if c.ReadBackAt.IsZero() {
			c.ReadBackAt, c.ReadBackBy = now, a.ID
		}
		return c, nil
	})
}

func (s *Service) change(ctx context.Context, a access.Actor, id int64, how func(Call) (Call, error)) error {
	if !a.Has(takers...) {
		return ErrNotFound
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		c, err := s.store.locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if c, err = how(c); err != nil {
			return err
		}
		var b db.Batch
		settle(&b, c)
		return tx.Send(ctx, &b)
	})
}

// The link to the registration form names the call and who opened it; the
// caller's number stands in no address.
const (
	linkPurpose = "hotline/register"
	linkLife    = 4 * time.Hour
)

// Link makes the token of a call for the registration form.
func (s *Service) Link(a access.Actor, c Call, now time.Time) string {
	return s.Keys.Sign(linkPurpose, number(c.ID)+" "+number(a.ID), now.Add(linkLife))
}

func (s *Service) linked(ctx context.Context, a access.Actor, token string, now time.Time) (Call, error) {
	payload, ok := s.Keys.Signed(linkPurpose, token, now)
	call, staff, _ := strings.Cut(payload, " ")
	id, err := strconv.ParseInt(call, 10, 64)
	if !ok || err != nil || staff != number(a.ID) {
		return Call{}, errLink
	}
	return s.Call(ctx, a, id)
}

// Begin gives what the registration form should hold for the call of a token:
// the caller's number and the key under which it is registered once.
func (s *Service) Begin(ctx context.Context, a access.Actor, token string, now time.Time) (phone, key string, err error) {
	c, err := s.linked(ctx, a, token, now)
	if err != nil {
		return "", "", err
	}
	return s.phone(c), "hotline:" + number(c.ID), nil
}

// Registered ties the case to its call and gives the page where it is read
// back. Once more changes nothing.
func (s *Service) Registered(ctx context.Context, a access.Actor, token, no string, now time.Time) (string, error) {
	c, err := s.linked(ctx, a, token, now)
	if err != nil {
		return "", err
	}
	caseID, err := s.Cases.CaseID(ctx, no)
	if err != nil {
		return "", err
	}
	return pathOf(c.ID), s.change(ctx, a, c.ID, func(c Call) (Call, error) {
		if c.CaseID != 0 {
			return c, nil
		}
		c.Outcome, c.CaseID, c.CaseNo = Filed, caseID, no
		if c.StaffID == 0 {
			c.StaffID = a.ID
		}
		return c, nil
	})
}

const base = "/desk/calls"

func pathOf(id int64) string { return base + "/" + number(id) }

// OfCase lists the calls of a case, for whoever may see the case.
func (s *Service) OfCase(ctx context.Context, caseID int64) ([]Call, error) {
	return s.store.ofCase(ctx, caseID)
}
