package worklist

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// queueView is the queue page.
type queueView struct {
	actor  access.Actor
	query  Query
	form   *page.Form // the filter as it was sent
	page   Page
	counts map[Tab]Count
	saved  []Saved
	rules  casework.Rules
	now    time.Time
	lang   string
}

func (s *Service) getQueue(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := queueView{actor: access.From(ctx), form: form, rules: s.cases.Rules(), now: s.clock.Now(), lang: i18n.Lang(ctx)}
	if v.query, err = readQuery(v.actor, form); err != nil {
		return err
	}
	if v.page, err = s.List(ctx, v.actor, v.query, v.now); err != nil {
		return err
	}
	if v.counts, err = s.Counts(ctx, v.actor, v.query.Filter, v.now); err != nil {
		return err
	}
	if v.saved, err = s.Saved(ctx, v.actor); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, s.queuePage(v))
}

// readQuery reads tab, filter and page boundary from an address.
func readQuery(a access.Actor, form *page.Form) (Query, error) {
	tabs := Tabs(a)
	q := Query{Tab: oneOf(form.Get("view"), tabs), Filter: ParseFilter(form)}
	if q.Tab == "" {
		q.Tab = tabs[0]
	}
	for _, at := range []string{"after", "before"} {
		if found, err := web.DecodeCursor(form.Get(at), &q.From.Due, &q.From.ID); err != nil {
			return q, err
		} else if found {
			q.From.Back = at == "before"
		}
	}
	return q, nil
}

// link writes the address of a tab, filter and boundary.
func link(q Query, k *Key) string {
	v := address(q)
	if k != nil {
		v.Set(map[bool]string{false: "after", true: "before"}[k.Back], web.EncodeCursor(k.Due, k.ID))
	}
	return "/desk?" + v.Encode()
}

func (v queueView) pager(ctx context.Context) ui.PagerProps {
	var p ui.PagerProps
	if v.query.From.ID != 0 {
		p.First = link(v.query, nil)
	}
	if v.page.Prev != nil {
		p.Prev = link(v.query, v.page.Prev)
	}
	if v.page.Next != nil {
		p.Next = link(v.query, v.page.Next)
	}
	if p.Next != "" || p.Prev != "" {
		p.Note = i18n.T(ctx, "worklist.rows_n", len(v.page.Rows))
	}
	return p
}

func (v queueView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, t := range Tabs(v.actor) {
		q := v.query
		q.Tab, q.From = t, Key{}
		c := v.counts[t]
		out = append(out, ui.Tab{ID: string(t), Label: i18n.T(ctx, "worklist.tab."+string(t)), Href: link(q, nil), Count: c.N, More: c.More})
	}
	return out
}

// sentence says what the filter leaves, "" when it leaves everything.
func (s *Service) filterSentence(ctx context.Context, f Filter) string {
	lang := i18n.Lang(ctx)
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(s.categoryName(f.Category, lang))
	add(s.unitName(f.UnitID, lang))
	if f.OwnerID != 0 {
		add(i18n.T(ctx, "worklist.with_owner", s.unitName(f.OwnerID, lang)))
	}
	for _, c := range [][2]string{{"urgency.", string(f.Urgency)}, {"channel.", string(f.Channel)}, {"nature.", string(f.Nature)}, {"state.", string(f.State)}} {
		if c[1] != "" {
			add(i18n.T(ctx, c[0]+c[1]))
		}
	}
	if !f.From.IsZero() {
		add(i18n.T(ctx, "worklist.since", i18n.Date(ctx, f.From.Start())))
	}
	if !f.To.IsZero() {
		add(i18n.T(ctx, "worklist.until", i18n.Date(ctx, f.To.Start())))
	}
	if f.Late {
		add(i18n.T(ctx, "worklist.late_only"))
	}
	if len(parts) == 0 {
		return ""
	}
	return i18n.T(ctx, "worklist.filtered", strings.Join(parts, i18n.T(ctx, "worklist.and")))
}

// emptyText names the rule or filter that leaves a view empty.
func (s *Service) emptyText(ctx context.Context, v queueView) string {
	if filter := s.filterSentence(ctx, v.query.Filter); filter != "" {
		return filter
	}
	return i18n.T(ctx, access.Visible(v.actor).Why)
}

// bulkVerbs are what an actor's role does with many cases at once.
func bulkVerbs(a access.Actor) []casework.Verb {
	switch a.Role {
	case access.BureauClerk, access.BureauHead:
		return []casework.Verb{casework.Forward, casework.Record, casework.Urge}
	case access.UnitHandler, access.UnitHead:
		return []casework.Verb{casework.SignFor, casework.Record}
	case access.Supervisor, access.Inspector, access.Leader:
		return []casework.Verb{casework.Urge, casework.Record}
	}
	return nil
}

func (s *Service) postFilter(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	a := access.From(ctx)
	values, err := url.ParseQuery(form.Get("query"))
	if err != nil {
		values = nil
	}
	q, err := readQuery(a, page.NewForm(values))
	if err != nil {
		return err
	}
	if err := s.Save(ctx, a, form.Get("name"), q, s.clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "worklist.filter_saved")
	return web.Redirect(w, r, link(q, nil))
}

func (s *Service) postForget(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id, _ := form.Int64("id")
	if err := s.Forget(ctx, access.From(ctx), id); err != nil {
		return err
	}
	web.Flash(w, "worklist.filter_dropped")
	return web.Redirect(w, r, "/desk")
}

// options of the filters

func named[T ~string](ctx context.Context, prefix string, values []T) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: string(v), Label: i18n.T(ctx, prefix+string(v))}
	}
	return out
}

// majors and their sub-categories, for a short select.
func (s *Service) categoryOptions(lang string) []ui.Option {
	var out []ui.Option
	for _, c := range s.categories.Categories() {
		if !c.Active {
			continue
		}
		name := c.Name(lang)
		if c.Parent != "" {
			name = "　" + name
		}
		out = append(out, ui.Option{Value: c.Code, Label: name})
	}
	return out
}

// statesOf are the states that a tab can hold.
func statesOf(t Tab) []casework.State {
	var out []casework.State
	for _, s := range casework.States {
		if s.Open() == (t != Closed) {
			out = append(out, s)
		}
	}
	return out
}
