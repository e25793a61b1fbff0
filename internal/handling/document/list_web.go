package document

import (
	"context"
	"math"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

const perPage = 50

// listView is a page of the unit's documents in one state.
type listView struct {
	State  State
	Counts map[State]int
	Rows   []Document
	Staff  map[int64]string
	Next   string
	First  string
	Makes  bool // documents of the unit
	Heads  bool
	Texts  bool
}

// shownStates are the tabs: what waits first.
var shownStates = []State{Draft, Approved, Sealed, Served, Void}

// Waiting lists a unit's documents in a state, newest first, before an id.
func (s *Service) Waiting(ctx context.Context, a access.Actor, state State, before int64) ([]Document, error) {
	if !a.Signed() || a.UnitID == 0 {
		return nil, ErrNotYours
	}
	return s.store.ofUnit(ctx, a.UnitID, state, before, perPage+1)
}

func (s *Service) getList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := access.From(ctx)
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	v := listView{State: Draft, Counts: map[State]int{}, Heads: wording.Approves(a),
		Makes: a.Has(access.BureauClerk, access.BureauHead), Texts: a.Has(access.BureauHead)}
	for _, state := range shownStates {
		if string(state) == query.Get("state") {
			v.State = state
		}
	}
	before := int64(math.MaxInt64)
	later, err := web.DecodeCursor(query.Get("before"), &before)
	if err != nil {
		return err
	}
	if v.Rows, err = s.Waiting(ctx, a, v.State, before); err != nil {
		return err
	}
	if v.Rows, err = s.seen(ctx, a, v.Rows); err != nil {
		return err
	}
	link := "/desk/documents?state=" + string(v.State)
	if len(v.Rows) > perPage {
		v.Rows = v.Rows[:perPage]
		v.Next = link + "&before=" + web.EncodeCursor(v.Rows[perPage-1].ID)
	}
	if later {
		v.First = link
	}
	var ids []int64
	for _, d := range v.Rows {
		ids = append(ids, d.DraftedBy)
	}
	if v.Staff, err = s.Staff.Names(ctx, ids); err != nil {
		return err
	}
	for _, state := range []State{Draft, Approved, Sealed} {
		if v.Counts[state], err = s.store.countOfUnit(ctx, a.UnitID, state); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, listPage(v))
}

// seen leaves out documents of cases that the actor may not see any more: of
// another lane, or of a unit that lost the case.
func (s *Service) seen(ctx context.Context, a access.Actor, rows []Document) ([]Document, error) {
	sees := map[string]bool{"": true}
	var out []Document
	for _, d := range rows {
		if _, asked := sees[d.CaseNo]; !asked {
			_, err := s.Cases.Case(ctx, a, d.CaseNo)
			sees[d.CaseNo] = err == nil
		}
		if sees[d.CaseNo] {
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *Service) getNew(w http.ResponseWriter, r *http.Request) error {
	if a := access.From(r.Context()); !a.Has(access.BureauClerk, access.BureauHead) {
		return ErrNotYours
	}
	return web.Render(w, r, http.StatusOK, newPage(page.NewForm(nil)))
}

func (s *Service) postNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	d, err := s.Make(ctx, access.From(ctx), Wanted{"", form.Get("kind"), formKey(form)}, s.Clock.Now())
	if err != nil {
		return err
	}
	web.Flash(w, "document.done.made")
	return web.Redirect(w, r, "/desk/documents/"+seq(d.ID))
}

// unitKinds are the documents that belong to no case.
func unitKinds(lang string) []ui.Option {
	var out []ui.Option
	for _, k := range wording.Kinds {
		if k.Unit {
			out = append(out, ui.Option{Value: k.ID, Label: k.ID + " " + k.Name(lang)})
		}
	}
	return out
}
