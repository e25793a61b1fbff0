package room

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
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

const base = "/desk/rooms"

var readers = []access.Role{access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead, access.Supervisor, access.Inspector, access.Leader}

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	read := h.need(readers...)
	bureau := h.need(access.BureauClerk, access.BureauHead)
	rt.Handle("GET /desk/rooms", h.getRooms, read)
	rt.Handle("GET /desk/rooms/new", h.getNew, bureau)
	rt.Handle("POST /desk/rooms/new", h.postNew, bureau)
	rt.Handle("GET /desk/rooms/{id}", h.getRoom, read)
	rt.Handle("GET /desk/rooms/{id}/do/{act}", h.getAct, read)
	rt.Handle("POST /desk/rooms/{id}/do/{act}", h.postAct, read)
	rt.Handle("POST /desk/rooms/{id}/seats/{seat}/end", h.postEndSeat, bureau)
	h.guestRoutes(rt)
	h.conferenceRoutes(rt)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func numberOf(form *page.Form, name string) int64 {
	n, _ := form.Int64(name)
	return n
}

func pathID(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.PathValue(name), 10, 64) // 0 is found nowhere
	return n
}

func roomPath(id int64) string { return base + "/" + number(id) }

func actPath(id int64, act string) string { return roomPath(id) + "/do/" + act }

// momentOf reads the two fields of a moment; zero when one is none.
func momentOf(form *page.Form) time.Time {
	day, err := calendar.ParseDate(form.Get("day"))
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse("15:04", form.Get("time"))
	if err != nil {
		return time.Time{}
	}
	return day.Start().Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute).UTC()
}

type listView struct {
	closed bool
	rows   []Room
	next   string
	may    bool
	now    time.Time
	*Web
}

func (h *Web) getRooms(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	a := access.From(r.Context())
	v := listView{closed: form.Get("view") == "done", may: a.Has(access.BureauClerk, access.BureauHead), now: h.Clock.Now(), Web: h}
	q := Query{Closed: v.closed}
	if _, err := web.DecodeCursor(form.Get("after"), &q.After.Due, &q.After.ID); err != nil {
		return err
	}
	var next *Key
	if v.rows, next, err = h.Rooms(r.Context(), a, q); err != nil {
		return err
	}
	if next != nil {
		v.next = base + "?view=" + v.view() + "&after=" + web.EncodeCursor(next.Due, next.ID)
	}
	return web.Render(w, r, http.StatusOK, roomsPage(v))
}

func (v listView) view() string {
	if v.closed {
		return "done"
	}
	return "open"
}

func viewTabs(ctx context.Context) []ui.Tab {
	return []ui.Tab{
		{ID: "open", Label: i18n.T(ctx, "room.view.open"), Href: base, Count: -1},
		{ID: "done", Label: i18n.T(ctx, "room.view.done"), Href: base + "?view=done", Count: -1},
	}
}

func (h *Web) getNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, h.newPage(form))
}

func (h *Web) postNew(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	no, ok := casework.CheckNumber(form.Get("case"))
	if !ok {
		form.Fail("case", "room.no_case")
	}
	var x Room
	if form.OK() {
		x, err = h.Convene(r.Context(), access.From(r.Context()), Convening{Key: form.Key(), CaseNo: no, Reason: form.Get("reason"),
			Days: form.Int("days"), Chair: form.Get("chair"), JusticeID: numberOf(form, "justice")}, h.Clock.Now())
		if err = form.Take(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, h.newPage(form))
	}
	web.Flash(w, "room.convened")
	return web.Redirect(w, r, roomPath(x.ID))
}

type roomView struct {
	Detail
	actor access.Actor
	brief string
	now   time.Time
	*Web
}

func (h *Web) view(r *http.Request) (roomView, error) {
	v := roomView{actor: access.From(r.Context()), now: h.Clock.Now(), Web: h}
	var err error
	if v.Detail, err = h.Room(r.Context(), v.actor, pathID(r, "id")); err != nil {
		return v, err
	}
	v.brief, err = h.Service.brief(r.Context(), v.Detail.Room)
	return v, err
}

func (h *Web) getRoom(w http.ResponseWriter, r *http.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, roomPage(v))
}

func (h *Web) postEndSeat(w http.ResponseWriter, r *http.Request) error {
	id := pathID(r, "id")
	if err := h.EndSeat(r.Context(), access.From(r.Context()), id, pathID(r, "seat"), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "room.saved")
	return web.Redirect(w, r, roomPath(id))
}

// opinionsOf are what a seat said, newest first.
func (v roomView) opinionsOf(seat int64) []Opinion {
	var out []Opinion
	for _, o := range slices.Backward(v.Opinions) {
		if o.SeatID == seat {
			out = append(out, o)
		}
	}
	return out
}

// who names a seat: a unit, or somebody with the office.
func (h *Web) who(ctx context.Context, s Seat) string {
	if !s.Outside() {
		return h.unitName(s.UnitID, i18n.Lang(ctx))
	}
	return s.Name + i18n.Pick(ctx, "（", " (") + s.Office + i18n.Pick(ctx, "）", ")")
}

// lines are the missing things in words.
func (v roomView) lines(ctx context.Context) []string {
	var out []string
	for _, m := range v.missing() {
		out = append(out, i18n.T(ctx, "room.missing."+m))
	}
	return out
}

// clockOf finds the clock of an assisting unit's task.
func (v roomView) clockOf(t casework.Task) (casework.Obligation, bool) {
	for _, o := range v.Case.Obligations {
		if o.Clock == casework.Assist && o.Ref == t.Seq {
			return o, true
		}
	}
	return casework.Obligation{}, false
}

func (v roomView) may(verb casework.Verb) bool { return slices.Contains(v.Detail.May, verb) }

func (v roomView) terms(ctx context.Context) []ui.Term {
	t := func(key, text string) ui.Term { return ui.Term{Label: i18n.T(ctx, "room."+key), Text: text} }
	lang := i18n.Lang(ctx)
	out := []ui.Term{
		{Label: i18n.T(ctx, "room.case"), Body: caseLink(v.Case)},
		t("by", v.unitName(v.BureauID, lang)), t("opened", i18n.Moment(ctx, v.OpenedAt)),
	}
	if v.Chair != "" {
		out = append(out, t("chair", v.Chair))
	}
	if v.Case.LeadUnitID != 0 {
		out = append(out, t("lead_now", v.unitName(v.Case.LeadUnitID, lang)))
	}
	if v.Sits() {
		return append(out, ui.Term{Label: i18n.T(ctx, "room.due"), Body: ui.Due(v.DueAt, v.now)})
	}
	return append(out, t("ended", i18n.Moment(ctx, v.ClosedAt)))
}

// unitOptions are the units of the actor's area, grouped by government.
func (h *Web) unitOptions(ctx context.Context) []ui.Option {
	a, lang := access.From(ctx), i18n.Lang(ctx)
	var out []ui.Option
	for _, u := range h.Units.All() {
		if u.Active && u.Kind != access.Government && u.Kind != access.Village && slices.Contains(u.Areas, a.AreaID) {
			area, _ := h.Units.Unit(u.Area)
			out = append(out, ui.Option{Value: number(u.ID), Label: u.Name(lang), Group: area.Name(lang)})
		}
	}
	slices.SortStableFunc(out, func(x, y ui.Option) int { return strings.Compare(x.Group, y.Group) })
	return out
}

func labelled[T ~string](ctx context.Context, prefix string, values []T) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: string(v), Label: i18n.T(ctx, prefix+string(v))}
		if help := prefix + string(v) + ".help"; i18n.Has(ctx, help) {
			out[i].Help = i18n.T(ctx, help)
		}
	}
	return out
}

func taskTone(t casework.TaskStatus) string {
	return map[casework.TaskStatus]string{
		casework.TaskOpen: "info", casework.TaskAnswered: "success", casework.TaskReturned: "warning",
	}[t]
}
