package door

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
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

const penBase = "/desk/arrivals"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	staff, admin := h.need(registrars...), h.need(administrators...)
	rt.Handle("GET /desk/arrivals", h.getPen, staff)
	rt.Handle("GET /desk/arrivals/{id}", h.getLetter, staff)
	rt.Handle("GET /desk/arrivals/{id}/parts/{n}", h.getPart, staff)
	rt.Handle("POST /desk/arrivals/{id}/register", h.postRegister, staff)
	rt.Handle("POST /desk/arrivals/{id}/join", h.postJoin, staff)
	rt.Handle("POST /desk/arrivals/{id}/aside", h.postAside, staff)
	rt.Handle("POST /desk/arrivals/{id}/back", h.postBack, staff)
	rt.Handle("GET /admin/doors", h.getDoors, admin)
	rt.Handle("GET /admin/doors/new", h.getNewDoor, admin)
	rt.Handle("POST /admin/doors/new", h.postNewDoor, admin)
	rt.Handle("GET /admin/doors/{code}", h.getDoor, admin)
	rt.Handle("POST /admin/doors/{code}", h.postDoor, admin)
	rt.Handle("POST /admin/doors/{code}/try", h.postTry, admin)
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func letterPath(id int64) string { return penBase + "/" + formatID(id) }

func partPath(id int64, i int) string { return letterPath(id) + "/parts/" + strconv.Itoa(i) }

// penRow is an arrival with what it is about.
type penRow struct {
	Tray
	subject string
}

type penView struct {
	form    *page.Form
	rows    []penRow
	doors   map[string]Entry
	options []ui.Option
	state   State
	next    string
	now     time.Time
}

// penStates are the lists of the pen.
var penStates = []State{Held, Received, Filed, Joined, Aside}

func (h *Web) getPen(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	f := PenFilter{Door: form.Get("door"), State: Held}
	for _, s := range penStates {
		if form.Get("state") == string(s) {
			f.State = s
		}
	}
	if _, err := web.DecodeCursor(form.Get("after"), &f.After); err != nil {
		return err
	}
	v := penView{form: form, state: f.State, now: h.Clock.Now(), doors: map[string]Entry{}}
	rows, next, err := h.Pen(ctx, access.From(ctx), f)
	if err != nil {
		return err
	}
	for _, t := range rows {
		row := penRow{Tray: t}
		if p, err := h.open(t); err == nil {
			row.subject = subject(p.Draft)
		}
		v.rows = append(v.rows, row)
	}
	if next != 0 {
		v.next = penBase + "?door=" + f.Door + "&state=" + string(f.State) + "&after=" + web.EncodeCursor(next)
	}
	entries, err := h.Entries(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		v.doors[e.Code] = e
		if h.looksAfter(access.From(ctx), e) {
			v.options = append(v.options, ui.Option{Value: e.Code, Label: e.Name(i18n.Lang(ctx))})
		}
	}
	return web.Render(w, r, http.StatusOK, penPage(v))
}

// subject is what a list shows of a draft.
func subject(d Draft) string {
	text := d.Title
	if text == "" {
		text = strings.Join(strings.Fields(d.Words), " ")
	}
	if r := []rune(text); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return text
}

type letterView struct {
	Letter
	form *page.Form
	now  time.Time
	*Web
}

func (h *Web) getLetter(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.showLetter(w, r, form, http.StatusOK)
}

// showLetter draws the original beside the forms, with what was typed.
func (h *Web) showLetter(w http.ResponseWriter, r *http.Request, form *page.Form, status int) error {
	l, err := h.Letter(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, status, letterPage(letterView{Letter: l, form: form, now: h.Clock.Now(), Web: h}))
}

func (h *Web) postRegister(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	done, err := h.RegisterArrival(r.Context(), access.From(r.Context()), idOf(r), readFiling(form))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showLetter(w, r, form, http.StatusUnprocessableEntity)
	}
	return web.Render(w, r, http.StatusOK, registeredPage(done))
}

func readFiling(form *page.Form) Filing {
	f := Filing{Draft: Draft{
		Channel: casework.Channel(form.Get("channel")), Kind: casework.Kind(form.Get("kind")), Purpose: form.Get("purpose"), Title: form.Get("title"),
		Words: form.Get("words"), Wish: form.Get("wish"), Place: form.Get("place"), OccurredOn: form.Get("occurred_on"),
		Anonymous: form.Get("anonymous") == "1", Secret: form.Get("secret") == "1",
		Person: Person{Name: form.Get("name"), OrgName: form.Get("org_name"), Phone: form.Get("phone"), IDNo: form.Get("id_no"), Address: form.Get("address")},
	}, Persons: max(1, form.Int("persons"))}
	f.AreaID, _ = form.Int64("area")
	f.AccusedID, _ = form.Int64("accused")
	return f
}

func (h *Web) postJoin(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	done, err := h.Join(r.Context(), access.From(r.Context()), idOf(r), form.Get("no"), form.Get("text"))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showLetter(w, r, form, http.StatusUnprocessableEntity)
	}
	if len(done.Left) > 0 {
		web.Flash(w, "door.files_left", strings.Join(done.Left, "、"))
	} else {
		web.Flash(w, "door.joined", done.No)
	}
	return web.Redirect(w, r, "/desk/cases/"+done.No)
}

func (h *Web) postAside(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.SetAside(r.Context(), access.From(r.Context()), idOf(r), form.Get("reason"))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showLetter(w, r, form, http.StatusUnprocessableEntity)
	}
	web.Flash(w, "door.set_aside_done")
	return web.Redirect(w, r, penBase)
}

func (h *Web) postBack(w http.ResponseWriter, r *http.Request) error {
	if err := h.TakeBack(r.Context(), access.From(r.Context()), idOf(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, letterPath(idOf(r)))
}

// A part is somebody else's work shown on our origin: it may load and run
// nothing, and only pictures and sound are opened in the page.
const partPolicy = "default-src 'none'; sandbox"

func (h *Web) getPart(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrNotFound
	}
	p, err := h.Part(r.Context(), access.From(r.Context()), idOf(r), n)
	if err != nil {
		return err
	}
	kind, how := http.DetectContentType(p.Data), "attachment"
	if inlined(kind) {
		how = "inline"
	} else {
		kind = "application/octet-stream"
	}
	name := p.Name
	if name == "" {
		name = "original-" + strconv.Itoa(n)
	}
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	head.Set("Content-Security-Policy", partPolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "private, no-store")
	_, err = w.Write(p.Data)
	return err
}

// inlined are pictures and sound by what they are, not by what they are called.
func inlined(kind string) bool {
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "audio/mpeg", "audio/wave", "audio/wav", "application/ogg":
		return true
	}
	return false
}

// areaOptions are the places that a matter can lie in, within the registrar's
// jurisdiction, the widest first.
func (h *Web) areaOptions(ctx context.Context) []ui.Option {
	a := access.From(ctx)
	var out []ui.Option
	for _, u := range h.Units.All() {
		within := a.AreaDepth == 0 || len(u.Areas) >= a.AreaDepth && u.Areas[a.AreaDepth-1] == a.AreaID
		if u.Active && (u.Kind == access.Government || u.Kind == access.Town) && within {
			out = append(out, ui.Option{Value: formatID(u.ID), Label: strings.Repeat("　", max(0, len(u.Areas)-max(a.AreaDepth, 1))) + u.Name(i18n.Lang(ctx))})
		}
	}
	return out
}

// unitOptions are the units that an accusation can name or a door belong to.
func (h *Web) unitOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, u := range h.Units.All() {
		if u.Active && u.Kind != access.Government {
			out = append(out, ui.Option{Value: formatID(u.ID), Label: u.Name(i18n.Lang(ctx))})
		}
	}
	return out
}

// options names the values of a closed list.
func options[T ~string](ctx context.Context, prefix string, list []T) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, v := range list {
		out[i] = ui.Option{Value: string(v), Label: i18n.T(ctx, prefix+string(v))}
	}
	return out
}

// purposes are what people come for.
var purposes = []string{"request", "suggestion", "accusation", "retaliation", "consultation", "thanks"}

// reasonText says why an arrival waits: a message, or what somebody wrote.
func reasonText(ctx context.Context, t Tray) string {
	if t.Reason == "" || strings.ContainsAny(t.Reason, " 　") || !strings.Contains(t.Reason, ".") {
		return t.Reason
	}
	key := t.Reason
	if !strings.HasPrefix(key, "door.reason.") {
		key = "fault." + key
	}
	if text := i18n.T(ctx, key); !strings.Contains(text, "⟦") {
		return strings.NewReplacer("%d", "…", "%s", "…", "%v", "…").Replace(text)
	}
	return t.Reason
}
