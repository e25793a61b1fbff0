package demo

import (
	"errors"
	"slices"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// review asks for a review, or a recheck where the case is a review, and
// lives that case to its end. The original's next step follows service.
func (w *walk) review(decision casework.Decision) (*walk, error) {
	child := w.g.child(w)
	reason := "review"
	if child.out.Stage == casework.Recheck {
		reason = "recheck"
	}
	child.out.Words = w.voice.Line(reason)
	at := w.home(2, 14)
	if !at.Before(w.g.Now) {
		return nil, errPresent
	}
	d := casework.Data{Reason: child.out.Words, LinkedID: child.out.ID, LinkedNo: child.number(at)}
	if err := w.do(casework.RequestReview, w.petitioner(), at, d); err != nil {
		return nil, err
	}
	w.out.Steps[len(w.out.Steps)-1].Opens = child.out.ID
	w.g.more = append(w.g.more, child.out)
	child.at, child.parent = w.at, w
	err := child.level(decision)
	if errors.Is(err, errPresent) {
		if err := child.lapses(w.g.Now); err != nil {
			return nil, err
		}
	}
	child.settle()
	return child, err
}

// child is the walk of a review to be.
func (g *generator) child(w *walk) *walk {
	o := w.out
	out := &Case{
		ID: int64(g.Cases + len(g.more) + 1), Family: o.Family, Of: o.ID, PersonID: o.PersonID, Channel: casework.Web, Kind: casework.Petition,
		Stage: casework.Review, Title: o.Title, Wish: o.Wish, Place: o.Place, AreaUnitID: o.AreaUnitID, Category: o.Category,
		Persons: o.Persons, Secret: o.Secret,
	}
	if o.Stage == casework.Review {
		out.Stage = casework.Recheck
	}
	c := &walk{g: g, rnd: w.rnd, plan: w.plan, voice: w.voice, title: w.title, out: out}
	bureau := w.c.UpperBureauID
	if bureau == 0 {
		bureau = w.c.BureauID
	}
	c.plan.lead = g.city.unit(bureau)
	return c
}

func (w *walk) root() *walk {
	for w.parent != nil {
		w = w.parent
	}
	return w
}

// level is a review or recheck: taken up, looked into, heard if it is the
// last, decided and served.
func (w *walk) level(decision casework.Decision) error {
	before, last := w.parent.c, w.out.Stage == casework.Recheck
	d := casework.Data{
		No: w.number(w.at), Title: w.title, Channel: casework.Web, PetitionerID: before.PetitionerID, Areas: before.Areas, BureauID: w.plan.lead.ID,
		UpperID: w.g.city.above(w.plan.lead.ID), Category: before.Category, Nature: before.Nature, Urgency: before.Urgency, Stage: w.out.Stage,
		ParentID: w.parent.out.ID, RootID: w.root().out.ID, Of: before.No, People: before.People, Staff: append(append([]int64{}, before.Handlers...), before.Recused...),
	}
	if err := w.step(casework.Register, w.petitioner(), w.at, d); err != nil {
		return err
	}
	steps := []func() error{
		w.then(casework.TakeUp, w.reviewer, 0, 2, casework.Data{}),
		w.then(casework.Record, w.reviewer, 1, 4, w.say("record")),
	}
	if last {
		open := casework.Data{Text: w.voice.Line("hearing"), Attendees: w.voice.Line("hearingseats"), Days: 30}
		steps = append(steps, w.then(casework.OpenHearing, w.reviewer, 1, 4, open), w.then(casework.CloseHearing, w.reviewer, 4, 8, w.say("hearingend")))
	}
	opinion := casework.Data{Facts: w.voice.Line("reviewfacts"), Text: w.voice.Line("review" + string(decision)), Basis: w.voice.Line("reviewbasis"), Decision: decision}
	if last {
		opinion.Basis = w.voice.Line("recheckbasis")
	} else {
		opinion.Remedy = "如不服本复查意见，可自收到之日起30日内向上一级机关请求复核。"
	}
	return run(append(steps,
		w.then(casework.Draft, w.reviewer, 3, 7, opinion),
		w.then(casework.Approve, w.chief, 0, 2, casework.Data{}),
		w.then(casework.Serve, w.reviewer, 0, 2, casework.Data{Method: w.method()}),
		w.noted,
		w.then(casework.ConcludeCase, w.reviewer, 0, 2, casework.Data{}),
	)...)
}

// noted is what the program writes on the cases that a review looked at.
func (w *walk) noted() error {
	d := casework.Data{Stage: w.out.Stage, Decision: w.c.Decision, LinkedID: w.out.ID, LinkedNo: w.c.No}
	looked := []*walk{w.parent}
	if r := w.root(); r != w.parent {
		looked = append(looked, r)
	}
	for _, o := range looked {
		if err := o.do(casework.NoteReview, access.Actor{Role: access.System}, w.at, d); err != nil {
			return err
		}
	}
	return nil
}

// reviewer is a clerk of the reviewing bureau who had nothing to do with it.
func (w *walk) reviewer() access.Actor {
	for _, a := range w.g.city.corps[w.plan.lead.ID][access.BureauClerk] {
		if !slices.Contains(w.c.Recused, a.ID) {
			return a
		}
	}
	return w.chief()
}

func (w *walk) chief() access.Actor {
	return w.g.city.one(w.rnd, w.plan.lead.ID, access.BureauHead)
}

// levelled is the way through review and recheck that a course takes.
func (w *walk) levelled() error {
	switch w.course {
	case reviewed:
		decision := casework.Maintain
		if w.chance(300) {
			decision = casework.Change
		}
		_, err := w.review(decision)
		return err
	case revoked:
		if _, err := w.review(casework.Revoke); err != nil {
			return err
		}
		return w.anew()
	case redone:
		if err := w.do(casework.Redo, w.bureauHead(), w.office(2, 9), w.because("redo")); err != nil {
			return err
		}
		return w.anew()
	}
	first, err := w.review(casework.Maintain)
	if err != nil {
		return err
	}
	last, err := first.review(casework.Maintain)
	if err != nil {
		return err
	}
	w.at = last.at
	if err := w.do(casework.Finalise, w.bureauHead(), w.office(2, 8), casework.Data{Ground: casework.ThreeOpinions, Reason: w.voice.Line("finalise")}); err != nil {
		return err
	}
	w.g.finals = append(w.g.finals, final{at: w.at, id: w.out.ID, no: w.c.No, family: w.out.Family})
	return nil
}

// anew is a round with new people, new evidence and a new plan (三重新).
func (w *walk) anew() error {
	w.simple = false
	class := w.class()
	class.Procedure = casework.Ordinary
	var err error
	if w.c.Kind == casework.Order {
		class.UnitID, class.Urgency = w.plan.lead.ID, casework.Blue
		err = run(w.then(casework.Forward, w.clerk, 0, 1, class), w.ordered)
	} else {
		err = run(func() error { return w.hand(w.office(0, 2), class, w.plan.lead) }, w.answer)
	}
	if errors.Is(err, errClosed) {
		return nil
	}
	return err
}

// planned is what an acceptance brings: a redo begins with a plan.
func (w *walk) planned() casework.Data {
	if w.c.Rework {
		return casework.Data{Plan: w.voice.Line("plan")}
	}
	return casework.Data{}
}

// rung answers a dissatisfied rating: the bureau looks, then consults, then
// the level above checks. What is found wrong is redone.
func (w *walk) rung() error {
	upheld := w.course == ladder && w.c.Ladder < 4 || w.course != ladder && w.chance(180)
	upheld = upheld && (w.c.Ladder < 4) && w.hasFresh()
	suffix := "no"
	if upheld {
		suffix = "yes"
	}
	var err error
	switch w.c.Ladder {
	case 1:
		err = w.do(casework.LookAgain, w.clerk(), w.office(0, 4), casework.Data{Upheld: upheld, Text: w.voice.Line("lookback" + suffix)})
	case 3:
		err = w.do(casework.HoldConsultation, w.clerk(), w.office(3, 8), casework.Data{
			Upheld: upheld, Method: "onsite", Attendees: w.voice.Line("attendees"), Text: w.voice.Line("consultation" + suffix),
		})
	default:
		who := w.g.city.one(w.rnd, w.c.OwnerUnitID, access.BureauClerk)
		err = w.do(casework.CheckAbove, who, w.office(4, 12), w.say("checkabove"))
	}
	if err != nil || !upheld {
		return err
	}
	if err := w.anew(); err != nil || w.c.State.Open() {
		return err
	}
	if w.course == ladder || w.chance(640) {
		return w.rate()
	}
	return nil
}

// hasFresh tells whether the unit has somebody who did not handle the case.
func (w *walk) hasFresh() bool {
	corps := w.g.city.corps[w.plan.lead.ID]
	for _, role := range []access.Role{access.UnitHandler, access.UnitHead} {
		for _, a := range corps[role] {
			if !slices.Contains(w.c.Recused, a.ID) && !slices.Contains(w.c.Handlers, a.ID) {
				return true
			}
		}
	}
	return false
}
