package demo

import (
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// order is the life of a 12345 order from registration to its answer: hours
// where a petition has days, day and night.
func (w *walk) order() error {
	class := w.class()
	class.Repeat = ""
	at := w.late(casework.Forward, w.minutes(6, 90), w.at.Add(time.Duration(26+w.rnd.IntN(20))*time.Hour))
	if w.plan.lead.Kind == access.Bureau || w.diverts() {
		if err := w.do(casework.Triage, w.clerk(), at, class); err != nil {
			return err
		}
		if w.diverts() {
			return w.divert(w.clerk(), w.minutes(5, 60))
		}
		return w.closing(w.clerk(), w.minutes(5, 200))
	}
	class.UnitID, class.Text = w.plan.lead.ID, w.voice.Line("forward")
	if err := w.do(casework.Forward, w.clerk(), at, class); err != nil {
		return err
	}
	return w.ordered()
}

// ordered is the unit's part, by urgency: two hours, a day, five working days.
func (w *walk) ordered() error {
	if w.c.Urgency == casework.Blue {
		return w.calmly()
	}
	soon, long := 20, 70
	if w.c.Urgency == casework.Yellow {
		soon, long = 60, 800
	}
	return run(
		func() error { return w.do(casework.SignFor, w.worker(), w.minutes(4, soon), casework.Data{}) },
		func() error {
			return w.closing(w.worker(), w.late(casework.Serve, w.minutes(12, long), w.minutes(1600, 2400)))
		},
	)
}

func (w *walk) calmly() error {
	steps := []func() error{func() error {
		return w.do(casework.SignFor, w.worker(), w.late(casework.SignFor, w.soon(), w.office(2, 3)), casework.Data{})
	}}
	if w.c.Rework || w.chance(450) {
		steps = append(steps, func() error { return w.do(casework.Accept, w.worker(), w.minutes(5, 90), w.planned()) })
	}
	switch {
	case w.course == toPetition && w.c.Round == 1:
		return run(append(steps, w.becomePetition)...)
	case w.course == parking && w.c.Round == 1, w.course == parkingNot && w.c.Round == 1:
		steps = append(steps, w.park)
	case w.course == callingBack && w.c.Round == 1:
		steps = append(steps,
			func() error {
				return w.do(casework.PromiseCallback, w.worker(), w.minutes(10, 60), casework.Data{Text: w.voice.Line("callback"), Days: 2})
			},
			func() error { return w.do(casework.CallBack, w.worker(), w.office(0, 1), w.say("calledback")) })
	case w.course == pressedOrder && w.c.Round == 1:
		steps = append(steps, w.pressed(casework.Supervise, casework.GiveFeedback, w.supervisor)...)
	case w.chance(60):
		steps = append(steps, w.urge)
	case w.chance(500):
		steps = append(steps, func() error { return w.record(w.office(0, 1)) })
	}
	return run(append(steps, func() error {
		return w.closing(w.worker(), w.late(casework.Serve, w.office(0, 1), w.office(6, 9)))
	})...)
}

// park asks for time that an order has not got; it comes back when its reason
// is gone.
func (w *walk) park() error {
	granted, answer := w.course == parking, "parkno"
	if granted {
		answer = "parkyes"
	}
	days := 60 + w.rnd.IntN(120)
	err := run(
		func() error {
			return w.do(casework.AskPark, w.worker(), w.minutes(20, 90),
				casework.Data{Reason: w.voice.Line("park"), Plan: w.voice.Line("parkplan"), Days: days})
		},
		w.then(casework.RulePark, w.bureauHead, 0, 1, casework.Data{Upheld: granted, Reason: w.voice.Line(answer)}),
	)
	if err != nil || !granted {
		return err
	}
	back := w.at.AddDate(0, 0, days*3/5)
	if !back.Before(w.g.Now) {
		return errPresent
	}
	w.at = back
	return w.do(casework.Resume, w.worker(), w.office(1, 5), w.say("resume"))
}

// becomePetition hands an order over with its history; the law's clocks begin.
func (w *walk) becomePetition() error {
	d := casework.Data{Kind: casework.Petition, Reason: w.voice.Line("topetition")}
	return run(w.then(casework.Convert, w.clerk, 0, 1, d), w.dispatch, w.answer)
}

// becomeOrder is a petition that a hotline order serves better.
func (w *walk) becomeOrder() error {
	return run(
		w.then(casework.Convert, w.clerk, 0, 1, casework.Data{Kind: casework.Order, Reason: w.voice.Line("toorder")}),
		w.order,
	)
}

// closing answers an order in one step.
func (w *walk) closing(a access.Actor, at time.Time) error {
	d := casework.Data{Text: w.voice.Line("reply"), Outcome: casework.Resolved, Evidence: w.voice.Line("evidence")}
	if w.plan.nature == casework.R0 || w.chance(150) {
		d.Outcome, d.Evidence = casework.Explained, ""
	}
	if err := w.do(casework.Reply, a, at, d); err != nil {
		return err
	}
	return errClosed
}

// minutes gives a moment soon, whatever the hour.
func (w *walk) minutes(lo, hi int) time.Time {
	return w.at.Add(time.Duration(lo*60+w.rnd.IntN((hi-lo)*60)) * time.Second)
}
