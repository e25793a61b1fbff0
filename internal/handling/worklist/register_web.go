package worklist

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// ErrNotRegistrar refuses the form to those who do not register.
var ErrNotRegistrar = fault.New(fault.Denied, "worklist.not_registrar")

// purposes are what people come for.
var purposes = []string{"request", "suggestion", "accusation", "retaliation", "consultation", "thanks"}

func (s *Service) getNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if s.intake == nil || !registrar(access.From(ctx)) {
		return ErrNotRegistrar
	}
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	if err := s.beginCall(ctx, form, s.clock.Now()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, s.newPage(form))
}

// postNew registers. What is wrong comes back with everything typed.
func (s *Service) postNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, now := access.From(ctx), s.clock.Now()
	if s.intake == nil || !registrar(a) {
		return ErrNotRegistrar
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	var filed Filed
	f := readFiling(form, a)
	checkSpeakers(form, &f)
	if look, err := s.lookFirst(ctx, form); err != nil || look != nil {
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, lookPage(form, look))
	}
	if form.OK() {
		filed, err = s.intake.File(ctx, f, now)
		if err = form.Take(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, s.newPage(form))
	}
	if filed.Call, err = s.endCall(ctx, form, filed.No, now); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, filedPage(filed))
}

// mostSpeakers may represent a visit of several people (Art. 20).
const mostSpeakers = 5

// checkSpeakers asks how many represent a visit of several people. So few that
// all may speak need not say so.
func checkSpeakers(form *page.Form, f *Filing) {
	switch {
	case f.Channel != casework.Visit || f.Persons < 2:
		f.Speakers = 0
	case f.Speakers == 0 && f.Persons <= mostSpeakers:
		f.Speakers = f.Persons
	case f.Speakers < 1 || f.Speakers > min(mostSpeakers, f.Persons):
		form.Fail("speakers", "worklist.speakers_range", mostSpeakers)
	}
}

func readFiling(form *page.Form, a access.Actor) Filing {
	f := Filing{
		Key: form.Key(), Actor: a, Kind: oneOf(form.Get("kind"), casework.Kinds), Channel: oneOf(form.Get("channel"), byStaff), Purpose: form.Get("purpose"),
		Title: form.Get("title"), Words: form.Get("words"), Wish: form.Get("wish"), Place: form.Get("place"),
		OccurredOn: form.Get("occurred_on"), Anonymous: form.Get("anonymous") == "1", Secret: form.Get("secret") == "1",
		Persons: max(1, form.Int("persons")), Speakers: form.Int("speakers"),
		Who: Clear{
			Name: form.Get("name"), OrgName: form.Get("org_name"), Phone: form.Get("phone"),
			IDNo: form.Get("id_no"), Address: form.Get("address"),
			Sex: form.Get("sex"), Household: form.Get("household"),
		},
	}
	f.AreaID, _ = form.Int64("area")
	f.AccusedID, _ = form.Int64("accused")
	if f.Channel == "" {
		f.Channel = casework.Phone
	}
	if day, err := calendar.ParseDate(form.Get("received_on")); err == nil {
		f.ReceivedAt = day.Start()
	}
	return f
}

// areaOptions are the places that a matter can lie in: the governments of the
// registrar's jurisdiction, the widest first.
func (s *Service) areaOptions(ctx context.Context) []ui.Option {
	a := access.From(ctx)
	var out []ui.Option
	for _, u := range s.units.All() {
		if u.Active && (u.Kind == access.Government || u.Kind == access.Town) && within(u, a) {
			indent := ""
			for range u.Areas[min(len(u.Areas), max(a.AreaDepth, 1)):] {
				indent += "　"
			}
			out = append(out, ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: indent + u.Name(i18n.Lang(ctx))})
		}
	}
	return out
}

func within(u access.Unit, a access.Actor) bool {
	return a.AreaDepth == 0 || len(u.Areas) >= a.AreaDepth && u.Areas[a.AreaDepth-1] == a.AreaID
}

// namesOf lists units by name.
func namesOf(ctx context.Context, units []access.Unit) string {
	list := make([]string, len(units))
	for i, u := range units {
		list[i] = u.Name(i18n.Lang(ctx))
	}
	return strings.Join(list, i18n.T(ctx, "worklist.or"))
}

// unitOptions are the units that an accusation can name.
func (s *Service) unitOptions(lang string) []ui.Option {
	var out []ui.Option
	for _, u := range s.units.All() {
		if u.Active && u.Kind != access.Government {
			out = append(out, ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name(lang)})
		}
	}
	return out
}
