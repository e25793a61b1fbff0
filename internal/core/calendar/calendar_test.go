package calendar

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, China)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestEmbeddedYears(t *testing.T) {
	want := []int{2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026}
	if got := Embedded().Years(); !slices.Equal(got, want) {
		t.Fatalf("years %v, want %v", got, want)
	}
}

func TestRealNotices(t *testing.T) {
	c := Embedded()
	for _, x := range []struct {
		day     string
		working bool
		holiday string
	}{
		{"2019-05-02", false, "劳动节"},
		{"2019-05-05", true, ""}, // make-up Sunday
		{"2018-12-29", true, ""}, // make-up Saturday for New Year 2019
		{"2020-01-31", false, "春节"},
		{"2020-02-03", true, ""},
		{"2020-10-01", false, "国庆节、中秋节"},
		{"2022-12-31", false, "元旦"},
		{"2023-10-07", true, ""},
		{"2024-02-09", true, ""}, // 除夕 was worked in 2024
		{"2025-01-28", false, "春节"},
		{"2026-02-14", true, ""},
		{"2026-02-16", false, "春节"},
		{"2026-11-22", false, ""}, // a plain Sunday
	} {
		d := date(x.day)
		if got := c.Working(d); got != x.working {
			t.Errorf("%s working = %t", x.day, got)
		}
		if got := c.Holiday(d); got != x.holiday {
			t.Errorf("%s holiday = %q, want %q", x.day, got, x.holiday)
		}
	}
}

func TestDue(t *testing.T) {
	c := Embedded()
	for _, x := range []struct {
		name, start string
		n           int
		unit        Unit
		window      bool
		last        string
		covered     bool
	}{
		{"15 days", "2026-03-02 09:30", 15, CalendarDays, false, "2026-03-17", true},
		{"late evening is the same day", "2026-03-02 23:59", 15, CalendarDays, false, "2026-03-17", true},
		{"strict on a holiday", "2026-09-16 10:00", 15, CalendarDays, false, "2026-10-01", true},
		{"window rolls over the holiday", "2026-09-16 10:00", 15, CalendarDays, true, "2026-10-08", true},
		{"window on a make-up Saturday stays", "2026-09-25 10:00", 15, CalendarDays, true, "2026-10-10", true},
		{"five working days across 春节 with make-up days", "2026-02-12 10:00", 5, WorkingDays, false, "2026-02-26", true},
		{"working days from a holiday", "2026-10-03 10:00", 1, WorkingDays, false, "2026-10-08", true},
		{"across the turn of the year", "2025-12-30 10:00", 5, WorkingDays, false, "2026-01-07", true},
		{"into a year without notice", "2026-12-30 10:00", 3, WorkingDays, false, "2027-01-04", false},
		{"zero days end today", "2026-10-03 10:00", 0, WorkingDays, false, "2026-10-03", true},
	} {
		due := c.Due
		if x.window {
			due = c.WindowDue
		}
		got := due(at(x.start), x.n, x.unit)
		if got.Last != date(x.last) || !got.Due.Equal(date(x.last).End()) || got.Covered != x.covered {
			t.Errorf("%s: last %s due %s covered %t, want %s %t", x.name, got.Last, got.Due, got.Covered, x.last, x.covered)
		}
	}
}

func TestExplain(t *testing.T) {
	c := Embedded()
	got := c.Explain(c.Due(at("2026-02-12 10:00"), 5, WorkingDays))
	if want := []Date{date("2026-02-14")}; !slices.Equal(got.MakeUp, want) {
		t.Errorf("make-up %v, want %v", got.MakeUp, want)
	}
	if n := len(got.Skipped); n != 9 || got.Skipped[0] != (SkippedDay{date("2026-02-15"), "春节"}) {
		t.Errorf("skipped %v", got.Skipped)
	}
	got = c.Explain(c.WindowDue(at("2026-09-16 10:00"), 15, CalendarDays))
	if n := len(got.Skipped); n != 7 || got.Skipped[0] != (SkippedDay{date("2026-10-01"), "国庆节"}) {
		t.Errorf("window skipped %v", got.Skipped)
	}
	if got = c.Explain(c.Due(at("2026-09-16 10:00"), 15, CalendarDays)); got.Skipped != nil || got.MakeUp != nil {
		t.Errorf("strict calendar days skip nothing: %v", got)
	}
}

func TestLoad(t *testing.T) {
	base := Embedded()
	notice, err := Parse("2027\n元旦 0101-0103\n春节 0205-0212 +0204\n劳动节 0501-0505 +0508\n国庆节 1001-1007\n")
	if err != nil {
		t.Fatal(err)
	}
	c := Load(base, notice)
	if !c.Covers(2027) || base.Covers(2027) {
		t.Error("2027 must be covered by the loaded calendar only")
	}
	if c.Version() == base.Version() || c.Version() != Load(base, notice).Version() {
		t.Error("the version must follow the content")
	}
	one := Load(base, []Day{{Date: date("2027-01-01"), Name: "元旦"}})
	if one.Covers(2027) || one.Working(date("2027-01-01")) {
		t.Error("one day is no notice, yet it must be off")
	}
	open := Load(base, []Day{{Date: date("2026-10-01"), Working: true, Name: "值班"}})
	if !open.Working(date("2026-10-01")) || open.Holiday(date("2026-10-01")) != "" {
		t.Error("an override must win")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"元旦 0101", "2027\n元旦 0230", "2027\n元旦 0103-0101", "2027\n元旦 x", "2200\n元旦 0101"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

// anyInstant draws from years inside, around and far from the table.
func anyInstant(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(at("1965-01-01 00:00").Unix(), at("2040-12-31 00:00").Unix()).Draw(t, "start"), 0)
}

func anyCalendar(t *rapid.T) Calendar {
	if rapid.Bool().Draw(t, "plain") {
		return Calendar{}
	}
	return Embedded()
}

func TestDueAgainstCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, start, n := anyCalendar(t), anyInstant(t), rapid.IntRange(0, 400).Draw(t, "n")
		day := On(start)
		for left := n; left > 0; {
			if day = day.Add(1); c.Working(day) {
				left--
			}
		}
		got := c.Due(start, n, WorkingDays)
		if got.Last != day {
			t.Fatalf("last %s, by hand %s", got.Last, day)
		}
		if w := c.WorkingBetween(start, got.Due.Add(-time.Second)); w != n {
			t.Fatalf("%d working days between, want %d", w, n)
		}
		full := c.Explain(got)
		if days := got.Last.Sub(On(start)); days != n+len(full.Skipped) {
			t.Fatalf("%d days ≠ %d counted + %d skipped", days, n, len(full.Skipped))
		}
	})
}

func TestWorkingAgainstTheDays(t *testing.T) {
	c := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		d := On(anyInstant(t))
		want := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		for _, x := range c.Days(d.Year) {
			if x.Date == d {
				want = x.Working
			}
		}
		if c.Working(d) != want {
			t.Fatalf("%s working = %t", d, !want)
		}
	})
}

func TestDueIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, start, n := anyCalendar(t), anyInstant(t), rapid.IntRange(0, 200).Draw(t, "n")
		unit := Unit(rapid.IntRange(0, 1).Draw(t, "unit"))
		later := start.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "delay")))
		due := c.Due(start, n, unit)
		if more := c.Due(start, n+1, unit); !more.Due.After(due.Due) {
			t.Fatalf("one more day gives %s, not after %s", more.Due, due.Due)
		}
		if c.Due(later, n, unit).Due.Before(due.Due) {
			t.Fatal("a later start ends earlier")
		}
		window := c.WindowDue(start, n, unit)
		if window.Due.Before(due.Due) || !c.Working(window.Last) {
			t.Fatalf("window ends on %s", window.Last)
		}
		if !due.Due.After(start) {
			t.Fatal("due before it starts")
		}
	})
}

func TestDateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := anyInstant(t)
		d := On(at)
		if dateOf(ordinalOn(at)) != d || date(d.String()) != d || On(d.Start()) != d || !d.End().After(at) {
			t.Fatalf("%s does not come back", d)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("# note\n2026\n元旦 0101-0103 +0104\n2199\n春节 0215\n")
	f.Fuzz(func(_ *testing.T, text string) {
		if days, err := Parse(text); err == nil && len(days) < 5000 {
			Load(Calendar{}, days).Due(time.Unix(0, 0), 5, WorkingDays)
		}
	})
}

func BenchmarkDueWorkingDays(b *testing.B) {
	c, start := Embedded(), at("2026-02-12 10:00")
	for b.Loop() {
		c.Due(start, 10, WorkingDays)
	}
}

func BenchmarkDueCalendarDays(b *testing.B) {
	c, start := Embedded(), at("2026-02-12 10:00")
	for b.Loop() {
		c.Due(start, 60, CalendarDays)
	}
}
