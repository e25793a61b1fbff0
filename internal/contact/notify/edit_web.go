package notify

import (
	_ "embed"
	"net/http"
	"slices"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/web"
)

//go:embed worker.js
var workerScript []byte

func (h *Web) getMatrix(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	v, err := h.MatrixOf(r.Context(), h.areaOf(r, query))
	if err != nil {
		return err
	}
	return h.grid(w, r, http.StatusOK, gridView{Version: v, Form: page.NewForm(nil)})
}

// areaOf is the area that is asked for, or the asker's own.
func (h *Web) areaOf(r *http.Request, form *page.Form) int64 {
	a := access.From(r.Context())
	if a.Role == access.BureauHead {
		return a.AreaID
	}
	id, _ := form.Int64("area")
	return id
}

func (h *Web) grid(w http.ResponseWriter, r *http.Request, status int, v gridView) error {
	v.Carriers = h.ways()
	a := access.From(r.Context())
	v.Voice = voice(a)
	if a.Role == access.SystemAdmin {
		for _, u := range h.Units.All() {
			if u.Kind == access.Government && u.Active {
				v.Areas = append(v.Areas, u)
			}
		}
	}
	v.Area, _ = h.Units.Unit(v.Version.AreaID)
	var err error
	if v.History, err = h.Versions(r.Context(), v.Version.AreaID); err != nil {
		return err
	}
	return web.Render(w, r, status, matrixPage(v))
}

// postMatrix saves, or, by the other button, shows what the grid as it stands
// would have sent.
func (h *Web) postMatrix(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	area := h.areaOf(r, form)
	m := readMatrix(form)
	base, _ := form.Int64("base")
	v := gridView{Version: Version{AreaID: area, Number: base, Matrix: m}, Form: form}
	if form.Get("do") == "preview" {
		if err = form.Take(m.Check()); err != nil {
			return err
		}
		if form.OK() {
			p, err := h.DryRun(r.Context(), area, m)
			if err != nil {
				return err
			}
			v.Preview = &p
			return h.grid(w, r, http.StatusOK, v)
		}
	} else if err = form.Take(h.SetMatrix(r.Context(), area, base, m)); err != nil {
		return err
	}
	if !form.OK() {
		return h.grid(w, r, http.StatusUnprocessableEntity, v)
	}
	web.Flash(w, "notify.saved")
	return web.Redirect(w, r, "/admin/reminders?area="+strconv.FormatInt(area, 10))
}

// readMatrix reads the grid; a number that is none is out of every range.
func readMatrix(form *page.Form) Matrix {
	number := func(name string) int {
		n, err := strconv.Atoi(form.Get(name))
		if err != nil && form.Get(name) != "" {
			return -1
		}
		return n
	}
	m := Matrix{Cells: map[Condition]map[Level]Cell{}, Rules: map[sender.Way]Rule{}}
	for _, c := range Conditions {
		m.Cells[c] = map[Level]Cell{}
		for _, l := range Levels {
			name := string(c) + "." + string(l)
			cell := Cell{After: number(name + ".after"), Every: number(name + ".every"), Most: number(name + ".most")}
			for _, way := range Ways {
				if form.Has(name, string(way)) {
					cell.Ways = append(cell.Ways, way)
				}
			}
			m.Cells[c][l] = cell
		}
	}
	for _, way := range Ways {
		if way == sender.InApp {
			continue
		}
		name := string(way) + "."
		m.Rules[way] = Rule{
			QuietFrom: minutes(form.Get(name + "quiet_from")), QuietTo: minutes(form.Get(name + "quiet_to")), DigestAt: minutes(form.Get(name + "digest_at")),
			Workdays: form.Has(name+"is", "workdays"), Urgent: form.Has(name+"is", "urgent"), Digest: form.Has(name+"is", "digest"), PerDay: number(name + "per_day"),
		}
	}
	return m
}

func (h *Web) getLog(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.log(w, r, http.StatusOK, query)
}

func (h *Web) log(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	var before int64
	later, err := web.DecodeCursor(form.Get("before"), &before)
	if err != nil {
		return err
	}
	state := State(form.Get("state"))
	if form.Get("state") == "" {
		state = Stuck
	} else if !slices.Contains(States, state) {
		state = ""
	}
	v := logView{Form: form, State: state, Now: h.Clock.Now(), Voice: voice(access.From(r.Context())), Carriers: h.ways()}
	lines, more, err := h.Outgoing(r.Context(), state, before)
	if err != nil {
		return err
	}
	v.Lines = lines
	if v.Alarms, err = h.alarms(r); err != nil {
		return err
	}
	path := "/admin/messages?state=" + v.tab()
	if later {
		v.First = path
	}
	if more {
		v.Next = path + "&before=" + web.EncodeCursor(lines[len(lines)-1].ID)
	}
	return web.Render(w, r, status, logPageView(v))
}

// alarms are the posts that nobody holds, by unit.
func (h *Web) alarms(r *http.Request) ([]alarmLine, error) {
	list, err := h.Alarms(r.Context())
	out := make([]alarmLine, len(list))
	for i, a := range list {
		u, _ := h.Units.Unit(a.UnitID)
		out[i] = alarmLine{Alarm: a, Unit: u}
	}
	return out, err
}

func (h *Web) postStuck(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return errMissing
	}
	switch form.Get("do") {
	case "retry":
		err = h.Retry(r.Context(), id)
	case "other":
		err = h.Another(r.Context(), id, sender.Way(form.Get("way")))
	case "dismiss":
		err = h.Dismiss(r.Context(), id)
	default:
		err = errMissing
	}
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.log(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "notify.done")
	return web.Redirect(w, r, "/admin/messages")
}
