package tracking

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/ui"
)

// mineView is a page of own cases.
type mineView struct {
	Cases       []own
	Rules       casework.Rules
	Now         time.Time
	First, Next string
}

// badge is blue while somebody works and green when it is done.
func badge(s casework.State) string {
	switch {
	case s.Open():
		return "info"
	case s == casework.Concluded:
		return "success"
	}
	return ""
}

// keyed makes a phone's keyboard write capitals and correct nothing.
func keyed() templ.Attributes {
	return templ.Attributes{"autocapitalize": "characters", "spellcheck": "false"}
}

// present says in one sentence where a case stands.
func (v caseView) present(ctx context.Context) string {
	lead := v.Owner
	switch v.Case.State {
	case casework.Concluded, casework.Archived:
		return i18n.T(ctx, "tracking.now."+string(v.Case.State), i18n.Key("outcome."+string(v.Case.Outcome)))
	case casework.Declined, casework.Diverted, casework.Withdrawn:
		return i18n.T(ctx, "tracking.now."+string(v.Case.State))
	}
	return i18n.T(ctx, "tracking.now."+string(v.Case.State), lead)
}

// line is the parcel line: now on top, then what happened, newest first.
func line(ctx context.Context, v caseView) []ui.Moment {
	tone := "now"
	if !v.Case.State.Open() {
		tone = "done"
	}
	out := []ui.Moment{{Kind: string(v.Case.LastEvent), Tone: tone, Title: v.present(ctx), Body: nowBody(v), TestID: "now"}}
	for _, ch := range v.Story {
		m := ui.Moment{
			Kind: string(ch.Event.Kind), Title: ch.Title, Text: ch.Text,
			When: i18n.Moment(ctx, ch.Event.At), ISO: i18n.Machine(ch.Event.At), TestID: "event-" + string(ch.Event.Kind),
		}
		if ch.Missed {
			m.Tone = "missed"
		}
		if files := v.items(ch.Event.Seq); ch.Letter != nil || len(files) > 0 {
			m.Body = chapterBody(v, ch, files)
		}
		out = append(out, m)
	}
	return out
}

func seqText[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// verbIcon is the picture on the button of a verb.
func verbIcon(v casework.Verb) string {
	switch v {
	case casework.Supplement:
		return "file-plus"
	case casework.Urge:
		return "bell-ring"
	case casework.Rate:
		return "star"
	case casework.Contest:
		return "rotate-ccw"
	case casework.RequestReview:
		return "scale"
	case casework.CoRate:
		return "star"
	case casework.ConsentMediation:
		return "handshake"
	case casework.NameSpeakers:
		return "users"
	case casework.AskRecusal:
		return "user-x"
	}
	return "log-out"
}

// verbKind makes the likeliest button the strongest one.
func verbKind(i int, v casework.Verb) string {
	switch {
	case v == casework.Withdraw || v == casework.AskRecusal || v == casework.NameSpeakers:
		return "quiet"
	case i == 0:
		return "primary"
	}
	return "secondary"
}

// standing says how a duty ended, or that it runs.
func standing(ctx context.Context, o casework.Obligation, now time.Time) string {
	switch {
	case o.Open():
		return i18n.DueShort(ctx, o.DueAt, now)
	case missed(o, now):
		return i18n.T(ctx, "tracking.duty_late", i18n.Day(ctx, o.ClosedAt))
	case o.Kept:
		return i18n.T(ctx, "tracking.duty_kept", i18n.Day(ctx, o.ClosedAt))
	}
	return i18n.T(ctx, "tracking.duty_moot")
}

// owed are the duties worth listing to the person.
func (v caseView) owed() []casework.Obligation {
	var list []casework.Obligation
	for _, o := range v.Case.Obligations {
		if concerns(o.Clock) {
			list = append(list, o)
		}
	}
	return list
}

// concerns tells whether a clock is the person's business: what is owed to
// them and their own windows, not those of offices against each other.
func concerns(k casework.Clock) bool {
	switch k {
	case casework.Supervision, casework.Instruction:
		return false
	}
	return k.Owed() || k.Petitioners()
}

// asTold lists what was told beside the words.
func asTold(ctx context.Context, t Told) []ui.Term {
	var terms []ui.Term
	for _, p := range [][2]string{{"tracking.wish", t.Wish}, {"tracking.place", t.Place}, {"tracking.occurred", t.OccurredOn}} {
		if p[1] != "" {
			terms = append(terms, ui.Term{Label: i18n.T(ctx, p[0]), Text: p[1]})
		}
	}
	return terms
}

// windows says until when a closed case can be rated or contested.
func (v caseView) windows(ctx context.Context) string {
	for _, d := range v.Doable {
		if d.Reason != "" {
			continue
		}
		switch d.Verb {
		case casework.Rate:
			return i18n.T(ctx, "tracking.rate_until", i18n.DueDay(ctx, v.Rules.RateUntil(v.Case)))
		case casework.Contest:
			return i18n.T(ctx, "tracking.contest_until", i18n.DueDay(ctx, v.Rules.ContestUntil(v.Case)))
		}
	}
	return ""
}

func wrong(f *page.Form, name string) bool {
	_, bad := f.Problem(name)
	return bad
}

// actKind warns before what cannot be undone.
func actKind(v casework.Verb) string {
	if v == casework.Withdraw {
		return "danger"
	}
	return "primary"
}
