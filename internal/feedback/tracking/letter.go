package tracking

import (
	"strconv"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

func grade(g casework.Grade) string { return "grade." + strconv.Itoa(int(g)) }

// written tells of an event that brings a document in full.
func (t *teller) written(e casework.Event, by string) chapter {
	d := e.Data
	ch := chapter{Title: t.say(string(e.Kind), by)}
	switch e.Verb {
	case casework.Decline:
		ch.Letter = t.letter(e, by, "reason", d.Reason, "basis", d.Basis)
	case casework.Divert:
		ch.Title = t.say("diverted", by, d.Route)
		ch.Letter = t.letter(e, by, "route", d.Route, "reason", d.Reason)
	case casework.RequestMaterial:
		ch.Title = t.say("material_requested", by, d.Days)
		ch.Text = d.Text
		ch.Letter = t.letter(e, by, "material", d.Text)
	case casework.RuleExtension:
		if !d.Upheld {
			return chapter{Title: t.say("extension_refused")}
		}
		ch.Title = t.say("extension_ruled", t.asked.Data.Days)
		ch.Letter = t.letter(e, by, "reason", t.asked.Data.Reason, "ruling", d.Reason)
	case casework.Serve:
		o := t.draft.Data
		pairs := []string{"facts", o.Facts}
		if t.c.IsReview() {
			pairs = append(pairs, "decision", i18n.T(t.ctx, "decision."+string(o.Decision)))
		}
		pairs = append(pairs, t.answers()...)
		pairs = append(pairs, "opinion", o.Text, "basis", o.Basis, "remedy", o.Remedy)
		if t.c.Stage == casework.Recheck {
			pairs = append(pairs, "final", i18n.T(t.ctx, "tracking.final"))
		}
		ch.Letter = t.letter(e, by, pairs...)
	case casework.Reply:
		ch.Title = t.say("replied", by, i18n.Key("outcome."+string(d.Outcome)))
		ch.Text = d.Text
		ch.Letter = t.letter(e, by, "reply", d.Text, "evidence", d.Evidence)
	case casework.Dismiss:
		ch.Letter = t.letter(e, by, "reason", d.Reason)
	}
	return ch
}

// answers gives what the opinion says to each of several requests.
func (t *teller) answers() []string {
	lines := t.c.Lines()
	if len(lines) < 2 {
		return nil
	}
	var pairs []string
	for _, q := range lines {
		if q.Result != casework.Unanswered && !q.Diverted() {
			pairs = append(pairs, "request", i18n.T(t.ctx, "tracking.answered", q.Seq, q.Title, i18n.Key("result."+string(q.Result)), q.Facts, q.Text, q.Basis))
		}
	}
	return pairs
}

// letter makes a document of pairs of a part's name and its text; empty parts
// are left out.
func (t *teller) letter(e casework.Event, from string, pairs ...string) *letter {
	l := &letter{Seq: e.Seq, From: from, Event: e, Title: i18n.T(t.ctx, "tracking.letter."+string(e.Kind))}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			l.Parts = append(l.Parts, ui.Term{Label: i18n.T(t.ctx, "tracking.part."+pairs[i]), Text: pairs[i+1]})
		}
	}
	return l
}
