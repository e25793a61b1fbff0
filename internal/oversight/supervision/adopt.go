package supervision

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Whoever supervises or instructs on the page of a case, not here, has asked a
// unit for an answer all the same: the event becomes a directive, and the
// answer on the case's timeline becomes its answer. What was told from here
// carries our key and is passed over.

// spoken is an event of a case that a directive must take up.
type spoken struct {
	eventID int64
	c       casework.Case
	verb    casework.Verb
	at      time.Time
	actor   access.Actor
	data    casework.Data
}

// adopted are the events that are taken up.
var adopted = []string{"case.supervised", "case.instructed", "case.feedback_given", "case.instruction_answered"}

func (s *Service) adopt(ctx context.Context, tx db.Tx, eventIDs []any) error {
	list, err := s.store.spoken(ctx, tx, s.Words, eventIDs)
	if err != nil {
		return err
	}
	for _, x := range list {
		kind, opens := Supervise, x.verb == casework.Supervise || x.verb == casework.Instruct
		if x.verb == casework.Instruct || x.verb == casework.AnswerInstruct {
			kind = Instruct
		}
		if opens {
			err = s.takeUp(ctx, tx, kind, x)
		} else {
			err = s.takeAnswer(ctx, tx, kind, x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeUp makes a directive of what was said on the case's page.
func (s *Service) takeUp(ctx context.Context, tx db.Tx, kind Kind, x spoken) error {
	l := s.lengths()
	d := Directive{
		ID: s.IDs.Next(), Kind: kind, Variant: "online", State: Served, Version: 1, CaseID: x.c.ID, CaseNo: x.c.No, OnClock: true,
		Areas: x.c.Areas, UnitID: x.c.OwnerUnitID, FromUnitID: x.actor.UnitID, IssuedBy: x.actor.ID,
		Title: short(x.c.Title), Text: x.data.Text, Facts: x.data.Reason, Days: x.data.Days, OpenedAt: x.at, LastAt: x.at,
	}
	if kind == Instruct {
		d.Variant = "on_case"
		if x.actor.Role == access.Leader {
			d.LeaderID, d.LeaderName = x.actor.ID, s.nameOf(ctx, x.actor.ID)
		}
	}
	if d.Days < 1 {
		d.Days = l.Default[kind]
	}
	d.DueAt = l.answerDue(x.at, d.Days)
	e := Entry{ID: s.IDs.Next(), Seq: 1, Verb: Open, At: x.at, State: Served, Actor: x.actor, Text: d.Text, Detail: Detail{Days: d.Days}}
	var b db.Batch
	insertDirective(&b, d)
	insertEntry(&b, d.ID, e, "")
	announce(&b, e.ID, "opened", d.ID, x.at)
	return tx.Send(ctx, &b)
}

func (s *Service) nameOf(ctx context.Context, leaderID int64) string {
	list, err := s.Staff.Colleagues(ctx)
	if err != nil {
		return ""
	}
	for _, c := range list {
		if c.ID == leaderID {
			return c.Name
		}
	}
	return ""
}

// takeAnswer gives an answer from the case's page to the oldest directive of
// the kind that waits for one from this unit.
func (s *Service) takeAnswer(ctx context.Context, tx db.Tx, kind Kind, x spoken) error {
	d, err := s.store.waiting(ctx, tx, x.c.ID, kind, x.actor.UnitID)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	after, e, err := decide(d, Act{Verb: Answer, Actor: x.actor, Text: x.data.Text}, x.at, s.lengths())
	if fault.KindOf(err) != fault.Internal {
		return nil // answered here meanwhile
	}
	if err != nil {
		return err
	}
	e.ID, e.Tell = s.IDs.Next(), ""
	var b db.Batch
	updateDirective(&b, d.Version, after)
	insertEntry(&b, d.ID, e, "")
	announce(&b, e.ID, string(Answer), d.ID, x.at)
	return tx.Send(ctx, &b)
}
