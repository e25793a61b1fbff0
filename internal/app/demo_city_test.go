package app_test

import (
	"errors"
	"testing"

	"xinqiao/internal/app"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// TestDemoCity replays a small city through the real use cases and looks for
// every procedure in what was stored.
func TestDemoCity(t *testing.T) {
	for _, kind := range apptest.Kinds {
		t.Run(kind, func(t *testing.T) {
			open := dbtest.SQLite
			if kind == "postgres" {
				open = dbtest.Postgres
			}
			d := open(t)
			var c app.Config
			c.Data, c.Database, c.Out, c.Err = t.TempDir(), dbtest.URL(d), t.Output(), t.Output()
			c.CityCode, c.CityNameZH, c.CityNameEN, c.LogLevel, c.LogFormat = "MC", "名川市", "Mingchuan", "error", "text"
			if err := app.Demo(t.Context(), c, app.DemoOptions{Cases: 160, Seed: 3}); err != nil {
				t.Fatal(err)
			}
			if err := app.Demo(t.Context(), c, app.DemoOptions{}); !errors.Is(err, app.ErrNotEmpty) {
				t.Errorf("a second city: %v", err)
			}
			stored(t, d)
		})
	}
}

func stored(t *testing.T, d *db.DB) {
	t.Helper()
	words := func(query string) map[string]bool {
		list, err := db.List(t.Context(), d.Read(), func(r db.Rows) (s string, err error) { return s, r.Scan(&s) }, query)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, w := range list {
			out[w] = true
		}
		return out
	}
	verbs := words(`SELECT DISTINCT verb FROM case_event`)
	for _, v := range casework.Verbs() {
		if v == casework.Unrelate || v == casework.ShareReply {
			continue // TestSameMatter takes back, and answers many at once
		}
		if !verbs[string(v)] {
			t.Errorf("nobody used %s", v)
		}
	}
	for table, want := range map[string]string{
		`SELECT DISTINCT stage FROM case_file`: "recheck", `SELECT DISTINCT kind FROM case_file`: "order",
		`SELECT DISTINCT lane FROM case_file`: "confidential", `SELECT DISTINCT state FROM document`: "served",
		`SELECT DISTINCT kind FROM directive`: "supervise",
	} {
		if !words(table)[want] {
			t.Errorf("%s has no %s", table, want)
		}
	}
}
