package tracking

import (
	"slices"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
)

// silent are the events that are between offices, or about drafts.
var silent = []casework.Verb{
	casework.Triage, casework.Approve, casework.ReturnDraft, casework.AnswerRequest, casework.ReturnTask, casework.RecallTask,
	casework.Invite, casework.AskPark, casework.GiveFeedback, casework.Instruct, casework.AnswerInstruct, casework.DropDirective, casework.ReportUrgent,
	casework.Warn, casework.CoRate, casework.ProposeMediation, casework.RuleRecusal, casework.Consult,
}

// lawful tells of the procedures that only some cases meet.
func (t *teller) lawful(e casework.Event, by string) (ch chapter, ok bool) {
	d, own := e.Data, e.ActorRole == access.Petitioner
	switch e.Verb {
	case casework.Cosign:
		ch.Title = t.say("cosigned", max(d.People, 1))
	case casework.AddRequest:
		ch.Title = t.say("request_added", d.Title)
	case casework.DivertRequest:
		ch.Title = t.say("request_diverted", d.Request, d.Route)
		ch.Letter = t.letter(e, by, "route", d.Route, "reason", d.Reason)
	case casework.ExplainRoute:
		ch.Title = t.say("route_explained", by)
		ch.Letter = t.letter(e, by, "explanation", d.Text)
	case casework.ToOrdinary, casework.Redo, casework.Reroute, casework.Resume, casework.LookAgain, casework.HoldConsultation, casework.CheckAbove:
		ch.Title, ch.Text = t.say(string(e.Kind), by), d.Reason
		if d.Text != "" {
			ch.Text = d.Text
		}
	case casework.AddTask, casework.NameInterim, casework.SettleDispute:
		ch.Title = t.say(string(e.Kind), t.name(d.UnitID))
	case casework.RequestReview:
		ch.Title, ch.Text = t.say("review_requested", d.LinkedNo), d.Reason
	case casework.NoteReview:
		if d.Decision == "" {
			return chapter{Title: t.say("review_over", d.LinkedNo)}, true
		}
		ch.Title = t.say("review_noted", i18n.Key("stage."+string(d.Stage)), i18n.Key("decision."+string(d.Decision)), d.LinkedNo)
	case casework.RulePark:
		if !d.Upheld {
			return ch, false
		}
		ch.Title, ch.Text = t.say("parked", by), d.Reason
	case casework.End:
		ch.Title = t.say("ended", by)
		ch.Letter = t.letter(e, by, "reason", d.Reason, "basis", d.Basis)
	case casework.Convert:
		ch.Title, ch.Text = t.say("converted", i18n.Key("kind."+string(d.Kind))), d.Reason
	case casework.PromiseCallback:
		ch.Title = t.say("callback_promised", by, d.Days)
	case casework.Relate:
		ch.Title = t.say("related_"+string(d.Relation), d.LinkedNo)
	case casework.Unrelate:
		ch.Title, ch.Text = t.say("unrelated", by), d.Reason
	case casework.ShareReply:
		ch.Title = t.say("reply_shared", i18n.Key("outcome."+string(d.Outcome)))
		ch.Letter = t.letter(e, by, "reply", d.Text, "basis", d.Basis, "remedy", d.Remedy)
	case casework.NameSpeakers:
		ch.Title = t.say("speakers_named", d.Count)
	case casework.ConsentMediation:
		ch.Title = t.say(map[bool]string{true: "mediation_agreed", false: "mediation_refused"}[d.Upheld])
	case casework.RecordMediation:
		ch.Title, ch.Text = t.say(map[bool]string{true: "mediation_settled", false: "mediation_failed"}[d.Upheld]), d.Text
	case casework.AskRecusal:
		ch.Title = t.say("recusal_asked")
		if own {
			ch.Text = d.Reason
		}
	default:
		return ch, false
	}
	return ch, true
}

// chain is the review or recheck that belongs to a case, and how to open it.
type chain struct{ No, Code string }

// appeal is the review that the person asked for and may open from here.
func (s *Service) appeal(c casework.Case, events []casework.Event) (out []chain) {
	for _, e := range events {
		if e.Verb == casework.RequestReview && e.Data.LinkedNo != "" {
			out = append(out, chain{e.Data.LinkedNo, s.Codes.Code(e.Data.LinkedNo)})
		}
	}
	return out
}

// lines are the requests worth a list of their own: several. The answer to a
// single one is its opinion.
func (v caseView) lines() []casework.Request {
	lines := slices.Clone(v.Case.Lines())
	served := !v.Case.ServedAt.IsZero()
	if len(lines) == 1 || v.Case.IsReview() {
		return nil
	}
	for i := range lines {
		if q := &lines[i]; !served && !q.Diverted() {
			*q = casework.Request{Seq: q.Seq, Title: q.Title, Nature: q.Nature}
		}
	}
	return lines
}

func ordinal(n int) string { return strconv.Itoa(n) }

// reviewWindow is the running window for a review or a recheck.
func (v caseView) reviewWindow() (casework.Obligation, bool) {
	for _, k := range []casework.Clock{casework.T5, casework.T7} {
		if o, ok := v.Case.Running(k); ok && v.Now.Before(o.DueAt) && v.Case.Appeal == "" {
			return o, true
		}
	}
	return casework.Obligation{}, false
}
