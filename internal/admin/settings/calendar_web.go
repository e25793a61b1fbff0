package settings

import (
	"net/http"
	"strconv"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// The years that can be looked at.
const (
	firstYear = 2019
	lastYear  = 2100
)

func (h *Web) getCalendar(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	return h.year(w, r, http.StatusOK, query)
}

// year draws the twelve months; the form keeps a pasted notice.
func (h *Web) year(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	now := h.Clock.Now()
	year := form.Int("year")
	if year < firstYear || year > lastYear {
		year = calendar.On(now).Year
	}
	cal := h.Calendar()
	v := yearView{Form: form, Year: year, Covered: cal.Covers(year)}
	v.Missing, _ = h.MissingYear(now)
	for m := time.January; m <= time.December; m++ {
		v.Months = append(v.Months, month{Month: m, Weeks: weeks(cal, year, m, calendar.On(now))})
	}
	return web.Render(w, r, status, yearPage(v))
}

// weeks cuts a month into weeks from Monday; the days around it are zero.
func weeks(cal calendar.Calendar, year int, m time.Month, today calendar.Date) [][7]cell {
	day := calendar.Date{Year: year, Month: m, Day: 1}
	column := (int(day.Weekday()) + 6) % 7
	var all [][7]cell
	var week [7]cell
	for ; day.Month == m; day = day.Add(1) {
		week[column] = cellOf(cal, day)
		week[column].Today = day == today
		if column++; column == 7 {
			all, week, column = append(all, week), [7]cell{}, 0
		}
	}
	if column > 0 {
		all = append(all, week)
	}
	return all
}

func cellOf(cal calendar.Calendar, day calendar.Date) cell {
	c := cell{Date: day, Kind: "work"}
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	switch working := cal.Working(day); {
	case cal.MakeUp(day):
		c.Kind = "makeup"
	case !working && (cal.Holiday(day) != "" || !weekend):
		c.Kind, c.Name = "off", cal.Holiday(day)
	case !working:
		c.Kind = "weekend"
	}
	return c
}

func (h *Web) dayOf(r *http.Request) (calendar.Date, error) {
	day, err := calendar.ParseDate(r.PathValue("day"))
	if err != nil || day.Year < firstYear || day.Year > lastYear {
		return day, fault.New(fault.NotFound, "settings.day_unknown")
	}
	return day, nil
}

func (h *Web) getDay(w http.ResponseWriter, r *http.Request) error {
	day, err := h.dayOf(r)
	if err != nil {
		return err
	}
	c := cellOf(h.Calendar(), day)
	form := page.NewForm(nil).Set("kind", string(DayByNotice)).Set("name", c.Name)
	return web.Render(w, r, http.StatusOK, dayPage(form, c))
}

func (h *Web) postDay(w http.ResponseWriter, r *http.Request) error {
	day, err := h.dayOf(r)
	if err != nil {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.SetDay(r.Context(), day, DayKind(form.Get("kind")), form.Get("name"))
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, dayPage(form, cellOf(h.Calendar(), day)))
	}
	web.Flash(w, "settings.saved")
	return web.Redirect(w, r, "/admin/calendars?year="+strconv.Itoa(day.Year))
}

func (h *Web) postYear(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	text := form.Get("notice")
	if uploaded, ok, err := uploadedText(r, "file"); err != nil {
		return err
	} else if ok {
		text = uploaded
		form.Set("notice", text)
	}
	year, days, err := h.LoadYear(r.Context(), text)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.year(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "settings.year_loaded", year, days)
	return web.Redirect(w, r, "/admin/calendars?year="+strconv.Itoa(year))
}
