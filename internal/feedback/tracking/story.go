package tracking

import (
	"context"
	"slices"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// chapter is one thing that happened, as the person is told of it.
type chapter struct {
	Event  casework.Event
	Title  string
	Text   string // shown at once
	Missed bool
	Letter *letter // one tap away
}

// letter is a document addressed to the person.
type letter struct {
	Seq   int64
	Title string
	From  string // the unit that wrote it
	Event casework.Event
	Parts []ui.Term
}

// story is the history of a case, newest first.
type story []chapter

// teller remembers what later events refer to.
type teller struct {
	ctx   context.Context
	units Units
	c     casework.Case
	draft casework.Event // the latest opinion drafted
	asked casework.Event // the latest extension asked for
}

// tell turns a history into a story. What is internal is left out: triage,
// drafts and their return, requests between offices, and the text of records.
func tell(ctx context.Context, units Units, c casework.Case, events []casework.Event) story {
	t := teller{ctx: ctx, units: units, c: c}
	var out story
	for _, e := range ui.Together(events) {
		if ch, ok := t.chapter(e); ok {
			ch.Event = e
			out = append(out, ch)
		}
	}
	slices.Reverse(out)
	return out
}

// public tells whether what came with an event may be shown to the person.
func (s story) public(seq int64) bool {
	for _, ch := range s {
		if ch.Event.Seq == seq {
			return ch.Event.Verb != casework.Record && ch.Event.Verb != casework.Object
		}
	}
	return false
}

func (s story) letter(seq int64) (letter, bool) {
	for _, ch := range s {
		if ch.Letter != nil && ch.Event.Seq == seq {
			return *ch.Letter, true
		}
	}
	return letter{}, false
}

func nameOf(ctx context.Context, units Units, id int64) string {
	if u, ok := units.Unit(id); ok {
		return u.Name(i18n.Lang(ctx))
	}
	return i18n.T(ctx, "tracking.the_unit")
}

func (t *teller) name(id int64) string { return nameOf(t.ctx, t.units, id) }

func (t *teller) say(key string, args ...any) string {
	return i18n.T(t.ctx, "tracking.event."+key, args...)
}

// chapter tells one event in one sentence; false for what is internal.
func (t *teller) chapter(e casework.Event) (ch chapter, ok bool) {
	by := t.name(e.ActorUnit)
	if slices.Contains(silent, e.Verb) {
		return ch, false
	}
	if ch, ok := t.lawful(e, by); ok {
		return ch, true
	}
	switch e.Verb {
	case casework.Draft:
		t.draft = e
		return ch, false
	case casework.RequestExtension:
		t.asked = e
		return ch, false
	case casework.Forward, casework.Assign:
		ch.Title = t.say("dispatched", t.name(e.Data.UnitID))
	case casework.Rule:
		ch.Title = t.say("ruled_down")
		if e.Data.Upheld {
			ch.Title = t.say("ruled_up")
		}
	case casework.Urge, casework.Supplement, casework.Withdraw, casework.Rate, casework.Contest:
		return t.person(e), true
	case casework.Decline, casework.Divert, casework.RequestMaterial, casework.RuleExtension, casework.Serve, casework.Reply, casework.Dismiss:
		return t.written(e, by), true
	case casework.ConcludeCase:
		ch.Title = t.say("concluded", by, i18n.Key("outcome."+string(e.Data.Outcome)))
		ch.Text = e.Data.Evidence
	case casework.Lapse:
		ch.Title, ch.Missed = t.missed(e), true
	case casework.RulePark:
		return ch, false
	default:
		ch.Title = t.say(string(e.Kind), by)
	}
	return ch, true
}

// person tells what the petitioner did, or what was done on their behalf.
func (t *teller) person(e casework.Event) chapter {
	own := e.ActorRole == access.Petitioner
	switch e.Verb {
	case casework.Urge:
		if own {
			return chapter{Title: t.say("urged")}
		}
		return chapter{Title: t.say("urged_for")}
	case casework.Rate:
		return chapter{
			Title: t.say("rated", i18n.Key(grade(e.Data.RatedUnit)), i18n.Key(grade(e.Data.RatedResult))), Text: e.Data.Text,
		}
	}
	text := e.Data.Reason
	if e.Verb == casework.Supplement {
		text = e.Data.Text
	}
	if own {
		return chapter{Title: t.say(string(e.Kind)), Text: text}
	}
	return chapter{Title: t.say(string(e.Kind) + "_for"), Text: text}
}

// missed says whose duty was late.
func (t *teller) missed(e casework.Event) string {
	for _, o := range slices.Backward(t.c.Obligations) {
		if o.Clock == e.Data.LapsedClock && !o.LapsedAt.IsZero() && !o.LapsedAt.After(e.At) {
			return t.say("lapsed", t.name(o.UnitID), i18n.Key("duty."+string(o.Clock)), i18n.DueDay(t.ctx, o.DueAt))
		}
	}
	return t.say("lapsed_some")
}
