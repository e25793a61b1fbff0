package worklist

import (
	"context"
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
	return i18n.DueDay(ctx, o.DueAt) + " · " + i18n.T(ctx, "worklist.duty."+dutyState(o))
}

// hops lists where a case was sent, newest first.
func (s *Service) hops(ctx context.Context, v View) []ui.Term {
	var out []ui.Term
	for i := len(v.Events) - 1; i >= 0; i-- {
		e := v.Events[i]
		if e.Verb == casework.Forward || e.Verb == casework.Assign {
			out = append(out, ui.Term{
				Label: s.unitName(e.Data.UnitID, i18n.Lang(ctx)),
				Text:  i18n.T(ctx, "verb."+string(e.Verb)) + " · " + i18n.Moment(ctx, e.At),
			})
		}
	}
	return out
}

func fileItems(files []File) []ui.FileItem {
	out := make([]ui.FileItem, len(files))
	for i, f := range files {
		out[i] = ui.FileItem{Name: f.Name, Size: sizeText(f.Size), Href: "/files/" + strconv.FormatInt(f.ID, 10)}
	}
	return out
}

// dangerous are the verbs that end a case against what was asked, or cannot be
// taken back.
var dangerous = map[casework.Verb]bool{casework.Withdraw: true, casework.Decline: true, casework.Divert: true}

func kindOf(v casework.Verb, first bool) string {
	switch {
	case dangerous[v]:
		return "danger"
	case first:
		return "primary"
	}
	return "secondary"
}

// verbIcons give each button its picture.
var verbIcons = map[casework.Verb]string{
	casework.Triage: "tags", casework.Forward: "send", casework.Assign: "send", casework.Recall: "undo-2",
	casework.SignFor: "signature", casework.Object: "undo-2", casework.Rule: "gavel", casework.Accept: "circle-check",
	casework.Decline: "circle-slash", casework.Divert: "split", casework.RequestMaterial: "file-question-mark",
	casework.Record: "notebook-pen", casework.RequestExtension: "clock-plus", casework.RuleExtension: "clock-check",
	casework.Draft: "file-pen", casework.Approve: "stamp", casework.ReturnDraft: "undo-2", casework.Serve: "mail-check",
	casework.Reply: "reply", casework.ConcludeCase: "flag", casework.Withdraw: "log-out", casework.Supplement: "file-plus",
	casework.Urge: "bell-ring", casework.Contest: "rotate-ccw", casework.Dismiss: "circle-x", casework.Archive: "archive",
}
