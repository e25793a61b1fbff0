package hotline

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the operator's pages.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	take, read := h.need(takers...), h.need(readers...)
	rt.Handle("GET /desk/calls", h.getBoard, take)
	rt.Handle("GET /desk/calls/live", h.getLive, take)
	rt.Handle("GET /desk/calls/figures", h.getFigures, read)
	rt.Handle("GET /desk/calls/{id}", h.getCall, take)
	rt.Handle("POST /desk/calls/{id}/settle", h.postSettle, take)
	rt.Handle("POST /desk/calls/{id}/read-back", h.postReadBack, take)
	rt.Handle("POST /desk/calls/{id}/transcript", h.postTranscript, take, web.MaxBody(1<<20))
	rt.Handle("GET /desk/calls/{id}/recording", h.getRecording)
}

// boardView is the operator's screen.
type boardView struct {
	live  []Call
	view  view
	rows  []Call
	next  string
	now   time.Time
	lines int
}

// forgotten is how long a call may be on before nobody believes it.
const forgotten = 4 * time.Hour

// listed is how far back the lists of the board reach.
const listed = 7

func (h *Web) getBoard(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := boardView{view: view(form.Get("view")), now: h.Clock.Now()}
	if !slices.Contains(views, v.view) {
		v.view = today
	}
	since := calendar.On(v.now).Start().UTC()
	if v.view != today {
		since = since.AddDate(0, 0, -listed)
	}
	var at, id int64
	if _, err := web.DecodeCursor(form.Get("after"), &at, &id); err != nil {
		return err
	}
	if v.live, err = h.store.live(ctx, v.now.Add(-forgotten)); err != nil {
		return err
	}
	if v.rows, err = h.store.list(ctx, v.view, since, at, id); err != nil {
		return err
	}
	if len(v.rows) > pageSize {
		v.rows = v.rows[:pageSize]
		last := v.rows[pageSize-1]
		v.next = base + "?" + url.Values{"view": {string(v.view)}, "after": {web.EncodeCursor(last.FirstAt.UnixMicro(), last.ID)}}.Encode()
	}
	open, err := h.Doors.Active(ctx, kindName)
	if v.lines = len(open); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, boardPage(v))
}

// getLive is the part of the board that asks for itself every few seconds.
func (h *Web) getLive(w http.ResponseWriter, r *http.Request) error {
	live, err := h.store.live(r.Context(), h.Clock.Now().Add(-forgotten))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("seen") == seen(live) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return web.Render(w, r, http.StatusOK, liveList(live))
}

// seen names what a screen shows of the calls that are on.
func seen(live []Call) string {
	h := fnv.New64a()
	for _, c := range live {
		fmt.Fprint(h, c.ID, c.Mask, c.Seat, c.Outcome, c.Ringing(), c.FirstAt.Unix(), ";")
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

func (v boardView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, one := range views {
		out = append(out, ui.Tab{ID: string(one), Label: i18n.T(ctx, "hotline.view."+string(one)), Href: base + "?view=" + string(one), Count: -1})
	}
	return out
}

// callView is one call with what the operator needs to see.
type callView struct {
	c          Call
	form       *page.Form
	earlier    []Earlier
	candidates []Candidate
	calls      []Call
	words      Words
	hears      bool
	transcript string
	note       string
	noModel    bool
	register   string
	now        time.Time
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func (h *Web) getCall(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, nil, http.StatusOK)
}

func (h *Web) show(w http.ResponseWriter, r *http.Request, form *page.Form, status int) error {
	ctx := r.Context()
	a, v := access.From(ctx), callView{form: form, now: h.Clock.Now()}
	var err error
	if v.c, err = h.Call(ctx, a, idOf(r)); err != nil {
		return err
	}
	if v.words, v.hears, err = h.Hears(ctx, a, v.c); err != nil {
		return err
	}
	if v.hears {
		v.transcript, v.note = h.transcript(v.c), h.clear(v.c, "note", v.c.note)
	}
	if phone := h.phone(v.c); phone != "" {
		if v.earlier, err = h.History.Earlier(ctx, a, phone); err != nil {
			return err
		}
		if h.Candidates != nil && v.c.CaseID == 0 {
			if v.candidates, err = h.Candidates.Candidates(ctx, a, phone, v.transcript); err != nil {
				return err
			}
		}
	}
	if v.calls, err = h.store.ofNumber(ctx, v.c); err != nil {
		return err
	}
	v.noModel = h.Transcriber == nil || h.Transcriber.Ready(ctx) != nil
	if v.c.CaseID == 0 {
		v.register = "/desk/new?call=" + url.QueryEscape(h.Link(a, v.c, v.now))
	}
	return web.Render(w, r, status, callPage(v))
}

// act carries out a form and comes back to the call, or shows what is wrong.
func (h *Web) act(w http.ResponseWriter, r *http.Request, do func(a access.Actor, id int64, form *page.Form) error) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id := idOf(r)
	if err := form.Take(do(access.From(r.Context()), id, form)); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, form, http.StatusUnprocessableEntity)
	}
	web.Flash(w, "hotline.noted")
	return web.Redirect(w, r, pathOf(id))
}

func (h *Web) postSettle(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(a access.Actor, id int64, f *page.Form) error {
		return h.Settle(r.Context(), a, id, Settling{Outcome(f.Get("outcome")), f.Get("note")})
	})
}

func (h *Web) postReadBack(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(a access.Actor, id int64, f *page.Form) error {
		if f.Get("agreed") != "1" {
			return fault.New(errEvent.Kind, "hotline.incomplete").Field("agreed", "hotline.tick")
		}
		return h.ReadBack(r.Context(), a, id, h.Clock.Now())
	})
}

func (h *Web) postTranscript(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(a access.Actor, id int64, f *page.Form) error {
		return h.Write(r.Context(), a, id, f.Get("text"))
	})
}

func (h *Web) getRecording(w http.ResponseWriter, r *http.Request) error {
	c, sound, err := h.Sound(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", c.RecordingTyp)
	head.Set("Cache-Control", "private, no-store")
	head.Set("Content-Disposition", "inline")
	http.ServeContent(w, r, "", c.FirstAt, bytes.NewReader(sound))
	return nil
}

// Panel is the part of a case's page that holds its calls.
func (h *Web) Panel(ctx context.Context, a access.Actor, caseID int64) (templ.Component, error) {
	calls, err := h.OfCase(ctx, caseID)
	if err != nil || len(calls) == 0 {
		return nil, err
	}
	texts := map[int64]string{}
	for _, c := range calls {
		texts[c.ID] = h.transcript(c)
	}
	return casePanel(calls, texts, a.Has(takers...)), nil
}

func terms(ctx context.Context, c Call) []ui.Term {
	out := []ui.Term{{Label: i18n.T(ctx, "hotline.from"), Text: mask(ctx, c)}, {Label: i18n.T(ctx, "hotline.began"), Text: i18n.Moment(ctx, c.FirstAt)}}
	if d, ok := c.Waited(); ok {
		out = append(out, ui.Term{Label: i18n.T(ctx, "hotline.waited"), Text: length(d)})
	}
	if !c.AnsweredAt.IsZero() && !c.EndedAt.IsZero() {
		out = append(out, ui.Term{Label: i18n.T(ctx, "hotline.talked"), Text: length(c.EndedAt.Sub(c.AnsweredAt))})
	}
	if c.Seat != "" {
		out = append(out, ui.Term{Label: i18n.T(ctx, "hotline.seat"), Text: c.Seat})
	}
	return out
}

func mask(ctx context.Context, c Call) string {
	if c.Mask == "" {
		return i18n.T(ctx, "hotline.withheld")
	}
	return c.Mask
}

// length writes minutes and seconds.
func length(d time.Duration) string {
	s := int(max(0, d).Round(time.Second) / time.Second)
	return strconv.Itoa(s/60) + ":" + strconv.Itoa(s%60/10) + strconv.Itoa(s%10)
}

// stage names how a call stands, with the tone of its badge.
func stage(c Call) (tone, key string) {
	switch {
	case c.Outcome == Filed:
		return "success", "hotline.stage.case"
	case c.Outcome == Answered:
		return "success", "hotline.stage.answered"
	case c.Outcome == Nothing:
		return "", "hotline.stage.nothing"
	case c.Ringing():
		return "warning", "hotline.stage.ringing"
	case c.Live():
		return "info", "hotline.stage.talking"
	case c.Missed():
		return "danger", "hotline.stage.missed"
	}
	return "warning", "hotline.stage.loose"
}
