package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xinqiao/internal/app/demo"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document"
)

// lettered is how many cases of the city have their papers.
const lettered = 6

// papers makes the documents of a few cases, newest first: the notice of
// acceptance and the opinion, signed off, sealed and served. The last one is
// left as a draft, and the one before it waits for its seal.
func (r *replay) papers(ctx context.Context, p *progress) error {
	done := 0
	for i := len(r.script.Cases) - 1; i >= 0 && done < lettered; i-- {
		c := r.script.Cases[i]
		accepted, approved, served := find(c, casework.Accept), find(c, casework.Approve), find(c, casework.Serve)
		if c.Of != 0 || c.Persons > 1 || accepted == nil || approved == nil || served == nil || approved.Actor.UnitID != served.Actor.UnitID {
			continue
		}
		done++
		for _, kind := range []string{"D02", "D11"} {
			at := served.At
			if kind == "D02" {
				at = accepted.At
			}
			if err := r.letter(ctx, r.cases[i], letter{kind, at, served.Actor, approved.Actor, done}); err != nil {
				return fmt.Errorf("%s of case %d: %w", kind, c.ID, err)
			}
		}
	}
	p.add(lettered)
	return nil
}

// find gives a case's last step of a verb.
func find(c demo.Case, v casework.Verb) *demo.Step {
	for i := len(c.Steps) - 1; i > 0; i-- {
		if c.Steps[i].Verb == v {
			return &c.Steps[i]
		}
	}
	return nil
}

// letter is a paper to be made by two people of a unit.
type letter struct {
	kind          string
	at            time.Time
	handler, head access.Actor
	n             int
}

func (r *replay) letter(ctx context.Context, c casework.Case, l letter) error {
	handler, head := r.actor(l.handler, c), r.actor(l.head, c)
	unit, _ := r.Units.Unit(head.UnitID)
	err := r.Documents.SaveIssuer(ctx, head, document.Issuer{
		Address: unit.NameZH + "信访接待室", Contact: handler.Name, Phone: fmt.Sprintf("12345转%d", 800+l.handler.UnitID),
	}, nil, l.at)
	if err != nil {
		return err
	}
	d, err := r.Documents.Make(ctx, handler, document.Wanted{CaseNo: c.No, Kind: l.kind}, l.at)
	if err != nil || l.n == lettered {
		return err
	}
	_, err = r.Documents.Approve(ctx, head, d.ID, l.at.Add(10*time.Minute))
	if errors.Is(err, document.ErrBlanks) {
		return nil // a paper with blanks stays a draft for who fills them
	}
	if err != nil || l.n == lettered-1 {
		return err
	}
	if _, err = r.Documents.Seal(ctx, head, d.ID, l.at.Add(20*time.Minute)); err != nil {
		return err
	}
	_, err = r.Documents.Serve(ctx, handler, d.ID, document.Receipt{Method: document.Electronic, At: l.at.Add(30 * time.Minute)}, l.at.Add(30*time.Minute))
	return err
}

// reachable gives those whose logins are printed an address, so that what they
// would be reminded of shows in the outbox. Nobody has these numbers.
func (r *replay) reachable(ctx context.Context, _ *progress) error {
	for i, st := range r.script.Staff {
		if !st.Featured {
			continue
		}
		me := access.With(ctx, r.actor(st.Actor, casework.Case{}))
		err := r.Notify.SetMine(me, notify.Reach{Mobile: fmt.Sprintf("1990001%04d", i), Mail: st.Login + "@mingchuan.example"})
		if err != nil {
			return err
		}
	}
	return nil
}
