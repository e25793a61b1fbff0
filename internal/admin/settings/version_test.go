package settings

import (
	"context"
	"maps"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

// shorter publishes T4 with some days, from a day on.
func shorter(days string, from calendar.Date) Publication {
	return Publication{Values: map[string]string{"clock.T4": days}, From: from, Note: "市政府第 12 次会议"}
}

func (p *locality) published(t testing.TB, pub Publication) Version {
	t.Helper()
	v, err := p.Publish(as(t, access.SystemAdmin), pub)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPublishAddsAVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		base := p.InForce()
		if base.ID != casework.DefaultParams().Version || len(p.Versions()) != 1 {
			t.Fatalf("%+v", base)
		}
		v := p.published(t, shorter("45", calendar.Date{}))
		if v.ID != "2026-03-02" || p.InForce().ID != v.ID || p.Int("clock.T4") != 45 {
			t.Errorf("%+v in force %+v", v, p.InForce())
		}
		rules := p.Rules()
		if rules.Params.Version != v.ID || rules.Params.Lengths[casework.T4].Days != 45 {
			t.Errorf("%+v", rules.Params)
		}
		again := p.published(t, shorter("40", calendar.Date{}))
		if again.ID != "2026-03-02.2" || p.Int("clock.T4") != 40 {
			t.Errorf("the second of a day: %+v", again)
		}
		old, ok := p.VersionOf(v.ID)
		if !ok || old.Value("clock.T4") != "45" || old.Note == "" || old.MadeBy != 9 || !old.MadeAt.Equal(start) {
			t.Errorf("the old version changed: %+v", old)
		}
		other, err := New(t.Context(), p.Needs)
		if err != nil || other.Int("clock.T4") != 40 || !maps.Equal(other.InForce().Values, again.Values) {
			t.Errorf("another process reads %+v, %v", other.InForce(), err)
		}
		if len(p.notes.lines) != 2 {
			t.Errorf("log %q", p.notes.lines)
		}
	})
}

func TestPublishForLaterAndUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		may := calendar.Date{Year: 2026, Month: time.May, Day: 1}
		june := calendar.Date{Year: 2026, Month: time.June, Day: 1}
		p.published(t, shorter("50", may))
		wrong := p.published(t, shorter("30", june))
		if p.Int("clock.T4") != 60 || len(p.Planned()) != 2 {
			t.Errorf("T4 %d, planned %v", p.Int("clock.T4"), p.Planned())
		}
		p.clock.Set(may.Start())
		if p.Int("clock.T4") != 50 || p.Rules().Params.Lengths[casework.T4].Days != 50 || len(p.Planned()) != 1 {
			t.Errorf("on the first of May: %d", p.Int("clock.T4"))
		}
		undo, err := p.Republish(as(t, access.SystemAdmin), "2026-05-01", Publication{From: june, Note: "撤销六月的改动"})
		if err != nil || undo.ID != "2026-06-01.2" {
			t.Fatalf("%+v, %v", undo, err)
		}
		if list := p.Planned(); len(list) != 1 || list[0].ID != undo.ID {
			t.Errorf("planned %+v", list)
		}
		p.clock.Set(june.Start().Add(time.Hour))
		if p.Int("clock.T4") != 50 || p.InForce().ID != undo.ID {
			t.Errorf("%s came into force, T4 %d", p.InForce().ID, p.Int("clock.T4"))
		}
		if _, ok := p.VersionOf(wrong.ID); !ok {
			t.Error("what was superseded must be kept")
		}
	})
}

func TestPublishRefuses(t *testing.T) {
	p := newPlace(t, dbtest.SQLite(t))
	ctx := as(t, access.SystemAdmin)
	today := calendar.On(start)
	for field, pub := range map[string]Publication{
		"clock.T4": shorter("61", calendar.Date{}), // the law's length is the longest
		"from":     shorter("45", today.Add(-1)),
		"note":     {Values: map[string]string{"clock.T4": "45"}, Note: "嗯"},
	} {
		_, err := p.Publish(ctx, pub)
		f, ok := fault.As(err)
		if !ok || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err := p.Publish(ctx, shorter("45", today.Add(farthest+1)))
	wantField(t, err, "from", "settings.from_far")
	_, err = p.Publish(ctx, shorter("60", calendar.Date{}))
	wantField(t, err, "note", "settings.nothing_changed")
	if _, err = p.Publish(as(t, access.SecAdmin), shorter("45", calendar.Date{})); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	for _, name := range []string{"session.hours", "no.such"} {
		if _, err = p.Publish(ctx, Publication{Values: map[string]string{name: "8"}, Note: "试一试别的参数"}); fault.KindOf(err) != fault.NotFound {
			t.Error(name, err)
		}
	}
	if _, err = p.Republish(ctx, "2020-01-01", Publication{Note: "没有的版本"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	stale := shorter("45", calendar.Date{})
	stale.Base = p.Versions()[0].Serial
	p.published(t, shorter("44", calendar.Date{}))
	if _, err = p.Publish(ctx, stale); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}

func TestOldSettingsBecomeAVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			return (store{}).setValue(ctx, tx, "clock.T4", "48")
		}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second start finds nothing to take over
			p := newPlace(t, d)
			if p.Int("clock.T4") != 48 || len(p.Versions()) != 2 || p.InForce().MadeBy != 0 {
				t.Errorf("%+v", p.Versions())
			}
		}
	})
}

func TestEveryVersionHoldsForItsCases(t *testing.T) {
	p := newPlace(t, dbtest.SQLite(t))
	first := p.published(t, shorter("45", calendar.Date{}))
	p.published(t, shorter("30", calendar.On(start).Add(9)))
	rules := p.Rules()
	for version, days := range map[string]int{first.ID: 45, casework.DefaultParams().Version: 60, "2026-03-11": 30} {
		got := rules.Versions[version]
		if len(rules.Versions) != 3 || got.Version != version || got.Lengths[casework.T4].Days != days {
			t.Errorf("%s: %+v", version, got)
		}
	}
	old := casework.Case{RuleVersion: casework.DefaultParams().Version}
	if rules.For(old).Params.Lengths[casework.T4].Days != 60 || rules.Params.Lengths[casework.T4].Days != 45 {
		t.Error("a case keeps the version that it started under")
	}
}
