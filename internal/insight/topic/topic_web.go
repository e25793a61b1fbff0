package topic

import (
	"context"
	"net/http"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages of the topics.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const base = "/lead/topics"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	read := h.need(access.Leader, access.BureauHead, access.BureauClerk, access.Supervisor, access.Inspector)
	change := h.need(access.BureauHead, access.BureauClerk)
	rt.Handle("GET /lead/topics", h.getTopics, read)
	rt.Handle("GET /lead/topics/{id}", h.getTopic, read)
	rt.Handle("POST /lead/topics/{id}/name", h.postName, change)
	rt.Handle("POST /lead/topics/{id}/dismiss", h.postDismiss, change)
	rt.Handle("POST /lead/topics/{id}/restore", h.postRestore, change)
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func path(id int64) string { return base + "/" + decimal(id) }

type listView struct {
	rows      []Topic
	dismissed bool
	built     build
	*Web
}

func (h *Web) getTopics(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := listView{dismissed: form.Get("view") == "dismissed", Web: h}
	if v.rows, err = h.List(r.Context(), access.From(r.Context()), v.dismissed); err != nil {
		return err
	}
	if v.built, err = h.store.built(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, topicsPage(v))
}

func (v listView) tabs(ctx context.Context) []ui.Tab {
	return []ui.Tab{
		{ID: "hot", Label: i18n.T(ctx, "topic.hot"), Href: base, Count: -1},
		{ID: "dismissed", Label: i18n.T(ctx, "topic.dismissed"), Href: base + "?view=dismissed", Count: -1},
	}
}

func (v listView) view() string {
	if v.dismissed {
		return "dismissed"
	}
	return "hot"
}

// charted is how many topics the chart shows.
const charted = 10

func (v listView) chart(ctx context.Context) ui.ChartProps {
	c := ui.ChartProps{ID: "chart-topics", Title: i18n.T(ctx, "topic.chart"), Kind: "bar", Series: []ui.Series{{Name: i18n.T(ctx, "topic.people")}, {Name: i18n.T(ctx, "topic.cases")}}}
	for _, t := range v.rows[:min(charted, len(v.rows))] {
		people, cases := float64(t.People), float64(t.Texts)
		c.Labels = append(c.Labels, t.Title())
		c.Series[0].Points = append(c.Series[0].Points, &people)
		c.Series[1].Points = append(c.Series[1].Points, &cases)
	}
	return c
}

func (h *Web) place(ctx context.Context, id int64) string {
	u, _ := h.Units.Unit(id)
	return u.Name(i18n.Lang(ctx))
}

func span(ctx context.Context, t Topic) string {
	return i18n.Day(ctx, t.First) + " – " + i18n.Day(ctx, t.Last)
}

func short(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

type topicView struct {
	t       Topic
	cases   []Case
	changes bool
	form    *page.Form
	*Web
}

func (h *Web) getTopic(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) show(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	a := access.From(r.Context())
	v := topicView{form: form, changes: a.Has(access.BureauHead, access.BureauClerk), Web: h}
	var err error
	if v.t, v.cases, err = h.Topic(r.Context(), a, idOf(r)); err != nil {
		return err
	}
	return web.Render(w, r, status, topicPage(v))
}

func (h *Web) postName(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.Rename(r.Context(), access.From(r.Context()), idOf(r), form.Get("name"))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "topic.saved")
	return web.Redirect(w, r, path(idOf(r)))
}

func (h *Web) postDismiss(w http.ResponseWriter, r *http.Request) error {
	return h.move(w, r, true)
}

func (h *Web) postRestore(w http.ResponseWriter, r *http.Request) error {
	return h.move(w, r, false)
}

func (h *Web) move(w http.ResponseWriter, r *http.Request, away bool) error {
	if err := h.Dismiss(r.Context(), access.From(r.Context()), idOf(r), away); err != nil {
		return err
	}
	web.Flash(w, "topic.saved")
	return web.Redirect(w, r, path(idOf(r)))
}
