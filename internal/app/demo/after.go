package demo

import (
	"errors"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// afterwards is what a closed case still sees: a contest, a rating, and the
// archive when all windows are over.
func (w *walk) afterwards() error {
	if w.c.State == casework.Withdrawn {
		return w.archive()
	}
	switch w.course {
	case threeLevels, reviewed, revoked, redone:
		if err := w.levelled(); err != nil || w.c.State.Open() {
			return err
		}
		if w.course != threeLevels && w.chance(w.candid()) {
			if err := w.rateInTime(); err != nil {
				return err
			}
		}
		return w.archive()
	case ladder:
		if err := w.rate(); err != nil {
			return err
		}
		return w.archive()
	case again:
		return w.archive()
	}
	if w.course == joint {
		return run(w.coRate, w.archive)
	}
	if w.contests() {
		if err := w.contest(); err != nil {
			return err
		}
	}
	switch {
	case w.c.State.Open():
		return nil
	case w.c.State == casework.Withdrawn: // while it was handled again
		return w.archive()
	}
	if w.chance(w.candid()) {
		if err := w.rate(); err != nil {
			return err
		}
	}
	return w.archive()
}

// contests: the less was given, the likelier.
func (w *walk) contests() bool {
	switch w.c.Outcome {
	case casework.Resolved:
		return w.chance(25)
	case casework.Partly, casework.Explained:
		return w.chance(65)
	}
	return w.chance(90)
}

// candid is how many in a thousand rate.
func (w *walk) candid() int {
	if w.c.State == casework.Concluded {
		return 640
	}
	return 250
}

// contest opens the next round; the bureau dismisses it or has it redone.
func (w *walk) contest() error {
	if err := w.do(casework.Contest, w.petitioner(), w.home(1, 20), casework.Data{Reason: w.voice.Line("contest")}); err != nil {
		return err
	}
	at := w.office(1, 6)
	if w.plan.lead.Kind == access.Bureau || w.chance(450) {
		return w.do(casework.Dismiss, w.bureauHead(), at, casework.Data{Reason: w.voice.Line("dismiss")})
	}
	var err error
	if w.c.Kind == casework.Order {
		w.at = at.Add(-time.Hour)
		err = w.order()
	} else {
		err = run(func() error { return w.hand(at, w.class(), w.plan.lead) }, w.answer)
	}
	if errors.Is(err, errClosed) {
		return nil
	}
	return err
}

func (w *walk) rate() error {
	d := casework.Data{RatedResult: w.grade(0), RatedUnit: w.grade(12)}
	d.Text = w.voice.Line("rate" + string('0'+rune(d.RatedResult)))
	if w.chance(350) {
		d.Text = ""
	}
	if err := w.do(casework.Rate, w.petitioner(), w.home(0, 20), d); err != nil || w.c.State != casework.LookedBack {
		return err
	}
	return w.rung()
}

// rateInTime rates while the window is open.
func (w *walk) rateInTime() error {
	if w.at.AddDate(0, 0, 21).After(w.g.Rules.RateUntil(w.c)) {
		return nil
	}
	return w.rate()
}

// grades by outcome, in hundreds: very satisfied, satisfied, dissatisfied;
// the rest are very dissatisfied.
var grades = map[casework.Outcome][3]int{
	casework.Resolved:     {52, 92, 97},
	casework.Partly:       {18, 64, 88},
	casework.Explained:    {15, 58, 84},
	casework.NotSupported: {4, 26, 60},
}

// grade: kinder is how much better the people are judged than the result.
func (w *walk) grade(kinder int) casework.Grade {
	if w.course == ladder {
		return casework.VeryDissatisfied
	}
	share, ok := grades[w.c.Outcome]
	if !ok {
		share = [3]int{8, 40, 72}
	}
	roll := w.rnd.IntN(100) - kinder
	for i, s := range share {
		if roll < s {
			return casework.Grades[i]
		}
	}
	return casework.VeryDissatisfied
}

// archive puts away what nobody can contest or rate any more, in the first
// working days after.
func (w *walk) archive() error {
	if w.c.State != casework.Withdrawn {
		until := w.g.Rules.ContestUntil(w.c)
		if rate := w.g.Rules.RateUntil(w.c); rate.After(until) {
			until = rate
		}
		if end := until.Add(time.Hour); end.After(w.at) {
			w.at = end
		}
	}
	if err := w.helpDone(); err != nil {
		return err
	}
	if err := w.finalised(); err != nil {
		return err
	}
	if !w.at.Before(w.g.Now) {
		return errPresent
	}
	if w.chance(60) {
		return nil // the bureau hasn't got round to it
	}
	return w.do(casework.Archive, w.clerk(), w.office(1, 12), casework.Data{})
}

// helpDone ends the help that was open; nothing is put away before.
func (w *walk) helpDone() error {
	if _, helped := w.c.Running(casework.Help); !helped {
		return nil
	}
	return w.do(casework.CloseHelp, w.clerk(), w.office(2, 20), w.say("helpclose"))
}

// finalised ends a settled matter, and a few that nobody asked to review.
func (w *walk) finalised() error {
	d := casework.Data{Ground: casework.Settled, Reason: w.voice.Line("finalsettled"), Evidence: w.voice.Line("carriedout")}
	switch {
	case w.c.State != casework.Concluded || w.c.Finalised || w.c.Kind == casework.Order:
		return nil
	case w.c.Settlement:
	case !w.c.ServedAt.IsZero() && w.c.Procedure == casework.Ordinary && w.c.ReviewServed.IsZero() && w.chance(15):
		d = casework.Data{Ground: casework.WindowLapsed, Reason: w.voice.Line("finallapsed")}
	default:
		return nil
	}
	return w.do(casework.Finalise, w.bureauHead(), w.office(0, 5), d)
}
