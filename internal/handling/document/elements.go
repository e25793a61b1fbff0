package document

import (
	"context"
	"path"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
)

// Element is one part that a dossier should hold (要件).
type Element struct {
	Kind     wording.Kind // zero for evidence
	Name     string       // Chinese, as the catalogue prints it
	NameEN   string
	Optional bool // may be missing: it depends on the matter or on consent
	Done     bool
	DocID    int64 // the document that fills it
}

// part says which kinds fill an element; any of them does.
type part struct {
	name, nameEN string
	kinds        []string
	optional     func(casework.Case, []casework.Event) bool // nil = never
}

func always(casework.Case, []casework.Event) bool { return true }

// without tells whether none of some events happened.
func without(names ...casework.EventKind) func(casework.Case, []casework.Event) bool {
	return func(_ casework.Case, events []casework.Event) bool {
		return !slices.ContainsFunc(events, func(e casework.Event) bool { return slices.Contains(names, e.Kind) })
	}
}

func notAssigned(c casework.Case, _ []casework.Event) bool { return c.Dispatch != casework.Assigned }

func notRefused(c casework.Case, _ []casework.Event) bool {
	return resultOf(c) != casework.NotSupported
}

// The parts of both lists. The pledge of the old list of nine is none of them:
// in its place an agreement or a confirmation may lie there, by consent only.
var (
	talk       = part{"约谈笔录", "Record of the talk", []string{"D07"}, nil}
	accepted   = part{"受理告知书", "Notice of acceptance", []string{"D02"}, nil}
	opinion    = part{"信访处理意见书", "Opinion", []string{"D11"}, nil}
	service    = part{"送达回证", "Receipt of service", []string{"D12"}, nil}
	report     = part{"办结报告", "Report on handling", []string{"D19"}, notAssigned}
	closing    = part{"结案报告单", "Closing sheet", []string{"D20"}, nil}
	minutes    = part{"会商纪要", "Minutes", []string{"D09"}, without("consulted", "consultation_held", "room_closed")}
	agreement  = part{"调解、和解协议书或者办结确认书（自愿）", "Agreement or confirmation (voluntary)", []string{"D18", "D18-settle", "D18-receipt"}, always}
	lawyer     = part{"律师意见书", "Lawyer's opinion", []string{"D27"}, notRefused}
	reviewed   = part{"复查意见书", "Opinion on review", []string{"D15"}, nil}
	rechecked  = part{"复核意见书", "Opinion on recheck", []string{"D16"}, nil}
	takenUp    = part{"受理告知书", "Notice of taking up", []string{"D14", "D14-decline"}, nil}
	request    = part{"申请书", "Application", []string{"D13"}, always}
	transcript = part{"听证笔录", "Transcript of the hearing", []string{"D17-record"}, without("hearing_opened")}
)

// nine and seven are the lists by outcome (九要件、七要件); evidence is the
// last of both.
var (
	nine  = []part{talk, accepted, opinion, service, report, closing, agreement, minutes}
	seven = []part{talk, opinion, service, report, lawyer, closing}
	upper = map[casework.Stage][]part{
		casework.Review:  {request, takenUp, reviewed, service},
		casework.Recheck: {request, takenUp, transcript, rechecked, service},
	}
)

// resultOf is the outcome, or what the requests so far say it will be.
func resultOf(c casework.Case) casework.Outcome {
	if c.Outcome != "" {
		return c.Outcome
	}
	refused := len(c.Requests) > 0
	for _, q := range c.Requests {
		refused = refused && q.Result == casework.Unsupported
	}
	if refused {
		return casework.NotSupported
	}
	return ""
}

// partsOf chooses the list. The simple procedure and hotline orders keep no
// dossier of elements.
func partsOf(c casework.Case) []part {
	switch {
	case c.Procedure == casework.Simple, c.Kind == casework.Order, c.Nature == casework.R0, c.Nature == casework.R1:
		return nil
	case upper[c.Stage] != nil:
		return upper[c.Stage]
	}
	switch resultOf(c) {
	case casework.NotSupported, casework.Explained:
		return seven
	case casework.NotAccepted, casework.ToLegalRoute, casework.WithdrawnByIt, casework.Ended:
		return nil
	}
	return nine
}

// Elements holds the dossier of a case against its list.
func (s *Service) Elements(ctx context.Context, c casework.Case) ([]Element, error) {
	parts := partsOf(c)
	if len(parts) == 0 {
		return nil, nil
	}
	events, err := s.Cases.History(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	made, err := s.store.ofCase(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	files, err := s.Files.OfCase(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Element, 0, len(parts)+1)
	for _, p := range parts {
		e := Element{Name: p.name, NameEN: p.nameEN, Optional: p.optional != nil && p.optional(c, events)}
		e.Kind, _ = wording.Find(p.kinds[0])
		for _, d := range made {
			if slices.Contains(p.kinds, d.Kind.ID) && d.State != Draft && d.State != Void {
				e.Done, e.DocID, e.Kind = true, d.ID, d.Kind
			}
		}
		if p.kinds[0] == "D12" && !e.Done {
			e.Done, e.DocID = servedByReceipt(made)
		}
		out = append(out, e)
	}
	return append(out, Element{Name: "证据材料", NameEN: "Evidence", Optional: true, Done: len(files) > 0}), nil
}

// servedByReceipt tells whether an opinion was served: the receipt that was
// recorded then is the receipt of service.
func servedByReceipt(made []Document) (bool, int64) {
	for _, d := range made {
		if d.State == Served && slices.Contains([]string{"D11", "D15", "D16"}, d.Kind.ID) {
			return true, d.ID
		}
	}
	return false, 0
}

// Missing lists the documents without which a case cannot be concluded: the
// completeness gate.
func (s *Service) Missing(ctx context.Context, c casework.Case) ([]wording.Kind, error) {
	elements, err := s.Elements(ctx, c)
	var out []wording.Kind
	for _, e := range elements {
		if !e.Done && !e.Optional {
			out = append(out, e.Kind)
		}
	}
	return out, err
}

// Binders are the roles that may take a whole dossier out.
var Binders = []access.Role{
	access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead, access.Supervisor, access.Inspector, access.Leader,
}

// Finished lists the documents of a case beyond the draft, with their text,
// for an actor who was shown the case.
func (s *Service) Finished(ctx context.Context, a access.Actor, caseID int64) ([]Document, error) {
	list, err := s.store.ofCase(ctx, caseID)
	if err != nil {
		return nil, err
	}
	var out []Document
	for _, d := range list {
		if d.State == Draft || d.State == Void || hides(a, d) && !s.mine(a, d) {
			continue
		}
		if d, err = s.open(d); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Bound records that documents left the house in a dossier.
func (s *Service) Bound(ctx context.Context, a access.Actor, list []Document, how string) error {
	var b db.Batch
	for _, d := range list {
		s.record(&b, d.ID, Event{Kind: "bound", ActorID: a.ID, Role: a.Role, Note: how, At: s.Clock.Now()})
	}
	return s.DB.Send(ctx, &b)
}

const longestName = 160

// FileName takes out of a name what a folder could not hold.
func FileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "") + path.Ext(name)
	}
	return name
}
