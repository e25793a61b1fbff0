package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// TestAnonymousLooksNamed: in the confidential lane nobody learns from a page,
// a list or a refusal whether an identity was left.
func TestAnonymousLooksNamed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		named, nobody := h.File(1), h.File(1)
		var b db.Batch
		b.Add(`UPDATE case_file SET petitioner_id = 0 WHERE no = $1`, nobody.No)
		b.Add(`UPDATE case_file SET lane = 'confidential'`)
		if err := h.DB.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau, Cleared: true})
		part := regexp.MustCompile(`(?s)data-testid="petitioner".*?</section>`)
		var panels, refusals []string
		for _, r := range []apptest.Receipt{named, nobody} {
			panel := part.FindString(clerk.Get("/desk/cases/" + r.No).Is(http.StatusOK).Has(`data-testid="guarded"`).Body)
			panels = append(panels, strings.ReplaceAll(panel, r.No, "NO"))
			p := clerk.Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"核实"}})
			title := regexp.MustCompile(`(?s)<h1.*?</h1>.*?<p>.*?</p>`).FindString(p.Body)
			refusals = append(refusals, strings.ReplaceAll(http.StatusText(p.Status)+title, r.No, "NO"))
		}
		if panels[0] == "" || panels[0] != panels[1] {
			t.Errorf("the pages differ:\n%s\n%s", panels[0], panels[1])
		}
		if len(refusals[0]) < 40 || refusals[0] != refusals[1] {
			t.Errorf("the refusals differ:\n%s\n%s", refusals[0], refusals[1])
		}
		clerk.Get("/desk").Lacks("**")
	}, noLimit)
}

// TestOpeningIsTold: who filed a case reads when which unit opened the own
// identity, never who did; in the confidential lane nothing unless asked for.
func TestOpeningIsTold(t *testing.T) {
	h := apptest.Start(t, "sqlite", noLimit)
	r := h.File(1)
	enter(h, r).Get("/follow/" + r.No).Lacks(`data-testid="seen"`)
	h.SignIn(clerkOf(h)).Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"核实情况"}}).Is(http.StatusOK)
	u, _ := h.Units.Unit(h.EastBureau)
	enter(h, r).Get("/follow/"+r.No).Has(`data-testid="seen"`, u.NameZH).Lacks("核实情况", "赵试")
	var b db.Batch
	b.Add(`UPDATE case_file SET lane = 'confidential'`)
	if err := h.DB.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	enter(h, r).Get("/follow/" + r.No).Lacks(`data-testid="seen"`)
}
