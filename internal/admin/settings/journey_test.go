package settings_test

import (
	"net/http"
	"testing"
	"time"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// TestACaseKeepsItsRules: a case registered before a change of rules is handled
// in the time that held then, one registered after it in the new time; the
// history counts each under its own version, and the page that explains a date
// names it.
func TestACaseKeepsItsRules(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City})
		clerk := h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		handler := h.Client(apptest.Post{Role: access.UnitHandler, Unit: h.School})

		before := h.File(1)
		form := admin.Get("/admin/parameters").Is(http.StatusOK).Hidden()
		for name, value := range map[string]string{"clock.T4": "45", "note": "市政府决定提速"} {
			form.Set(name, value)
		}
		admin.Post("/admin/parameters/versions", form).Is(http.StatusOK).Has("市政府决定提速", "45")
		after := h.File(2)

		for no, days := range map[string]int{before.No: 60, after.No: 45} {
			clerk.Do(no, casework.Forward, casework.Data{UnitID: h.School, Category: "0101", Nature: casework.R7}, "f"+no).Is(http.StatusOK)
			handler.Do(no, casework.SignFor, casework.Data{}, "s"+no).Is(http.StatusOK)
			handler.Do(no, casework.Accept, casework.Data{}, "a"+no).Is(http.StatusOK)
			o, ok := h.Case(no).Running(casework.T4)
			if !ok || o.Days != days || o.DueAt.Sub(o.OpenedAt) > time.Duration(days+1)*24*time.Hour {
				t.Errorf("%s is handled in %d days until %v, want %d", no, o.Days, o.DueAt, days)
			}
		}
		version := h.Settings.InForce().ID
		if h.Case(before.No).RuleVersion != casework.DefaultParams().Version || h.Case(after.No).RuleVersion != version {
			t.Errorf("versions %q and %q", h.Case(before.No).RuleVersion, h.Case(after.No).RuleVersion)
		}
		for _, id := range []string{casework.DefaultParams().Version, version} {
			if n, more, err := h.Procedure.OpenUnder(t.Context(), id); n != 1 || more || err != nil {
				t.Errorf("%d open cases under %s, %v", n, id, err)
			}
		}
		admin.Get("/admin/parameters/versions").Is(http.StatusOK).Has("2022-05-01", version)
		desk := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		for _, o := range h.Case(before.No).Obligations {
			if o.Clock == casework.T4 {
				desk.Get("/desk/cases/"+before.No+"/why/"+string(rune('0'+o.Seq))).Is(http.StatusOK).Has("2022-05-01", "第 60 天", `data-testid="calendar"`)
			}
		}
	})
}
