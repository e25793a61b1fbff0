package document

import (
	"context"
	"math"
	"net/http"
	"slices"

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

// Waiting lists a unit's documents in a state, newest first, before an id, as
// far as the actor may see their cases: one more than a page shows.
func (s *Service) Waiting(ctx context.Context, a access.Actor, state State, before int64) ([]Document, error) {
	if !a.Signed() || a.UnitID == 0 {
		return nil, ErrNotYours
	}
	var out []Document
	for len(out) <= perPage {
		rows, err := s.store.ofUnit(ctx, a.UnitID, state, before, perPage+1)
		if err != nil || len(rows) == 0 {
			return out, err
		}
		before = rows[len(rows)-1].ID
		more := len(rows) > perPage
		if rows, err = s.seen(ctx, a, rows); err != nil {
			return nil, err
		}
		if out = append(out, rows...); !more {
			break
		}
	}
	return out[:min(len(out), perPage+1)], nil
}

// waiting counts the same.
func (s *Service) waiting(ctx context.Context, a access.Actor, state State) (int, error) {
	ids, err := s.store.casesOfUnit(ctx, a.UnitID, state)
	if err != nil {
		return 0, err
	}
	sees, err := s.Cases.Seen(ctx, a, ids)
	n := 0
	for _, id := range ids {
		if id == 0 || sees[id] {
			n++
		}
	}
	return n, err
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
		if v.Counts[state], err = s.waiting(ctx, a, state); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, listPage(v))
}

// seen leaves out documents of cases that the actor may not see any more: of
// another lane, or of a unit that lost the case.
func (s *Service) seen(ctx context.Context, a access.Actor, rows []Document) ([]Document, error) {
	ids := make([]int64, len(rows))
	for i, d := range rows {
		ids[i] = d.CaseID
	}
	sees, err := s.Cases.Seen(ctx, a, ids)
	return slices.DeleteFunc(rows, func(d Document) bool { return d.CaseID != 0 && !sees[d.CaseID] }), err
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
