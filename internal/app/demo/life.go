package demo

import (
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// run takes steps until one ends the walk.
func run(steps ...func() error) error {
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}

// life is the whole course of a case.
func (w *walk) life() error {
	steps := []func() error{w.register, w.early, w.dispatch, w.answer}
	if w.out.Kind == casework.Order {
		steps = []func() error{w.register, w.order}
	} else if w.course == toOrder {
		steps = []func() error{w.register, w.becomeOrder}
	}
	err := run(steps...)
	if err == nil || errors.Is(err, errClosed) {
		return w.afterwards()
	}
	return err
}

func (w *walk) register() error {
	d := casework.Data{
		Title: w.title, Channel: w.out.Channel, PetitionerID: w.plan.person.ID, BureauID: w.plan.place.BureauID,
		No: w.number(w.at), Kind: w.out.Kind, Stage: casework.Handling, People: w.out.Persons, UpperID: w.g.city.above(w.plan.place.BureauID),
	}
	copy(d.Areas[:], w.plan.place.Areas)
	if before := receivedBefore(w.rnd, w.out.Channel); before > 0 {
		d.ReceivedAt = w.at.Add(-before).Truncate(time.Second)
	}
	if w.plan.barred != 0 {
		d.Lane, d.Nature, d.BarredUnitID, d.Retaliation = access.LaneConfidential, casework.R1, w.plan.barred, w.out.Revenge
	}
	at := w.at
	a := w.registrar()
	if a.ID != 0 && w.out.Channel != casework.Phone { // desks have hours, the hotline has not
		w.at = at.Add(-time.Hour)
		at = w.office(0, 0)
	}
	if !at.Before(w.g.Now) {
		at = w.g.Now.Add(-time.Duration(3+w.rnd.IntN(50)) * time.Minute)
	}
	w.at = at
	return w.step(casework.Register, a, at, d)
}

func (w *walk) registrar() access.Actor {
	switch w.out.Channel {
	case casework.Phone:
		return w.g.city.any(w.rnd, access.Operator)
	case casework.Letter, casework.Visit, casework.Fax:
		return w.clerk()
	case casework.Agency:
		return w.g.city.any(w.rnd, access.Agent)
	case casework.API:
		return access.Actor{Role: access.System}
	}
	return w.petitioner()
}

// early is what may happen before the bureau acts.
func (w *walk) early() error {
	switch {
	case w.course == joint:
		return w.join()
	case w.course != "":
	case w.chance(18):
		if err := w.do(casework.Withdraw, w.petitioner(), w.home(0, 1), casework.Data{Reason: w.voice.Line("withdraw")}); err != nil {
			return err
		}
		return errClosed
	case w.chance(40):
		return w.supplement(w.home(0, 1))
	}
	if w.out.Persons > 1 && w.chance(400) {
		return w.do(casework.NameSpeakers, w.petitioner(), w.home(0, 1), casework.Data{Count: min(w.out.Persons-1, 5)})
	}
	return nil
}

// dispatch is the bureau's work: it answers, refuses, shows the legal way, or
// hands on.
func (w *walk) dispatch() error {
	at := w.late(casework.Forward, w.office(0, 3), w.office(13, 16))
	class := w.class()
	separately := w.chance(550)
	if w.plan.lead.Kind == access.Bureau || w.chance(20) || w.diverts() {
		separately = true
	}
	if w.course == again {
		return w.notAgain(at, class)
	}
	if separately {
		if err := w.do(casework.Triage, w.clerk(), at, class); err != nil {
			return err
		}
		at, class = w.office(0, 1), casework.Data{}
	}
	switch {
	case w.plan.lead.Kind == access.Bureau:
		return w.reply(w.clerk())
	case w.course == disputed:
		return w.dispute(at, class)
	case w.course == rerouted:
		return w.reroute(at, class)
	case w.course != "":
		return w.hand(at, class, w.plan.lead)
	case separately && w.diverts():
		return w.divert(w.clerk(), at)
	case separately && w.chance(25):
		return w.decline(w.clerk(), at)
	case w.plan.nature == casework.R1: // an accusation never goes astray
		return w.hand(at, class, w.plan.lead)
	case w.chance(10):
		return w.slip(at, class)
	case w.chance(75):
		return w.objected(at, class)
	}
	return w.hand(at, class, w.plan.lead)
}

func (w *walk) class() casework.Data {
	d := casework.Data{
		Category: w.plan.task.category, Nature: w.plan.nature, Urgency: casework.Blue,
		Procedure: casework.Ordinary, BarredUnitID: w.plan.barred, Repeat: "no",
	}
	if w.out.EchoOf != 0 && w.plan.lead.Kind != access.Bureau {
		d.Repeat = "yes"
	}
	switch roll := w.rnd.IntN(100); {
	case roll < 4:
		d.Urgency = casework.Red
	case roll < 20:
		d.Urgency = casework.Yellow
	}
	if w.simple {
		d.Procedure = casework.Simple
	}
	return d
}

// diverts: lawsuits, arbitration and party appeals mostly have another door.
// The choice hangs on the case alone, so that asking twice gives one answer.
func (w *walk) diverts() bool {
	switch w.plan.nature {
	case casework.R2, casework.R3, casework.R4:
		return w.out.ID%10 < 5
	}
	return false
}

// hand forwards, or assigns with a report owed.
func (w *walk) hand(at time.Time, class casework.Data, to *access.Unit) error {
	class.UnitID = to.ID
	verb := casework.Forward
	class.Text = w.voice.Line("forward")
	if !w.simple && w.chance(160) {
		verb, class.ReportDays = casework.Assign, 60+w.rnd.IntN(31)
		class.Text = w.voice.Line("assign")
	}
	return w.do(verb, w.clerk(), at, class)
}

// slip is a dispatch to the wrong unit, taken back within minutes.
func (w *walk) slip(at time.Time, class casework.Data) error {
	wrong := w.other()
	return run(
		func() error { return w.hand(at, class, wrong) },
		func() error {
			return w.do(casework.Recall, w.clerk(), w.at.Add(time.Duration(2+w.rnd.IntN(20))*time.Minute),
				casework.Data{Reason: "选错责任单位，撤回重新转办"})
		},
		func() error { return w.hand(w.at.Add(3*time.Minute), casework.Data{}, w.plan.lead) },
	)
}

// objected is a dispatch that the unit disputes.
func (w *walk) objected(at time.Time, class casework.Data) error {
	upheld := w.chance(600)
	to := w.plan.lead
	if upheld {
		to = w.other()
	}
	reason := "overruled"
	if upheld {
		reason = "upheld"
	}
	err := run(
		func() error { return w.hand(at, class, to) },
		func() error {
			return w.do(casework.Object, w.handler(to), w.office(0, 3),
				casework.Data{Reason: w.voice.Line("object"), Basis: w.voice.Line("objectbasis")})
		},
		func() error {
			return w.do(casework.Rule, w.bureauHead(), w.office(2, 3), casework.Data{Reason: w.voice.Line(reason), Upheld: upheld})
		},
	)
	if err != nil || !upheld {
		return err
	}
	return w.hand(w.office(0, 2), casework.Data{}, w.plan.lead)
}

// other gives a unit that isn't the right one.
func (w *walk) other() *access.Unit {
	for {
		u := w.g.city.unit(1 + w.rnd.Int64N(int64(len(w.g.city.units))))
		if (u.Kind == access.Department || u.Kind == access.Town) && u.ID != w.plan.lead.ID && u.ID != w.plan.barred {
			return u
		}
	}
}

func (w *walk) petitioner() access.Actor { return access.Actor{Role: access.Petitioner} }

// clerk is who dispatches; accusations are the cleared head's.
func (w *walk) clerk() access.Actor {
	if w.plan.barred != 0 {
		return w.bureauHead()
	}
	return w.g.city.one(w.rnd, w.plan.place.BureauID, access.BureauClerk)
}

func (w *walk) bureauHead() access.Actor {
	return w.g.city.one(w.rnd, w.plan.place.BureauID, access.BureauHead)
}

// notAgain refuses a finalised matter after its three questions (Art. 36).
func (w *walk) notAgain(at time.Time, class casework.Data) error {
	d := casework.Data{
		Reason: w.voice.Line("again"), Basis: w.voice.Line("recheckbasis"), Again: true, NewFacts: "no", NewReasons: "no", NewLaw: "no",
		LinkedID: w.ending.id, LinkedNo: w.ending.no,
	}
	return run(
		func() error { return w.do(casework.Triage, w.clerk(), at, class) },
		w.then(casework.Decline, w.bureauHead, 0, 2, d),
		func() error { return errClosed },
	)
}

func (w *walk) handler(u *access.Unit) access.Actor {
	return w.g.city.one(w.rnd, u.ID, access.UnitHandler)
}

func (w *walk) unitHead() access.Actor {
	return w.g.city.one(w.rnd, w.plan.lead.ID, access.UnitHead)
}
