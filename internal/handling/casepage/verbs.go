package casepage

import (
	"slices"

	"xinqiao/internal/core/casework"
)

// VerbGroup is a part of the menu of a case: verbs that belong to one business.
type VerbGroup struct {
	ID    string // its name is the message "casepage.group.<ID>"
	Verbs []casework.Verb
}

// Groups are the menu of a case page. Every verb that somebody at a desk uses
// stands in exactly one of them.
var Groups = []VerbGroup{
	{"handle", []casework.Verb{
		casework.Triage, casework.Forward, casework.Assign, casework.Recall, casework.SignFor, casework.Object, casework.Rule,
		casework.Accept, casework.Decline, casework.Divert, casework.Record, casework.RequestExtension, casework.RuleExtension,
		casework.Draft, casework.Approve, casework.ReturnDraft, casework.Serve, casework.Reply, casework.ConcludeCase,
		casework.Dismiss, casework.AskPark, casework.RulePark, casework.Resume, casework.End, casework.Convert, casework.Archive,
	}},
	{"requests", []casework.Verb{
		casework.AddRequest, casework.AnswerRequest, casework.DivertRequest, casework.ExplainRoute, casework.ToOrdinary, casework.RequestMaterial,
	}},
	{"units", []casework.Verb{
		casework.AddTask, casework.AnswerTask, casework.ReturnTask, casework.RecallTask, casework.Consult, casework.NameInterim,
		casework.SettleDispute, casework.Convene, casework.Invite, casework.CloseRoom, casework.Reroute,
	}},
	{"petitioner", []casework.Verb{
		casework.Acknowledge, casework.PromiseCallback, casework.CallBack, casework.Supplement, casework.Urge, casework.Withdraw,
		casework.Rate, casework.Contest, casework.NameSpeakers, casework.ProposeMediation, casework.ConsentMediation,
		casework.RecordMediation, casework.Relate, casework.Unrelate, casework.Recuse, casework.AskRecusal, casework.RuleRecusal,
	}},
	{"review", []casework.Verb{
		casework.RequestReview, casework.TakeUp, casework.OpenHearing, casework.CloseHearing, casework.LookAgain,
		casework.HoldConsultation, casework.CheckAbove, casework.Redo, casework.Finalise,
	}},
	{"oversight", []casework.Verb{
		casework.Supervise, casework.GiveFeedback, casework.Instruct, casework.AnswerInstruct, casework.DropDirective, casework.ReportUrgent,
	}},
	{"help", []casework.Verb{casework.OpenHelp, casework.CloseHelp}},
}

// elsewhere are verbs that no desk offers: co-signers use them on their pages.
var elsewhere = []casework.Verb{casework.Cosign, casework.CoRate}

// atDesk tells whether a verb is for the desk at all.
func atDesk(v casework.Verb) bool { return !casework.ByProgram(v) && !slices.Contains(elsewhere, v) }

// fulfils names the verb that does what a clock asks for, where it is not the
// next step of the state.
var fulfils = map[casework.Clock]casework.Verb{
	casework.Assist: casework.AnswerTask, casework.Explain: casework.ExplainRoute, casework.Extension: casework.RuleExtension,
	casework.Ruling: casework.SettleDispute, casework.Room: casework.CloseRoom, casework.Hearing: casework.CloseHearing,
	casework.LookBack: casework.LookAgain, casework.Consultation: casework.HoldConsultation, casework.HigherCheck: casework.CheckAbove,
	casework.ParkRuling: casework.RulePark, casework.Supervision: casework.GiveFeedback, casework.Instruction: casework.AnswerInstruct,
	casework.Callback: casework.CallBack, casework.Read: casework.Acknowledge, casework.Mediation: casework.RecordMediation,
	casework.Help: casework.CloseHelp,
}

// steps are the verbs that move a case on from a state, the likeliest first.
var steps = map[casework.State][]casework.Verb{
	casework.Registered: {casework.TakeUp, casework.Dismiss, casework.Forward, casework.Assign, casework.Triage, casework.Reply},
	casework.Dispatched: {casework.TakeUp, casework.SignFor, casework.Accept, casework.Object},
	casework.Signed:     {casework.TakeUp, casework.Accept, casework.Object, casework.Reply},
	casework.Objected:   {casework.Rule, casework.NameInterim},
	casework.Accepted:   {casework.AnswerRequest, casework.Draft, casework.Reply},
	casework.Drafted:    {casework.Approve, casework.ReturnDraft},
	casework.Approved:   {casework.Serve, casework.ReturnDraft},
	casework.Served:     {casework.ConcludeCase, casework.RequestReview},
	casework.Parked:     {casework.Resume},
	casework.LookedBack: {casework.LookAgain, casework.HoldConsultation, casework.CheckAbove, casework.Redo},
	casework.Concluded:  {casework.Redo, casework.Archive, casework.Finalise},
	casework.Declined:   {casework.Archive},
	casework.Diverted:   {casework.Archive},
	casework.Withdrawn:  {casework.Archive},
}

// asides move nothing and are often used: they fill the places that are left.
var asides = []casework.Verb{casework.Recall, casework.Consult, casework.Record, casework.AddTask}

const mostLikely = 4

// likely picks the few verbs that the reader came for: what moves the case on,
// then what the reader's unit owes on it, at most four in all.
func likely(v View) []casework.Verb {
	var out []casework.Verb
	add := func(verb casework.Verb) {
		if len(out) < mostLikely && slices.Contains(v.Verbs, verb) && !slices.Contains(out, verb) {
			out = append(out, verb)
		}
	}
	owed := owedHere(v)
	for i, verb := range steps[v.Case.State] {
		if verb == casework.AnswerRequest && !unanswered(v.Case) {
			continue // the draft itself answers the only request
		}
		if i > 0 && len(out)+len(owed) >= mostLikely {
			break
		}
		add(verb)
	}
	for _, verb := range owed {
		add(verb)
	}
	for _, verb := range asides {
		if len(out) < mostLikely-1 && fits(v.Case, verb) {
			add(verb)
		}
	}
	if len(out) == 0 && len(v.Verbs) > 0 {
		add(v.Verbs[0])
	}
	return out
}

// unanswered tells whether several requests wait for an answer each.
func unanswered(c casework.Case) bool {
	lines := c.Lines()
	return len(lines) > 1 && slices.ContainsFunc(lines, func(q casework.Request) bool { return q.Result == casework.Unanswered })
}

// fits tells whether an aside is close at hand: a talk where units disagree, a
// task while the case is being handled.
func fits(c casework.Case, v casework.Verb) bool {
	switch v {
	case casework.Consult:
		return c.State == casework.Objected || c.Interim
	case casework.AddTask:
		return c.State == casework.Accepted
	}
	return true
}

// owedHere are the verbs that fulfil what the reader's unit owes.
func owedHere(v View) []casework.Verb {
	var out []casework.Verb
	for _, o := range v.Case.Obligations {
		verb, ok := fulfils[o.Clock]
		if ok && o.Open() && o.UnitID == v.Actor.UnitID && slices.Contains(v.Verbs, verb) && !slices.Contains(out, verb) {
			out = append(out, verb)
		}
	}
	return out
}

// menu groups the other permitted verbs; empty groups are left out.
func menu(v View, shown []casework.Verb) []VerbGroup {
	var out []VerbGroup
	for _, g := range Groups {
		var left []casework.Verb
		for _, verb := range g.Verbs {
			if slices.Contains(v.Verbs, verb) && !slices.Contains(shown, verb) {
				left = append(left, verb)
			}
		}
		if len(left) > 0 {
			out = append(out, VerbGroup{g.ID, left})
		}
	}
	return out
}

// told puts together the verbs that one reason refuses, in table order.
func told(refusals []Refused, say func(*casework.Refusal) string) []reasons {
	var out []reasons
	at := map[string]int{}
	for _, no := range refusals {
		text := say(no.Reason)
		i, known := at[text]
		if !known {
			i = len(out)
			at[text] = i
			out = append(out, reasons{Text: text, State: no.Reason.ID == "casework.wrong_state" || no.Reason.ID == "casework.not_yours"})
		}
		out[i].Verbs = append(out[i].Verbs, no.Verb)
	}
	slices.SortStableFunc(out, func(a, b reasons) int { // what only state or place forbid is no news: last
		switch {
		case a.State == b.State:
			return 0
		case a.State:
			return 1
		}
		return -1
	})
	return out
}

// reasons is one reason with the verbs that it refuses.
type reasons struct {
	Text  string
	State bool
	Verbs []casework.Verb
}
