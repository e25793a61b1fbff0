package casework

import (
	"slices"
	"strings"

	"xinqiao/internal/core/access"
)

func inReviewWindow(m moment) *Refusal {
	if m.c.Appeal != "" {
		return refuse("review_running", m.c.Appeal)
	}
	for _, k := range []Clock{T5, T7} {
		if o := m.c.running(k); o != nil {
			if !m.now.Before(o.DueAt) {
				return refuse("too_late_for_review", o.DueAt)
			}
			return nil
		}
	}
	return refuse("no_review")
}

func isReview(m moment) *Refusal {
	if !m.c.IsReview() {
		return refuse("not_a_review")
	}
	return nil
}

func notReview(m moment) *Refusal {
	if m.c.IsReview() {
		return refuse("is_a_review")
	}
	return nil
}

func isPetition(m moment) *Refusal {
	if m.c.Kind == Order {
		return refuse("not_for_orders")
	}
	return nil
}

// mayHear: a hearing is for ordinary petitions and for rechecks (Art. 31, 36).
func mayHear(m moment) *Refusal {
	switch {
	case !m.c.HearingAt.IsZero():
		return refuse("hearing_open")
	case m.c.Kind == Order || m.c.Procedure == Simple || m.c.Stage == Review:
		return refuse("no_hearing_here")
	}
	return nil
}

func hearingOpen(m moment) *Refusal {
	if m.c.HearingAt.IsZero() {
		return refuse("no_hearing")
	}
	return nil
}

// notNewFacts: before "not accepted again" three questions are answered, and
// the finalised matter is named (Art. 36).
func notNewFacts(m moment) *Refusal {
	if !m.d.Again {
		return nil
	}
	for _, q := range []struct{ field, answer string }{
		{"new_facts", m.d.NewFacts}, {"new_reasons", m.d.NewReasons}, {"new_law", m.d.NewLaw},
	} {
		switch q.answer {
		case yes:
			return lacks(q.field, "new_matter")
		case no:
		default:
			return lacks(q.field, "novelty_unanswered")
		}
	}
	if m.d.LinkedID == 0 {
		return lacks("linked", "finalised_missing")
	}
	return nil
}

// grounded: a matter is final only on one of three grounds (1.3 of the domain).
func grounded(m moment) *Refusal {
	switch m.d.Ground {
	case ThreeOpinions:
		if m.c.FinalServed.IsZero() || m.c.ReviewServed.IsZero() || m.c.ServedAt.IsZero() {
			return lacks("ground", "opinions_missing")
		}
	case WindowLapsed:
		o := m.c.lastWindow()
		if m.c.ServedAt.IsZero() || o == nil || m.now.Before(o.DueAt) {
			return lacks("ground", "window_open")
		}
	case Settled:
		if !m.c.Settlement || strings.TrimSpace(m.d.Evidence) == "" {
			return lacks("ground", "not_settled")
		}
	default:
		return lacks("ground", "ground_missing")
	}
	return nil
}

// lastWindow is the newest window for a review or recheck, open or not.
func (c *Case) lastWindow() *Obligation {
	for i := len(c.Obligations) - 1; i >= 0; i-- {
		if o := &c.Obligations[i]; o.Clock == T5 || o.Clock == T7 {
			return o
		}
	}
	return nil
}

func mayFinalise(m moment) *Refusal {
	switch {
	case m.c.Finalised:
		return refuse("finalised_already")
	case m.c.Appeal != "":
		return refuse("review_running", m.c.Appeal)
	}
	return nil
}

func helpOpen(m moment) *Refusal {
	if m.c.running(Help) == nil {
		return refuse("no_help")
	}
	return nil
}

func onRung(k Clock) check {
	return func(m moment) *Refusal {
		if m.c.running(k) == nil {
			return refuse("not_on_rung")
		}
		return nil
	}
}

// mayPark: an order that cannot be solved now, or an opinion whose carrying
// out must wait; the law's own clocks are never parked.
func mayPark(m moment) *Refusal {
	switch {
	case m.c.ParkAsked:
		return refuse("park_pending")
	case m.c.State != Served && m.c.Kind != Order:
		return refuse("not_parkable")
	}
	return nil
}

func parkAsked(m moment) *Refusal {
	if !m.c.ParkAsked {
		return refuse("no_park_asked")
	}
	return nil
}

func hasParkDays(m moment) *Refusal { return between("days", "park_range", 7, 366, m.d.Days) }

func hasHelpDays(m moment) *Refusal { return between("days", "help_range", 1, 366, m.d.Days) }

func hasCallDays(m moment) *Refusal { return between("days", "callback_range", 1, 30, m.d.Days) }

func hasAnswerDays(m moment) *Refusal { return between("days", "answer_range", 1, 90, m.d.Days) }

func running(k Clock, id string) check {
	return func(m moment) *Refusal {
		if m.c.running(k) == nil {
			return refuse(id)
		}
		return nil
	}
}

func hasOtherKind(m moment) *Refusal {
	if !slices.Contains(Kinds, m.d.Kind) || m.d.Kind == m.c.Kind {
		return lacks("kind", "kind_missing")
	}
	if m.d.Kind == Order && (m.c.Lane != access.LaneOpen || m.c.State == Accepted) {
		return lacks("kind", "stays_petition")
	}
	return nil
}

// isJoint: several people stand behind the case.
func isJoint(m moment) *Refusal {
	if m.c.People < 2 {
		return refuse("not_joint")
	}
	return nil
}

// hasSpeakers: a joint visit elects at most five (Art. 20).
func hasSpeakers(m moment) *Refusal { return between("count", "speakers_range", 1, 5, m.d.Count) }

func mediationOffered(m moment) *Refusal {
	if !m.c.Offered {
		return refuse("no_mediation")
	}
	return nil
}

func noMediation(m moment) *Refusal {
	if m.c.Offered {
		return refuse("mediation_pending")
	}
	return nil
}

func mediationAgreed(m moment) *Refusal {
	if !m.c.Offered || !m.c.Consented {
		return refuse("mediation_not_agreed")
	}
	return nil
}

func mediationUndecided(m moment) *Refusal {
	if m.c.Consented {
		return refuse("mediation_agreed_already")
	}
	return nil
}
