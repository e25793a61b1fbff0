package casepage

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var noon = time.Date(2026, 4, 8, 12, 0, 0, 0, calendar.China).UTC()

// cast is everybody who signs in: bureaux of a city and a district, two units.
var cast = func() []access.Actor {
	at := map[access.Role][]int64{
		access.Operator: {10}, access.Agent: {10}, access.BureauClerk: {10, 20}, access.BureauHead: {10, 20}, access.UnitHandler: {11, 12},
		access.UnitHead: {11, 12}, access.Supervisor: {10}, access.Inspector: {10}, access.Leader: {10}, access.SystemAdmin: {10},
	}
	var all []access.Actor
	for _, role := range access.Staff {
		for _, unit := range at[role] {
			a := access.Actor{ID: int64(100 + len(all)), Name: "李试", Role: role, UnitID: unit, AreaID: 1, AreaDepth: 1}
			if unit == 20 {
				a.AreaID, a.AreaDepth = 2, 2
			}
			all = append(all, a)
		}
	}
	return all
}()

type town struct{}

func (town) Unit(id int64) (access.Unit, bool) {
	return access.Unit{ID: id, NameZH: "单位", NameEN: "Unit"}, id != 0
}

func (town) Category(code string) (casework.Category, bool) {
	return casework.Category{Code: code, NameZH: "电梯", NameEN: "Lifts"}, code != ""
}

// shelf keeps cases in memory.
type shelf map[string]casework.Case

func (s shelf) Case(_ context.Context, a access.Actor, no string) (casework.Case, error) {
	c, ok := s[no]
	if !ok || !access.Visible(a).Sees(c.Facts()) {
		return c, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return c, nil
}
func (shelf) History(context.Context, int64) ([]casework.Event, error) { return nil, nil }
func (shelf) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

// untold are people who said nothing.
type untold struct{}

func (untold) Matter(context.Context, int64) (Matter, error) { return Matter{}, nil }
func (untold) Files(context.Context, int64) ([]File, error)  { return nil, nil }

// everyState is a case in each state, of each stage.
func everyState() shelf {
	cases := shelf{}
	for i, state := range casework.States {
		for j, stage := range []casework.Stage{casework.Handling, casework.Review} {
			n := 2*i + j + 1
			c := casework.Case{
				ID: int64(n), No: casework.NewNumber("MC", 2026, uint64(n)), Round: 1, State: state, Stage: stage, Kind: casework.Petition,
				Title: fmt.Sprint("电梯停运", n), Channel: casework.Web, Category: "0102", Nature: casework.R7, Urgency: casework.Yellow,
				Procedure: casework.Ordinary, Lane: access.LaneOpen, RegisteredBy: 100, Areas: [3]int64{1, 2, 0}, BureauID: 20, RegisteredAt: noon.AddDate(0, 0, -9),
			}
			if state != casework.Registered {
				c.LeadUnitID = 11
			}
			if c.OwnerUnitID = 11; state == casework.Registered || state == casework.Objected {
				c.OwnerUnitID = 20
			}
			if c.NextDueAt, c.NextClock = noon.AddDate(0, 0, 5), casework.T4; !state.Open() {
				c.NextDueAt, c.NextClock = time.Time{}, ""
				c.OwnerUnitID, c.Outcome, c.ClosedAt = 0, casework.Resolved, noon.AddDate(0, 0, -1)
			}
			c.Tasks = []casework.Task{{Seq: 1, UnitID: 12, Ask: "查图纸", Status: casework.TaskOpen}}
			due := noon.AddDate(0, 0, 5)
			c.Obligations = []casework.Obligation{
				{Seq: 1, Clock: casework.T1, UnitID: 20, OpenedAt: c.RegisteredAt, DueAt: noon, ClosedAt: noon, Kept: true, Days: 15},
				{Seq: 2, Clock: casework.Assist, Ref: 1, UnitID: 12, OpenedAt: c.RegisteredAt, DueAt: due, WarnAt: due.AddDate(0, 0, -3), Days: 10},
			}
			cases[c.No] = c
		}
	}
	return cases
}

// silent is a house in which nobody told anything.
type silent struct{}

// Matter implements Told.
func (silent) Matter(context.Context, int64) (Matter, error) { return Matter{}, nil }

// Files implements Told.
func (silent) Files(context.Context, int64) ([]File, error) { return nil, nil }

// TestPages opens every case as every role in both languages, and holds what
// the page shows against the rule and the table of verbs.
func TestPages(t *testing.T) {
	cases := everyState()
	s := New(Needs{DB: dbtest.SQLite(t), Clock: clock.At(noon), Cases: cases, Names: town{}, Told: silent{}})
	for i, a := range cast {
		get, lang := door(t, s, a), []string{"zh", "en"}[i%2]
		for no, c := range cases {
			status, body := get("/desk/cases/"+no, lang)
			if strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
				i := max(strings.Index(body, "⟦"), strings.Index(body, "%!"))
				t.Fatalf("%s on %s: a gap in the page: %.90s", a.Role, c.State, body[i:])
			}
			if !access.Visible(a).Sees(c.Facts()) {
				if status != http.StatusNotFound {
					t.Errorf("%s opens %s: %d", a.Role, no, status)
				}
				continue
			}
			if status != http.StatusOK {
				t.Fatalf("%s on %s: %d", a.Role, c.State, status)
			}
			may := casework.Permitted(c, a, noon, cases.Rules())
			for _, v := range casework.Verbs() {
				if n := strings.Count(body, `data-testid="do-`+string(v)+`"`); n > 1 || (n == 1) != (atDesk(v) && slices.Contains(may, v)) {
					t.Errorf("%s on %s case: button %s shown %d times", a.Role, c.State, v, n)
				}
			}
			if status, body := get("/desk/cases/"+no+"/why/1", lang); status != http.StatusOK || strings.Contains(body, "⟦") {
				t.Errorf("why: %d", status)
			}
			if status, _ := get("/desk/cases/"+no+"/why/9", lang); status != http.StatusNotFound {
				t.Errorf("why not: %d", status)
			}
		}
	}
}

// TestUnsigned: without a sign-in there is no page.
func TestUnsigned(t *testing.T) {
	s := New(Needs{DB: dbtest.SQLite(t), Clock: clock.At(noon), Cases: shelf{}, Names: town{}, Told: untold{}})
	if status, _ := door(t, s, access.Actor{})("/desk/cases/MC26-0000-0000", "zh"); status != http.StatusUnauthorized {
		t.Error(status)
	}
}

// door serves the pages to one actor in one language.
func door(t testing.TB, s *Service, a access.Actor) func(path, lang string) (int, string) {
	t.Helper()
	words, err := os.ReadFile("../procedure/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: i18n.Must(i18n.Messages, web.Messages, ui.Messages, Messages, words), Now: s.Clock.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	rt.Use(func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return next(w, r.WithContext(access.With(r.Context(), a)))
		}
	})
	rt.Add(s)
	return func(path, lang string) (int, string) {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
}
