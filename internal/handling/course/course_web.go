package course

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// Requests draws the requests of a case that has several; nil for one.
func (s *Panels) Requests(p Page) templ.Component {
	if !split(p.Case) {
		return nil
	}
	return requests(p, p.lines())
}

// Units draws who works on a case where it is more than one unit.
func (s *Panels) Units(p Page) templ.Component {
	if !p.shared() {
		return nil
	}
	return s.unitsPanel(p)
}

// Chain draws the course of a matter: review, recheck, ladder, rework.
func (s *Panels) Chain(ctx context.Context, p Page) (templ.Component, error) {
	var linked []casework.Case
	if p.Case.IsReview() || !p.Case.ServedAt.IsZero() || p.Case.Appeal != "" || p.Case.Rework {
		var err error
		if linked, err = s.cases.Linked(ctx, p.Actor, p.Case); err != nil {
			return nil, err
		}
	}
	ch, ok := p.chain(linked)
	if !ok {
		return nil, nil
	}
	return s.chainPanel(p, ch), nil
}

// name names a unit in the reader's language.
func (s *Panels) name(ctx context.Context, id int64) string {
	if u, ok := s.units.Unit(id); ok {
		return u.Name(i18n.Lang(ctx))
	}
	return ""
}

func (s *Panels) names(ctx context.Context, ids []int64) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = s.name(ctx, id)
	}
	return strings.Join(out, i18n.T(ctx, "course.and"))
}

// inPlace opens a form in the case page instead of on its own.
func inPlace(href string) templ.Attributes {
	return templ.Attributes{"hx-get": href, "hx-target": "#act", "hx-swap": "innerHTML show:#act:top"}
}

func resultTone(r casework.Result) string {
	switch r {
	case casework.Unanswered:
		return "warning"
	case casework.Supported:
		return "success"
	case casework.DivertedAway:
		return ""
	}
	return "info"
}

func taskTone(t casework.TaskStatus) string {
	return map[casework.TaskStatus]string{
		casework.TaskOpen: "info", casework.TaskAnswered: "success", casework.TaskReturned: "warning",
	}[t]
}

// terms leaves out what nothing was said about.
func terms(ctx context.Context, pairs ...[2]string) []ui.Term {
	var out []ui.Term
	for _, p := range pairs {
		if p[1] != "" {
			out = append(out, ui.Term{Label: i18n.T(ctx, p[0]), Text: p[1]})
		}
	}
	return out
}

// answer is what was said on one request.
func answer(ctx context.Context, q casework.Request) []ui.Term {
	words := "course.opinion"
	if q.Diverted() {
		words = "course.explanation"
	}
	return terms(ctx, [2]string{"field.facts", q.Facts}, [2]string{words, q.Text},
		[2]string{"field.basis", q.Basis}, [2]string{"field.remedy", q.Remedy})
}

// objection is what a unit said that did not want the case.
func (s *Panels) objection(ctx context.Context, e casework.Event) []ui.Term {
	return terms(ctx, [2]string{"field.reason", e.Data.Reason}, [2]string{"field.basis", e.Data.Basis},
		[2]string{"field.duty", e.Data.Duty}, [2]string{"course.suggested", s.name(ctx, e.Data.SuggestID)})
}

// verdict says how the bureau ruled.
func (s *Panels) verdict(ctx context.Context, e casework.Event) string {
	if e.Verb == casework.SettleDispute {
		return i18n.T(ctx, "course.settled_to", s.name(ctx, e.Data.UnitID))
	}
	return i18n.T(ctx, map[bool]string{true: "course.upheld", false: "course.overruled"}[e.Data.Upheld])
}

// steps are the ladder as the kit draws steps.
func steps(ctx context.Context, rungs []rung) []ui.Step {
	out := make([]ui.Step, len(rungs))
	for i, r := range rungs {
		out[i] = ui.Step{Label: i18n.T(ctx, "ladder."+string(rune('0'+r.N))), State: r.State}
	}
	return out
}

func resultWord(ctx context.Context, r casework.Result) string {
	if r == casework.Unanswered {
		return i18n.T(ctx, "course.unanswered")
	}
	return i18n.T(ctx, "result."+string(r))
}

// ending says how a closed duty ended.
func ending(o casework.Obligation) string {
	if o.Kept {
		return "course.kept"
	}
	return "course.moot"
}

// daysLate counts the days begun since a duty was due, until it was done.
func daysLate(o casework.Obligation, now time.Time) int {
	end := now
	if !o.Open() {
		end = o.ClosedAt
	}
	return max(1, int((end.Sub(o.DueAt)+24*time.Hour-1)/(24*time.Hour)))
}
