package casepage

import (
	"context"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// dutyPhrase says how a duty stands: an open one by its distance, a closed one
// by how it ended.
func dutyPhrase(ctx context.Context, o casework.Obligation, now time.Time) string {
	if o.Open() {
		return i18n.Due(ctx, o.DueAt, now)
	}
	return i18n.DueDay(ctx, o.DueAt) + " · " + i18n.T(ctx, "casepage.duty."+dutyState(o))
}

// standing parts the duties of a case: those that run, what is due first in
// front, and those that are over, the newest first.
func standing(c casework.Case) (open, over []casework.Obligation) {
	for _, o := range slices.Backward(c.Obligations) {
		if o.Open() {
			open = append(open, o)
		} else {
			over = append(over, o)
		}
	}
	slices.SortStableFunc(open, func(a, b casework.Obligation) int { return a.DueAt.Compare(b.DueAt) })
	return open, over
}

// about says which request or whose task a duty belongs to, where a case has
// several.
func (s *Service) about(ctx context.Context, c casework.Case, o casework.Obligation) string {
	switch {
	case o.Clock == casework.Assist:
		return s.unitName(o.UnitID, i18n.Lang(ctx))
	case o.Ref != 0 && len(c.Lines()) > 1:
		return i18n.T(ctx, "casepage.request_n", o.Ref)
	}
	return ""
}

// hops lists where a case was sent, newest first.
func (s *Service) hops(ctx context.Context, v View) []ui.Term {
	var out []ui.Term
	for i := len(v.Events) - 1; i >= 0; i-- {
		e := v.Events[i]
		if slices.Contains(handing, e.Verb) && e.Data.UnitID != 0 {
			out = append(out, ui.Term{
				Label: s.unitName(e.Data.UnitID, i18n.Lang(ctx)),
				Text:  i18n.T(ctx, "verb."+string(e.Verb)) + " · " + i18n.Moment(ctx, e.At),
			})
		}
	}
	return out
}

// handing are the verbs that give a case to a unit.
var handing = []casework.Verb{casework.Forward, casework.Assign, casework.NameInterim, casework.SettleDispute, casework.CloseRoom, casework.Reroute}

func fileItems(files []File) []ui.FileItem {
	out := make([]ui.FileItem, len(files))
	for i, f := range files {
		out[i] = ui.FileItem{Name: f.Name, Size: sizeText(f.Size), Href: "/files/" + strconv.FormatInt(f.ID, 10)}
	}
	return out
}

// badge is a small mark behind a title.
type badge struct{ Tone, Text string }

// caseMarks say what kind of case it is, where that is not the ordinary one.
func caseMarks(ctx context.Context, c casework.Case) []badge {
	var out []badge
	add := func(holds bool, tone, key string, args ...any) {
		if holds {
			out = append(out, badge{tone, i18n.T(ctx, key, args...)})
		}
	}
	add(c.Kind == casework.Order, "info", "kind.order")
	add(c.IsReview(), "info", "stage."+string(c.Stage))
	add(c.Repeat, "", "repeat.yes")
	add(c.Rework, "warning", "casepage.mark.rework")
	add(c.Round > 1, "", "casepage.round_n", c.Round)
	add(c.Interim, "warning", "casepage.mark.interim")
	add(c.People > 1, "", "casepage.persons_n", c.People)
	add(c.Speakers > 0, "", "casepage.mark.speakers", c.Speakers)
	add(c.Appeal != "", "info", "casepage.mark.appeal", c.Appeal)
	add(!c.UrgentAt.IsZero(), "danger", "casepage.mark.urgent")
	add(c.Finalised, "seal", "casepage.mark.finalised")
	return out
}

// dangerous are the verbs that end a case against what was asked, or cannot be
// taken back.
var dangerous = map[casework.Verb]bool{casework.Withdraw: true, casework.Decline: true, casework.Divert: true, casework.End: true, casework.Finalise: true}

func kindOf(v casework.Verb, first bool) string {
	switch {
	case dangerous[v]:
		return "danger"
	case first:
		return "primary"
	}
	return "secondary"
}

// quietKind is a verb's look in the menu.
func quietKind(v casework.Verb) string {
	if dangerous[v] {
		return "danger"
	}
	return "quiet"
}

// sayIn puts a refusal into the reader's language.
func sayIn(ctx context.Context) func(*casework.Refusal) string {
	return func(no *casework.Refusal) string { return reasonText(ctx, no) }
}
