package app_test

import (
	"net/http"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// TestAlarmStaysUntilMended: a case whose unit is closed stands on the page of
// alarms until it has another unit.
func TestAlarmStaysUntilMended(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk := l.at(access.BureauClerk, l.EastBureau)
		r, _ := l.file()
		l.act(r.No, deed{clerk, casework.Forward, to(l.School), casework.Dispatched})
		desk := l.SignIn(apptest.Post{Role: access.BureauHead, Unit: l.EastBureau})
		if page := desk.Get("/desk/alarms").Is(http.StatusOK); strings.Contains(page.Body, r.No) {
			t.Fatal("an alarm without a cause")
		}
		closeUnit(t, l.House, l.School)
		for range 2 {
			desk.Get("/desk/alarms").Is(http.StatusOK).Has(r.No)
		}
		l.SignIn(apptest.Post{Role: access.BureauHead, Unit: l.WestBureau}).Get("/desk/alarms").Is(http.StatusOK).Lacks(r.No)
		l.act(r.No, deed{clerk, casework.Reroute, casework.Data{UnitID: l.Care, Reason: "原单位已撤销"}, casework.Dispatched})
		desk.Get("/desk/alarms").Is(http.StatusOK).Lacks(r.No)
	})
}

// closeUnit deactivates a unit as the system administrator does.
func closeUnit(t *testing.T, h *apptest.House, id int64) {
	t.Helper()
	ctx := access.With(t.Context(), access.Actor{Role: access.System})
	if err := h.Units.Activate(ctx, id, false); err != nil {
		t.Fatal(err)
	}
}
