package deadlines

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Routes implements web.Capability: the calculator and the rules at a glance,
// for everybody.
func (c *Calculator) Routes(rt *web.Router) {
	rt.Handle("GET /clocks", c.getClocks)
	rt.Handle("GET /law", c.getLaw)
}

func clockLink(k casework.Clock) string {
	return "/clocks?" + url.Values{"clock": {string(k)}}.Encode()
}

func (c *Calculator) getClocks(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	now := c.clock.Now()
	v := clocksView{Form: form, Today: calendar.On(now).String(), Most: c.law.Rules().Params.MaxExtension}
	if form.Get("clock") == "" {
		return web.Render(w, r, http.StatusOK, clocksPage(v))
	}
	if form.Get("start") == "" {
		form.Set("start", v.Today)
	}
	a, err := c.Reckon(ask(form))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, clocksPage(v))
	}
	v.Answer = &a
	return web.Render(w, r, http.StatusOK, clocksPage(v))
}

// ask reads a question from a form. What is none becomes a value that no
// question has, so that it is refused where it was typed.
func ask(form *page.Form) Question {
	q := Question{Clock: casework.Clock(form.Get("clock")), Urgency: casework.Urgency(form.Get("urgency"))}
	q.Days, q.Extend = whole(form.Get("days")), whole(form.Get("extend"))
	if day, err := calendar.ParseDate(form.Get("start")); err == nil {
		q.Start = day.Start()
	}
	if text := form.Get("time"); text != "" && !q.Start.IsZero() {
		at, err := time.Parse("15:04", text)
		if err != nil {
			form.Fail("time", "deadlines.time")
		}
		q.Start = q.Start.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	}
	froms, tos := form.All("from"), form.All("to")
	for i, from := range froms {
		to := ""
		if i < len(tos) {
			to = tos[i]
		}
		if (from != "" || to != "") && i < mostPause {
			q.Pauses = append(q.Pauses, span(from, to))
		}
	}
	return q
}

// span reads two days; one that is missing makes it empty.
func span(from, to string) ui.Span {
	a, errA := calendar.ParseDate(from)
	b, errB := calendar.ParseDate(to)
	if errA != nil || errB != nil {
		return ui.Span{From: calendar.Date{Year: 2, Month: 1, Day: 2}, To: calendar.Date{Year: 2, Month: 1, Day: 1}}
	}
	return ui.Span{From: a, To: b}
}

// whole reads a number; -1 for what is none.
func whole(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func (c *Calculator) getLaw(w http.ResponseWriter, r *http.Request) error {
	v := lawView{Rows: c.Rows(), Version: c.Version(), Soon: c.law.Rules().Params.SoonDays}
	return web.Render(w, r, http.StatusOK, lawPage(v))
}
