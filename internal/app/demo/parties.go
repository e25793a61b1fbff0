package demo

import (
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// requests are the lines of a case; one of them goes to court, and that is explained.
func (w *walk) requests() []func() error {
	add := func(kind string, n casework.Nature) func() error {
		return w.then(casework.AddRequest, w.worker, 0, 1, casework.Data{Title: w.voice.Line(kind), Nature: n})
	}
	divert := casework.Data{Request: 2, Route: w.voice.Line("secondroute"), Reason: w.voice.Line("secondwhy")}
	explain := casework.Data{Request: 2, Text: w.voice.Line("explain"), Method: w.method()}
	return []func() error{
		add("second", casework.R2), add("third", casework.R7),
		w.then(casework.DivertRequest, w.worker, 0, 3, divert),
		w.then(casework.ExplainRoute, w.worker, 1, 5, explain),
	}
}

// lines answers, where a case has several requests, each of them.
func (w *walk) lines() error {
	for _, q := range w.c.Requests {
		if len(w.c.Requests) == 1 || q.Diverted() || q.Result != casework.Unanswered {
			continue
		}
		err := w.do(casework.AnswerRequest, w.worker(), w.office(1, 5), casework.Data{
			Request: q.Seq, Result: casework.Supported, Facts: w.voice.Line("thirdfacts"), Text: w.voice.Line("thirdtext"),
			Basis: w.plan.task.basis, Remedy: w.remedy(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tasks are what the lead asks of others: the first answers, the second gives
// it back, the third is no longer needed.
func (w *walk) tasks() []func() error {
	var units []*access.Unit
	var steps []func() error
	for len(units) < 3 {
		u := w.other()
		if len(units) == 0 || units[0] != u && units[len(units)-1] != u {
			units = append(units, u)
		}
	}
	shown := 2 + w.rnd.IntN(2)
	if !w.g.assisted {
		shown, w.g.assisted = 3, true
	}
	for _, u := range units[:shown] {
		steps = append(steps, w.then(casework.AddTask, w.worker, 0, 1, casework.Data{UnitID: u.ID, Text: w.voice.Line("task"), Days: 10 + w.rnd.IntN(6)}))
	}
	of := func(i int) func() access.Actor { return func() access.Actor { return w.handler(units[i]) } }
	answer := func(i int) func() error {
		return w.then(casework.AnswerTask, of(i), 1, 3, casework.Data{Task: i + 1, Text: w.voice.Line("taskanswer")})
	}
	steps = append(steps, answer(0))
	if shown == 2 {
		return append(steps, answer(1))
	}
	return append(steps,
		w.then(casework.ReturnTask, of(1), 0, 1, casework.Data{Task: 2, Reason: w.voice.Line("taskreturn")}),
		w.then(casework.RecallTask, w.worker, 0, 1, casework.Data{Task: 3, Reason: w.voice.Line("taskrecall")}))
}

// join is a petition that many people sign; the clerk types their list, and
// they elect who speaks for them.
func (w *walk) join() error {
	n := 5 + w.rnd.IntN(20)
	if !w.g.crowded {
		n, w.g.crowded = crowd-1, true
	}
	var ids []int64
	for _, i := range w.rnd.Perm(len(w.g.people)) {
		if p := w.g.people[i]; len(ids) < n && p.ID != w.plan.person.ID && p.Org == "" {
			ids = append(ids, p.ID)
		}
	}
	w.signers = len(ids)
	return run(
		func() error {
			err := w.do(casework.Cosign, w.clerk(), w.office(0, 1), casework.Data{People: len(ids)})
			if err == nil {
				w.out.Steps[len(w.out.Steps)-1].Signers = ids
			}
			return err
		},
		func() error {
			return w.do(casework.NameSpeakers, w.petitioner(), w.home(0, 1), casework.Data{Count: min(5, 1+len(ids)/5)})
		},
	)
}

// crowd is the largest petition of the city.
const crowd = 66

// coRate are the ratings of some who joined; each has a number, after the one
// who filed.
func (w *walk) coRate() error {
	for i := range min(w.signers, 12) {
		if !w.chance(700) {
			continue
		}
		a := w.petitioner()
		a.Cosigner = int64(1 + w.out.Persons + i)
		d := casework.Data{RatedResult: w.grade(0), RatedUnit: w.grade(12)}
		if err := w.do(casework.CoRate, a, w.at.Add(time.Duration(10+w.rnd.IntN(900))*time.Minute), d); err != nil {
			return err
		}
	}
	return nil
}

// dispute is an objection with its duty item; a third unit acts meanwhile, and
// the ruling settles whose it is.
func (w *walk) dispute(at time.Time, class casework.Data) error {
	right, first := w.plan.lead, w.other()
	duty := w.voice.Line("duty")
	ruling := casework.Data{UnitID: right.ID, Reason: w.voice.Line("settle"), Duty: duty, Amend: w.chance(300)}
	meeting := casework.Data{Method: "onsite", Attendees: w.voice.Line("attendees"), Text: w.voice.Line("consult")}
	return run(
		func() error { return w.hand(at, class, first) },
		func() error {
			return w.do(casework.Object, w.handler(first), w.office(0, 3), casework.Data{
				Reason: w.voice.Line("object"), Basis: w.voice.Line("objectbasis"), Duty: duty, SuggestID: right.ID,
			})
		},
		w.then(casework.Consult, w.clerk, 0, 1, meeting),
		func() error {
			d := casework.Data{UnitID: right.ID, Reason: w.voice.Line("interim")}
			if w.chance(300) { // the one who objects acts first after all
				d.UnitID = first.ID
				w.plan.lead = first
			}
			return w.do(casework.NameInterim, w.bureauHead(), w.office(0, 1), d)
		},
		w.sign,
		func() error {
			w.plan.lead = right
			return w.do(casework.SettleDispute, w.bureauHead(), w.office(0, 0), ruling)
		},
	)
}

// room is a joint room of the units that a matter needs.
func (w *walk) room() []func() error {
	a, b := w.other(), w.other()
	meeting := casework.Data{Method: "video", Attendees: w.voice.Line("attendees"), Text: w.voice.Line("consult")}
	steps := []func() error{w.then(casework.Convene, w.clerk, 1, 4, casework.Data{Reason: w.voice.Line("convene"), Days: 30})}
	for _, u := range []*access.Unit{a, b} {
		steps = append(steps, w.then(casework.Invite, w.clerk, 0, 0, casework.Data{UnitID: u.ID}))
	}
	return append(steps, w.then(casework.Consult, w.clerk, 2, 6, meeting), w.then(casework.CloseRoom, w.clerk, 1, 6, w.say("roomclose")))
}

// reroute gives the case to the unit whose it truly is.
func (w *walk) reroute(at time.Time, class casework.Data) error {
	right := w.plan.lead
	w.plan.lead = w.other()
	return run(
		func() error { return w.hand(at, class, w.plan.lead) },
		w.sign,
		func() error {
			w.plan.lead = right
			return w.do(casework.Reroute, w.clerk(), w.office(1, 4), casework.Data{UnitID: right.ID, Reason: w.voice.Line("reroute")})
		},
	)
}

// recusal: the handler steps back, or the petitioner asks for it.
func (w *walk) recusal() []func() error {
	if w.g.recused = !w.g.recused; w.g.recused {
		granted, why := w.chance(650), "recusalno"
		if granted {
			why = "recusalyes"
		}
		return []func() error{
			func() error { return w.do(casework.AskRecusal, w.petitioner(), w.home(1, 5), w.because("askrecusal")) },
			func() error {
				head := w.g.city.one(w.rnd, w.plan.lead.ID, access.UnitHead)
				return w.do(casework.RuleRecusal, head, w.office(0, 2), casework.Data{Upheld: granted, Reason: w.voice.Line(why)})
			},
		}
	}
	return []func() error{w.then(casework.Recuse, w.worker, 0, 2, w.because("recuse"))}
}

// mediation needs the consent of both, and can fail.
func (w *walk) mediation() []func() error {
	w.g.mediations++
	consents, agree := w.g.mediations%4 != 3, w.g.mediations%4 != 2
	steps := []func() error{
		w.then(casework.ProposeMediation, w.worker, 1, 4, casework.Data{Text: w.voice.Line("mediate"), Days: 30}),
		func() error {
			return w.do(casework.ConsentMediation, w.petitioner(), w.home(1, 4), casework.Data{Upheld: consents})
		},
	}
	if !consents {
		return steps
	}
	result := "notmediated"
	if agree {
		result = "mediated"
	}
	return append(steps, w.then(casework.RecordMediation, w.worker, 4, 10, casework.Data{Upheld: agree, Text: w.voice.Line(result)}))
}

func (w *walk) hearing() error {
	open := casework.Data{Text: w.voice.Line("hearing"), Attendees: w.voice.Line("hearingseats"), Days: 30}
	return run(w.then(casework.OpenHearing, w.worker, 2, 5, open), w.then(casework.CloseHearing, w.worker, 3, 6, w.say("hearingend")))
}
