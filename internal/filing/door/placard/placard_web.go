package placard

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/skip2/go-qrcode"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const base = "/admin/codes"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	keep := h.need(keepers...)
	rt.Handle("GET /q/{token}", h.getCode, rt.Limit(web.NewLimiter(2, 30, 10_000), nil))
	rt.Handle("GET "+base, h.getList, keep)
	rt.Handle("POST "+base, h.postCode, keep)
	rt.Handle("GET "+base+"/sheet", h.getSheet, keep)
	rt.Handle("POST "+base+"/{id}/{state}", h.postState, keep)
}

func (h *Web) getCode(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Scan(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, c.path())
}

type listView struct {
	*Web
	list []Code
	form *page.Form
}

func (h *Web) getList(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) show(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	list, err := h.List(r.Context(), access.From(r.Context()))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, listPage(listView{h, list, form}))
}

func (h *Web) postCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	area, _ := form.Int64("area")
	_, err = h.Make(r.Context(), access.From(r.Context()), Form{Kind: Kind(form.Get("kind")), Label: form.Get("label"), AreaID: area,
		Place: form.Get("place"), Login: form.Get("login")})
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "placard.made")
	return web.Redirect(w, r, base)
}

func (h *Web) postState(w http.ResponseWriter, r *http.Request) error {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	on := r.PathValue("state") == "on"
	if !on && r.PathValue("state") != "off" {
		return ErrNotFound
	}
	if err := h.Switch(r.Context(), access.From(r.Context()), id, on); err != nil {
		return err
	}
	web.Flash(w, "placard.switched")
	return web.Redirect(w, r, base)
}

// sheet is a code as it is printed.
type sheet struct {
	Code
	Image, Link string
	Area        string
}

// getSheet prints the chosen codes, or all that are on.
func (h *Web) getSheet(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	list, err := h.List(r.Context(), access.From(r.Context()))
	if err != nil {
		return err
	}
	var out []sheet
	for _, c := range list {
		chosen := form.All("id")
		if !c.Active || len(chosen) > 0 && !slices.Contains(chosen, strconv.FormatInt(c.ID, 10)) {
			continue
		}
		x := sheet{Code: c, Link: h.address(r) + "/q/" + c.Token, Area: h.bureauName(r.Context(), c.AreaID)}
		png, err := qrcode.Encode(x.Link, qrcode.High, 640) // a torn corner must not matter
		if err != nil {
			return err
		}
		x.Image = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
		out = append(out, x)
	}
	return web.Render(w, r, http.StatusOK, sheetPage(out))
}

func (h *Web) address(r *http.Request) string {
	if h.Base != "" {
		return h.Base
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (s *Service) unitName(ctx context.Context, id int64) string {
	u, _ := s.Units.Unit(id)
	return u.Name(i18n.Lang(ctx))
}

// bureauName is who takes what comes from a place.
func (s *Service) bureauName(ctx context.Context, area int64) string {
	u, _ := s.Units.Unit(area)
	return s.unitName(ctx, u.BureauID)
}

// areas are the places of the actor.
func (v listView) areas(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, u := range v.Units.All() {
		if u.Active && u.Area == u.ID && u.BureauID != 0 && v.sees(access.From(ctx), u.ID) {
			out = append(out, ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name(i18n.Lang(ctx))})
		}
	}
	return out
}

func kinds(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range Kinds {
		out = append(out, ui.Option{Value: string(k), Label: i18n.T(ctx, "placard.kind."+string(k))})
	}
	return out
}

// Panel shows on a case page which code the case came through; nil for none.
func (h *Web) Panel(ctx context.Context, caseID int64) (templ.Component, error) {
	c, ok, err := h.Of(ctx, caseID)
	if err != nil || !ok {
		return nil, err
	}
	name := ""
	if c.StaffID != 0 {
		if who, _, err := h.Staff.Actor(ctx, c.StaffID); err == nil {
			name = who.Name
		}
	}
	return panel(c, h.unitName(ctx, c.UnitID), name), nil
}
