package demo

import (
	"fmt"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// answer is the unit's work from signing to conclusion.
func (w *walk) answer() error {
	return run(w.sign, w.accept, w.handle, w.finish)
}

func (w *walk) sign() error {
	if w.c.State != casework.Dispatched {
		return nil
	}
	at := w.late(casework.SignFor, w.soon(), w.office(3, 6))
	return w.do(casework.SignFor, w.worker(), at, casework.Data{})
}

func (w *walk) accept() error {
	at := w.late(casework.Accept, w.office(0, 5), w.office(13, 16))
	switch {
	case w.course != "" || w.c.Rework:
	case w.chance(15):
		return w.decline(w.worker(), at)
	case w.chance(25) && w.voice.Has("route"+string(w.plan.nature)):
		return w.divert(w.worker(), at)
	}
	return w.do(casework.Accept, w.worker(), at, w.planned())
}

// handle is everything between acceptance and the opinion.
func (w *walk) handle() error {
	if w.c.Procedure == casework.Simple {
		if w.course == fallenBack {
			return run(func() error { return w.record(w.office(1, 2)) }, w.then(casework.ToOrdinary, w.worker, 0, 2, w.because("toordinary")))
		}
		if w.chance(400) {
			return w.record(w.office(0, 2))
		}
		return nil
	}
	steps := []func() error{func() error { return w.record(w.office(1, 5)) }}
	if w.chance(90) {
		steps = append(steps, w.material)
	}
	if w.chance(130) {
		steps = append(steps, w.urge)
	}
	if w.chance(70) {
		steps = append(steps, func() error { return w.supplement(w.home(1, 6)) })
	}
	if w.chance(600) {
		steps = append(steps, func() error { return w.record(w.office(2, 9)) })
	}
	if w.chance(50) {
		steps = append(steps, w.watch)
	}
	if w.c.Round == 1 {
		steps = append(steps, w.extras()...)
	}
	if w.chance(15) && w.course == "" {
		steps = append(steps, func() error { return w.withdraw() })
	}
	return run(append(steps, w.extend)...)
}

func (w *walk) record(at time.Time) error {
	return w.do(casework.Record, w.worker(), at, casework.Data{Text: w.voice.Line("record")})
}

func (w *walk) material() error {
	return run(
		func() error {
			return w.do(casework.RequestMaterial, w.worker(), w.office(0, 2),
				casework.Data{Text: w.voice.Line("material"), Days: 10 + w.rnd.IntN(6)})
		},
		func() error { return w.supplement(w.home(1, 8)) },
	)
}

func (w *walk) supplement(at time.Time) error {
	return run(func() error { return w.do(casework.Supplement, w.petitioner(), at, w.say("supplement")) }, w.heed)
}

func (w *walk) urge() error {
	at := w.home(2, 7)
	if w.c.Kind == casework.Order {
		at = w.home(0, 1)
	}
	return run(func() error { return w.do(casework.Urge, w.petitioner(), at, w.say("urge")) }, w.heed)
}

// watch is a supervisor's look at a running case. Accusations are the
// inspector's.
func (w *walk) watch() error {
	role := access.Supervisor
	if w.plan.barred != 0 {
		role = access.Inspector
	}
	return w.do(casework.Record, w.g.city.any(w.rnd, role), w.office(1, 3), casework.Data{Text: w.voice.Line("watch")})
}

func (w *walk) withdraw() error {
	err := w.do(casework.Withdraw, w.petitioner(), w.home(0, 4), casework.Data{Reason: w.voice.Line("withdraw")})
	if err != nil {
		return err
	}
	return errClosed
}

// extend asks for up to thirty more days, where the law has them to give.
func (w *walk) extend() error {
	o, ok := w.c.Running(casework.T4)
	if !ok || !w.chance(110) {
		return nil
	}
	at := w.office(12, 18)
	if !at.Before(o.DueAt.AddDate(0, 0, -14)) { // a long holiday may lie before the ruling
		return nil
	}
	granted, answer := w.chance(850), "extensionyes"
	if !granted {
		answer = "extensionno"
	}
	return run(
		func() error {
			return w.do(casework.RequestExtension, w.worker(), at,
				casework.Data{Reason: w.voice.Line("extension"), Days: []int{10, 15, 20, 30}[w.rnd.IntN(4)]})
		},
		func() error {
			return w.do(casework.RuleExtension, w.unitHead(), w.office(0, 2), casework.Data{Reason: w.voice.Line(answer), Upheld: granted})
		},
	)
}

// finish answers: at once in the simple procedure, else by an opinion that
// another person approves.
func (w *walk) finish() error {
	if w.c.Procedure == casework.Simple {
		return w.reply(w.worker())
	}
	outcome := w.outcome()
	return run(
		w.lines,
		func() error { return w.opinion(outcome, w.late(casework.Serve, w.office(3, 16), w.office(46, 60))) },
		func() error { return w.reconsider(outcome) },
		func() error { return w.do(casework.Approve, w.approver(), w.office(0, 2), casework.Data{}) },
		func() error {
			return w.do(casework.Serve, w.worker(), w.office(0, 2), casework.Data{Method: w.method()})
		},
		w.carryOut,
		func() error { return w.conclude(outcome) },
	)
}

// carryOut is an opinion that can only be carried out later.
func (w *walk) carryOut() error {
	if w.course != deferred || w.c.Round > 1 {
		return nil
	}
	days := 40 + w.rnd.IntN(60)
	err := run(
		w.then(casework.AskPark, w.worker, 0, 1, casework.Data{Reason: w.voice.Line("park"), Plan: w.voice.Line("parkplan"), Days: days}),
		w.then(casework.RulePark, w.bureauHead, 0, 1, casework.Data{Upheld: true, Reason: w.voice.Line("parkyes")}),
	)
	if err != nil {
		return err
	}
	w.at = w.at.AddDate(0, 0, days*2/3)
	if !w.at.Before(w.g.Now) {
		return errPresent
	}
	return w.do(casework.Resume, w.worker(), w.office(1, 4), w.say("resume"))
}

func (w *walk) opinion(o casework.Outcome, at time.Time) error {
	facts := map[casework.Outcome]string{
		casework.Resolved: "supported", casework.Partly: "partfacts", casework.Explained: "explfacts",
		casework.NotSupported: "nofacts", casework.Unreachable: "supported",
	}[o]
	d := casework.Data{
		Facts: fmt.Sprintf("信访人反映“%s”一事，请求：%s。%s", strings.TrimPrefix(w.title, "反映"), w.out.Wish, w.voice.Line(facts)),
		Basis: w.plan.task.basis + "；《信访工作条例》第三十二条",
		Text:  w.voice.Line(string(o)), Remedy: w.remedy(), Result: answers[o],
	}
	if w.c.Rework {
		d.Evidence = w.voice.Line("newevidence")
	}
	return w.do(casework.Draft, w.worker(), at, d)
}

// answers says what an outcome means for the request (Art. 32).
var answers = map[casework.Outcome]casework.Result{
	casework.Resolved: casework.Supported, casework.Partly: casework.PartlySupported, casework.Explained: casework.ExplainedOnly,
	casework.NotSupported: casework.Unsupported, casework.Unreachable: casework.Supported,
}

// remedy names where a review can be asked for and until when (Art. 35).
func (w *walk) remedy() string {
	areas := w.plan.lead.Areas
	above := w.g.city.unit(areas[min(len(areas), 2)-1]).NameZH
	return fmt.Sprintf("如不服本处理意见，可自收到本意见书之日起30日内，持本意见书和身份证明向%s请求复查；逾期未请求复查的，不影响提出新的事实和理由。", above)
}

func (w *walk) reconsider(o casework.Outcome) error {
	if !w.chance(80) || w.approver().UnitID != w.plan.lead.ID {
		return nil
	}
	return run(
		func() error {
			return w.do(casework.ReturnDraft, w.unitHead(), w.office(0, 1), casework.Data{Reason: w.voice.Line("return")})
		},
		func() error { return w.opinion(o, w.office(1, 2)) },
	)
}

func (w *walk) conclude(o casework.Outcome) error {
	d := casework.Data{Outcome: o}
	if o == casework.Resolved {
		d.Evidence = w.voice.Line("evidence")
	}
	if w.c.Dispatch == casework.Assigned {
		d.Text = w.voice.Line("report")
	}
	return w.do(casework.ConcludeCase, w.worker(), w.late(casework.ConcludeCase, w.office(0, 4), w.office(7, 10)), d)
}

// outcome by its share: six of ten are solved.
func (w *walk) outcome() casework.Outcome {
	switch roll := w.rnd.IntN(100); {
	case roll < 58:
		return casework.Resolved
	case roll < 75:
		return casework.Partly
	case roll < 90:
		return casework.Explained
	case roll < 98:
		return casework.NotSupported
	}
	return casework.Unreachable
}

func (w *walk) method() string {
	return []string{"electronic", "electronic", "direct", "post"}[w.rnd.IntN(4)]
}

func (w *walk) reply(a access.Actor) error {
	d := casework.Data{Text: w.voice.Line("reply"), Outcome: casework.Resolved, Evidence: w.voice.Line("evidence")}
	if w.plan.nature == casework.R0 || w.chance(150) {
		d.Outcome, d.Evidence = casework.Explained, ""
	}
	if err := w.do(casework.Reply, a, w.late(casework.Serve, w.office(0, 6), w.office(12, 15)), d); err != nil {
		return err
	}
	return errClosed
}

func (w *walk) decline(a access.Actor, at time.Time) error {
	reason, basis, _ := strings.Cut(w.voice.Line("decline"), "／")
	err := w.do(casework.Decline, a, at, casework.Data{Reason: reason, Basis: basis})
	if err != nil {
		return err
	}
	return errClosed
}

func (w *walk) divert(a access.Actor, at time.Time) error {
	n := string(w.plan.nature)
	err := w.do(casework.Divert, a, at, casework.Data{Reason: w.voice.Line("divert" + n), Route: w.voice.Line("route" + n)})
	if err != nil {
		return err
	}
	return errClosed
}
