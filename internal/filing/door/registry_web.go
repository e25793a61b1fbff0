package door

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

const doorsBase = "/admin/doors"

// daysShown is how far back the registry looks.
const daysShown = 7

// doorDay is how a door did on one day in Beijing.
type doorDay struct {
	Day                               calendar.Date
	Probes, Failures, Arrivals, Filed int
}

// Share is the part of probes that found the door working, in percent; -1 when
// nobody looked.
func (d doorDay) Share() int {
	if d.Probes == 0 {
		return -1
	}
	return 100 * (d.Probes - d.Failures) / d.Probes
}

type doorRow struct {
	Entry
	last time.Time
	days []doorDay
}

// share is the availability over all days shown; -1 when nobody looked.
func (r doorRow) share() int {
	var all doorDay
	for _, d := range r.days {
		all.Probes += d.Probes
		all.Failures += d.Failures
	}
	return all.Share()
}

type doorsView struct {
	rows []doorRow
	now  time.Time
	*Web
}

func (h *Web) getDoors(w http.ResponseWriter, r *http.Request) error {
	v := doorsView{now: h.Clock.Now(), Web: h}
	var err error
	if v.rows, err = h.doorRows(r.Context(), v.now); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, doorsPage(v))
}

// doorRows joins the registry with the figures of the last days.
func (h *Web) doorRows(ctx context.Context, now time.Time) ([]doorRow, error) {
	entries, err := h.Entries(ctx)
	if err != nil {
		return nil, err
	}
	last, err := h.lastArrivals(ctx)
	if err != nil {
		return nil, err
	}
	first := calendar.On(now).Add(1 - daysShown)
	hours, err := h.hours(ctx, first.Start())
	if err != nil {
		return nil, err
	}
	rows := make([]doorRow, len(entries))
	for i, e := range entries {
		rows[i] = doorRow{Entry: e, last: last[e.Code], days: daysOf(e.Code, first, hours)}
	}
	return rows, nil
}

func daysOf(code string, first calendar.Date, hours []Hour) []doorDay {
	days := make([]doorDay, daysShown)
	for i := range days {
		days[i].Day = first.Add(i)
	}
	for _, x := range hours {
		on := calendar.On(time.Unix(x.Hour*3600, 0))
		i := slices.IndexFunc(days, func(d doorDay) bool { return d.Day == on })
		if x.Door != code || i < 0 {
			continue
		}
		days[i].Probes += x.Probes
		days[i].Failures += x.Failures
		days[i].Arrivals += x.Arrivals
		days[i].Filed += x.Filed
	}
	return days
}

type doorView struct {
	entry Entry
	kind  Kind
	isNew bool
	row   doorRow
	tried string // "", "ok" or what went wrong
	form  *page.Form
	now   time.Time
	*Web
}

func (h *Web) getNewDoor(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, doorPage(h.newView(form)))
}

// newView first asks for the kind, whose fields the form then has.
func (h *Web) newView(form *page.Form) doorView {
	kind := h.kinds[form.Get("kind")]
	return doorView{isNew: true, kind: kind, form: form, now: h.Clock.Now(), Web: h, entry: Entry{Kind: kind.Name, Active: true, Merge: Merged, Priority: 10}}
}

func (h *Web) postNewDoor(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	e, given := h.readDoor(form, Entry{Kind: form.Get("kind"), Code: form.Get("code")})
	if err = form.Take(h.Save(r.Context(), access.From(r.Context()), e, given)); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, doorPage(h.newView(form)))
	}
	web.Flash(w, "door.saved", e.NameZH)
	return web.Redirect(w, r, doorsBase+"/"+e.Code)
}

func (h *Web) readDoor(form *page.Form, e Entry) (Entry, map[string]string) {
	e.NameZH, e.NameEN, e.Channel = form.Get("name_zh"), form.Get("name_en"), casework.Channel(form.Get("channel"))
	e.Hours, e.Workdays, e.Merge = form.Get("hours"), form.Get("workdays") == "1", Merge(form.Get("merge"))
	e.UnitID, _ = form.Int64("unit")
	e.Priority, e.Active = form.Int("priority"), form.Get("active") == "1"
	given := map[string]string{}
	for _, f := range h.kinds[e.Kind].Fields {
		given[f.Name] = form.Get("set-" + f.Name)
	}
	return e, given
}

func (h *Web) view(ctx context.Context, code string, form *page.Form) (doorView, error) {
	v := doorView{form: form, now: h.Clock.Now(), Web: h}
	rows, err := h.doorRows(ctx, v.now)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(rows, func(r doorRow) bool { return r.Code == code })
	if i < 0 {
		return v, ErrUnknown
	}
	v.row, v.entry, v.kind = rows[i], rows[i].Entry, h.kinds[rows[i].Kind]
	return v, nil
}

func (h *Web) getDoor(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v, err := h.view(r.Context(), r.PathValue("code"), form)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, doorPage(v))
}

func (h *Web) postDoor(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	v, err := h.view(r.Context(), r.PathValue("code"), form)
	if err != nil {
		return err
	}
	e, given := h.readDoor(form, v.entry)
	e.Version, _ = form.Int64("version")
	e.Version = max(e.Version, 1)
	if err = form.Take(h.Save(r.Context(), access.From(r.Context()), e, given)); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, doorPage(v))
	}
	web.Flash(w, "door.saved", e.NameZH)
	return web.Redirect(w, r, doorsBase+"/"+e.Code)
}

// postTry opens the door as it is saved and asks whether it works.
func (h *Web) postTry(w http.ResponseWriter, r *http.Request) error {
	v, err := h.view(r.Context(), r.PathValue("code"), page.NewForm(nil))
	if err != nil {
		return err
	}
	v.tried = "ok"
	if err := h.Try(r.Context(), v.entry.Code); err != nil {
		v.tried = clip(err.Error())
		if f, ok := fault.As(err); ok {
			v.tried = i18n.T(r.Context(), "fault."+f.ID, f.Args...)
		}
	}
	return web.Render(w, r, http.StatusOK, doorPage(v))
}

func (h *Web) kindOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(h.names))
	for i, name := range h.names {
		out[i] = ui.Option{Value: name, Label: i18n.T(ctx, "door.kind."+name)}
	}
	return out
}

// channels are those that a door can stand for.
func channels() []casework.Channel {
	return slices.DeleteFunc(slices.Clone(casework.Channels), func(c casework.Channel) bool { return c == casework.Imported })
}

// height of a bar: a day that nobody looked at is a stub.
func (d doorDay) height() int {
	if s := d.Share(); s >= 0 {
		return max(2, s/5)
	}
	return 1
}

// class of a bar, by the share that was there.
func (d doorDay) class() string {
	switch s := d.Share(); {
	case s < 0:
		return "none"
	case s < 95:
		return "bad"
	case s < 99:
		return "fair"
	}
	return "good"
}

func shareText(ctx context.Context, share int) string {
	if share < 0 {
		return i18n.T(ctx, "door.not_probed")
	}
	return strconv.Itoa(share) + " %"
}

func (v doorView) title(ctx context.Context) string {
	if v.isNew {
		return i18n.T(ctx, "door.add")
	}
	return v.entry.Name(i18n.Lang(ctx))
}

func (v doorView) action() string {
	if v.isNew {
		return doorsBase + "/new"
	}
	return doorsBase + "/" + v.entry.Code
}

// tick is a box of the entry, until the form was sent.
func (v doorView) tick(on bool) string {
	if on && v.form.Key() == "" {
		return "1"
	}
	return ""
}

func (v doorView) fieldLabel(ctx context.Context, f Field) string {
	return i18n.T(ctx, "door."+v.kind.Name+"."+f.Name)
}

func (v doorView) fieldValue(f Field) string {
	if value := v.entry.Values[f.Name]; value != "" {
		return value
	}
	return f.Default
}

func choices(f Field) []ui.Option {
	out := make([]ui.Option, len(f.Choices))
	for i, c := range f.Choices {
		out[i] = ui.Option{Value: c, Label: c}
	}
	return out
}

func unitValue(id int64) string {
	if id == 0 {
		return ""
	}
	return formatID(id)
}
