package casepage

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// sentence is an event in one line: what happened, to whom it went, how it was
// decided.
func (s *Service) sentence(ctx context.Context, e casework.Event) string {
	title, d := i18n.T(ctx, "event."+string(e.Kind)), e.Data
	switch e.Verb {
	case casework.Lapse:
		return i18n.T(ctx, "casepage.event_lapsed", i18n.Key("clock."+string(d.LapsedClock)))
	case casework.Warn:
		return i18n.T(ctx, "casepage.event_warned", i18n.Key("clock."+string(d.LapsedClock)))
	case casework.Convert:
		return i18n.T(ctx, "casepage.event_to", title, i18n.T(ctx, "kind."+string(d.Kind)))
	case casework.NoteReview:
		if d.Decision == casework.Undecidedly {
			return i18n.T(ctx, "casepage.event_review_ended", i18n.Key("stage."+string(d.Stage)))
		}
		return i18n.T(ctx, "casepage.event_review", i18n.Key("stage."+string(d.Stage)), i18n.Key("decision."+string(d.Decision)))
	case casework.Draft:
		if d.Decision != casework.Undecidedly {
			return i18n.T(ctx, "casepage.event_to", title, i18n.T(ctx, "decision."+string(d.Decision)))
		}
	case casework.AnswerRequest, casework.DivertRequest, casework.ExplainRoute:
		return i18n.T(ctx, "casepage.event_request", title, d.Request)
	case casework.Cosign:
		return i18n.T(ctx, "casepage.event_cosigned", max(d.People, 1))
	case casework.CoRate:
		if d.Count > 1 {
			return i18n.T(ctx, "casepage.event_co_rated", d.Count)
		}
	case casework.AnswerTask, casework.ReturnTask, casework.RecallTask:
		if d.Task != 0 {
			return i18n.T(ctx, "casepage.event_task", title, d.Task)
		}
	}
	switch {
	case d.UnitID != 0:
		return i18n.T(ctx, "casepage.event_to", title, s.unitName(d.UnitID, i18n.Lang(ctx)))
	case decides(ctx, e.Verb):
		return i18n.T(ctx, "casepage.event_to", title, i18n.T(ctx, map[bool]string{true: "procedure.uphold.", false: "procedure.refuse."}[d.Upheld]+string(e.Verb)))
	}
	return title
}

// decides tells whether a verb is a yes or no that has words of its own.
func decides(ctx context.Context, v casework.Verb) bool {
	return v != casework.Decline && v != casework.SettleDispute && i18n.Has(ctx, "procedure.uphold."+string(v))
}

// who names the person and unit behind an event.
func (s *Service) who(ctx context.Context, v View, e casework.Event) string {
	role := i18n.T(ctx, "role."+string(e.ActorRole))
	if e.ActorID == 0 {
		return role
	}
	return strings.TrimSpace(s.unitName(e.ActorUnit, i18n.Lang(ctx)) + " " + v.Staff[e.ActorID])
}

// particulars collects what an event keeps, with its names.
type particulars struct {
	ctx context.Context
	v   casework.Verb
	out []ui.Term
}

// add keeps a text under the words made for this verb, else those of the field.
func (p *particulars) add(field, text string) {
	if text == "" {
		return
	}
	key := "field." + string(p.v) + "." + field
	if !i18n.Has(p.ctx, key) {
		key = "field." + field
	}
	p.out = append(p.out, ui.Term{Label: i18n.T(p.ctx, key), Text: text})
}

func (p *particulars) named(field, prefix, value string) {
	if value != "" {
		p.add(field, i18n.T(p.ctx, prefix+value))
	}
}

func (p *particulars) days(field string, n int) {
	if n != 0 {
		p.add(field, i18n.T(p.ctx, "casepage.days", n))
	}
}

// eventTerms are the particulars that an event keeps.
func (s *Service) eventTerms(ctx context.Context, e casework.Event) []ui.Term {
	d, lang := e.Data, i18n.Lang(ctx)
	p := &particulars{ctx: ctx, v: e.Verb}
	if e.Verb == casework.Register {
		p.named("channel", "channel.", string(d.Channel))
		return p.out
	}
	p.add("category", s.categoryName(d.Category, lang))
	p.add("title", d.Title)
	p.named("nature", "nature.", string(d.Nature))
	p.named("urgency", "urgency.", string(d.Urgency))
	p.named("procedure", "procedure.", string(d.Procedure))
	p.named("repeat", "repeat.", d.Repeat)
	p.days("report_days", d.ReportDays)
	p.days("days", d.Days)
	p.add("suggest", s.unitName(d.SuggestID, lang))
	p.add("duty", d.Duty)
	p.add("attendees", d.Attendees)
	p.named("result", "result.", string(d.Result))
	p.named("ground", "ground.", string(d.Ground))
	p.add("facts", d.Facts)
	p.add("reason", d.Reason)
	p.add("basis", d.Basis)
	p.add("route", d.Route)
	p.add("remedy", d.Remedy)
	p.add("plan", d.Plan)
	p.named("outcome", "outcome.", string(d.Outcome))
	p.add("evidence", d.Evidence)
	p.named("method", "method.", d.Method)
	p.add("linked", d.LinkedNo)
	if d.Count != 0 {
		p.add("count", strconv.Itoa(d.Count))
	}
	if d.RatedResult != 0 {
		p.named("rated_unit", "grade.", strconv.Itoa(int(d.RatedUnit)))
		p.named("rated_result", "grade.", strconv.Itoa(int(d.RatedResult)))
	}
	return p.out
}
