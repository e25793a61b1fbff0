package tracking

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var (
	errNoFile   = fault.New(fault.NotFound, "tracking.no_file")
	errNoLetter = fault.New(fault.NotFound, "tracking.no_letter")
	errNoDuty   = fault.New(fault.NotFound, "tracking.no_duty")
	errNoVerb   = fault.New(fault.NotFound, "tracking.no_verb")
)

// caseView is everything that the page of a case shows.
type caseView struct {
	visit
	Told   Told
	Story  story
	Files  []File
	Served []Letter // documents that were served
	Owner  string   // who must act now
	Doable []doable
	Chain  []chain           // reviews that began here
	Joint  templ.Component   // about who signed too; nil for none
	Notes  []templ.Component // what others have to tell of the case
	Form   *page.Form        // the key of the urge button
}

// doable is something that the person may do, or may not yet.
type doable struct {
	Verb   casework.Verb
	Reason string // message id of why not, "" when it may be done
	Args   []any
}

// Note is what another capability tells the petitioner on the page of a case;
// nil for nothing.
type Note func(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error)

// Tell registers notes; call it before serving.
func (s *Service) Tell(notes ...Note) { s.notes = append(s.notes, notes...) }

func (s *Service) getCase(w http.ResponseWriter, r *http.Request, v visit) error {
	view, err := s.open(r.Context(), v)
	if err != nil {
		return err
	}
	if err := view.panel(r, s.Joint); err != nil {
		return err
	}
	for _, note := range s.notes {
		said, err := note(r.Context(), v.Actor, v.Case)
		if err != nil {
			return err
		}
		if said != nil {
			view.Notes = append(view.Notes, said)
		}
	}
	return web.Render(w, r, http.StatusOK, casePage(view))
}

func (s *Service) open(ctx context.Context, v visit) (caseView, error) {
	view := caseView{visit: v, Form: page.NewForm(nil)}
	events, err := s.Cases.History(ctx, v.Case.ID)
	if err != nil {
		return view, err
	}
	if view.Told, err = s.Needs.Told.Told(ctx, v.Case.ID); err != nil {
		return view, err
	}
	all, err := s.Files.OfCase(ctx, v.Case.ID)
	if err != nil {
		return view, err
	}
	if s.Letters != nil {
		if view.Served, err = s.Letters.OfCase(ctx, v.Case.ID); err != nil {
			return view, err
		}
	}
	view.Story = tell(ctx, s.Units, v.Case, events)
	for _, f := range all {
		if view.Story.public(f.EventSeq) {
			view.Files = append(view.Files, f)
		}
	}
	view.Owner = nameOf(ctx, s.Units, v.Case.OwnerUnitID)
	if v.joint() {
		if _, v.Rated, err = s.Signers.Stands(ctx, v.Case.ID, v.Actor.Cosigner); err != nil {
			return view, err
		}
	}
	view.Doable = offers(v)
	view.Chain = s.appeal(v.Case, events)
	if v.joint() {
		view.reserve()
	}
	return view, nil
}

// shows tells whether a file is on the page.
func (v caseView) shows(id int64) bool {
	return slices.ContainsFunc(v.Files, func(f File) bool { return f.ID == id })
}

// offers lists what the person may do, the likeliest first. An urge that has
// to wait is shown with its reason; what the state excludes is left out.
func offers(v visit) []doable {
	permitted := casework.Permitted(v.Case, v.Actor, v.Now, v.Rules)
	var list []doable
	order := []casework.Verb{
		casework.Rate, casework.CoRate, casework.Contest, casework.Urge, casework.Supplement, casework.ConsentMediation,
		casework.RequestReview, casework.NameSpeakers, casework.AskRecusal, casework.Withdraw,
	}
	if _, asked := v.Case.Running(casework.Material); asked {
		order[3], order[4] = order[4], order[3]
	}
	var rated casework.Verb
	if v.Rated {
		rated = casework.CoRate // once each; the case does not know who
	}
	for _, verb := range order {
		if slices.Contains(permitted, verb) && verb != rated {
			list = append(list, doable{Verb: verb})
			continue
		}
		if no := casework.Refused(v.Case, v.Actor, verb, v.Now, v.Rules); no != nil && shown(no.ID) {
			list = append(list, doable{Verb: verb, Reason: no.ID, Args: no.Args})
		}
	}
	return list
}

// shown are the refusals worth telling: those that a moment explains.
func shown(id string) bool {
	return id == "casework.urge_too_soon" || id == "casework.too_late_to_rate" || id == "casework.too_late_to_contest" || id == "casework.too_late_for_review"
}

// pressing is the open duty that falls due next.
func (v caseView) pressing() (casework.Obligation, bool) { return v.Case.Running(v.Case.NextClock) }

func (v caseView) late() bool {
	return v.Case.State.Open() && !v.Case.NextDueAt.IsZero() && !v.Now.Before(v.Case.NextDueAt)
}

func (v caseView) light() ui.LightKind {
	return ui.LightKind(v.Case.Light(v.Now))
}

func (v visit) href(parts ...string) string {
	path := "/follow/" + v.Case.No
	for _, p := range parts {
		path += "/" + p
	}
	return path
}

func (v caseView) items(seq int64) []ui.FileItem {
	var list []ui.FileItem
	for _, f := range v.Files {
		if f.EventSeq == seq {
			list = append(list, ui.FileItem{Name: f.Name, Size: size(f.Size), Href: v.href("files", strconv.FormatInt(f.ID, 10))})
		}
	}
	return list
}

// size writes a number of bytes for people.
func size(n int64) string {
	const mega = 1 << 20
	if n < mega {
		return strconv.FormatInt(max(n/1024, 1), 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/mega, 'f', 1, 64) + " MB"
}

// getLetter shows a document that is addressed to the person, to be printed.
func (s *Service) getLetter(w http.ResponseWriter, r *http.Request, v visit) error {
	view, err := s.open(r.Context(), v)
	if err != nil {
		return err
	}
	seq, _ := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	l, ok := view.Story.letter(seq)
	if !ok {
		return errNoLetter
	}
	return web.Render(w, r, http.StatusOK, letterPage(view, l))
}
