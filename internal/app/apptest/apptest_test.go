package apptest_test

import (
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
)

func TestStart(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		if c := h.Case(r.No); c.BureauID != h.EastBureau {
			t.Errorf("%+v", c)
		}
		h.Drain()
		h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Get("/desk").Is(200).Has(r.No)
	})
}
