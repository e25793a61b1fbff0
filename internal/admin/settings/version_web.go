package settings

import (
	"context"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) getVersions(w http.ResponseWriter, r *http.Request) error {
	list, err := h.uses(r.Context(), h.Versions())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, versionsPage(list))
}

func (h *Web) getVersion(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.version(w, r, http.StatusOK, query)
}

// version shows one version beside the one before it, or the one asked for.
func (h *Web) version(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	v, ok := h.VersionOf(r.PathValue("version"))
	if !ok {
		return fault.New(fault.NotFound, "settings.version_unknown")
	}
	uses, err := h.uses(r.Context(), []Version{v})
	if err != nil {
		return err
	}
	all := h.Versions()
	c := compared{use: uses[0], Other: h.before(v), Against: all, Form: form, Me: access.From(r.Context()), Newest: all[0].Serial}
	if with, ok := h.VersionOf(form.Get("with")); ok {
		c.Other = with
	}
	return web.Render(w, r, status, versionPage(c))
}

// uses adds to versions who made them and what runs under them.
func (h *Web) uses(ctx context.Context, list []Version) ([]use, error) {
	holds, now := h.InForce(), h.Clock.Now()
	out := make([]use, len(list))
	for i, v := range list {
		u := use{Version: v, State: "past"}
		switch {
		case v.ID == holds.ID:
			u.State = "holds"
		case v.From.After(now):
			u.State = "later"
		}
		if v.Serial > 1 {
			u.Changes = Differences(h.before(v), v)
		}
		if h.names != nil {
			u.By = h.names.StaffName(ctx, v.MadeBy)
		}
		if h.cases != nil {
			var err error
			if u.Open, u.More, err = h.cases.OpenUnder(ctx, v.ID); err != nil {
				return nil, err
			}
		}
		out[i] = u
	}
	return out, nil
}

// before is the version published before another; the first has itself.
func (h *Web) before(v Version) Version {
	best := v
	for _, x := range h.Versions() {
		if x.Serial < v.Serial && (best.Serial == v.Serial || x.Serial > best.Serial) {
			best = x
		}
	}
	return best
}

func (h *Web) postVersions(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p := publicationOf(form)
	p.Values = map[string]string{}
	for _, d := range Definitions {
		if d.Rule() && len(form.All(d.Name)) > 0 {
			p.Values[d.Name] = form.Get(d.Name)
		}
	}
	v, err := h.Publish(r.Context(), p)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.parameters(w, r, http.StatusUnprocessableEntity, form)
	}
	return h.published(w, r, v)
}

func (h *Web) postVersion(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	v, err := h.Republish(r.Context(), r.PathValue("version"), publicationOf(form))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.version(w, r, http.StatusUnprocessableEntity, form)
	}
	return h.published(w, r, v)
}

func (h *Web) published(w http.ResponseWriter, r *http.Request, v Version) error {
	web.Flash(w, "settings.published", v.ID)
	return web.Redirect(w, r, versionsPath+"/"+v.ID)
}

// publicationOf reads from when and why. A date that is none is as good as a
// date long past: both are refused.
func publicationOf(form *page.Form) Publication {
	p := Publication{Note: form.Get("note")}
	p.Base, _ = form.Int64("base")
	if text := form.Get("from"); text != "" {
		var err error
		if p.From, err = calendar.ParseDate(text); err != nil {
			p.From = calendar.Date{Year: 1, Month: 1, Day: 1}
		}
	}
	return p
}
