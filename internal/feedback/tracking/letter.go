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
		ch.Letter = t.letter(e, by, "facts", o.Facts, "opinion", o.Text, "basis", o.Basis, "remedy", o.Remedy)
	case casework.Reply:
		ch.Title = t.say("replied", by, i18n.Key("outcome."+string(d.Outcome)))
		ch.Text = d.Text
		ch.Letter = t.letter(e, by, "reply", d.Text, "evidence", d.Evidence)
	case casework.Dismiss:
		ch.Letter = t.letter(e, by, "reason", d.Reason)
	}
	return ch
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
