package deadlines

import (
	"strings"
	"testing"
	"testing/quick"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/ui"
)

type regulations struct{}

func (regulations) Rules() casework.Rules {
	return casework.Rules{Calendar: calendar.Embedded(), Params: casework.DefaultParams()}
}

var day = time.Date(2026, time.February, 10, 9, 30, 0, 0, calendar.China)

func calculator() *Calculator { return NewCalculator(regulations{}, clock.At(day)) }

func days(from, to string) ui.Span { return span(from, to) }

func TestReckon(t *testing.T) {
	for name, c := range map[string]struct {
		q    Question
		last string
	}{
		"a duty does not roll over":          {Question{Clock: casework.T1}, "2026-02-25"},
		"working days skip the festival":     {Question{Clock: casework.T3}, "2026-02-24"}, // 11 to 13 February, a make-up Saturday, then the 24th
		"a right rolls over a day off":       {Question{Clock: casework.T5, Start: day.AddDate(0, 0, 11)}, "2026-03-23"},
		"an extension is added":              {Question{Clock: casework.T4, Extend: 30}, "2026-05-11"},
		"a length of its own":                {Question{Clock: casework.T9, Days: 7}, "2026-02-17"},
		"a hearing is not counted":           {Question{Clock: casework.T8, Pauses: []ui.Span{days("2026-02-20", "2026-02-24")}}, "2026-03-17"},
		"only its days after the start":      {Question{Clock: casework.T8, Pauses: []ui.Span{days("2026-02-08", "2026-02-11")}}, "2026-03-13"},
		"a hearing after the end is nothing": {Question{Clock: casework.T8, Pauses: []ui.Span{days("2026-04-20", "2026-04-24")}}, "2026-03-12"},
		"overlapping hearings count once":    {Question{Clock: casework.T8, Pauses: []ui.Span{days("2026-02-21", "2026-02-23"), days("2026-02-20", "2026-02-22")}}, "2026-03-16"},
	} {
		if c.q.Start.IsZero() {
			c.q.Start = day
		}
		a, err := calculator().Reckon(c.q)
		if err != nil || a.Why.Count.Last.String() != c.last || !a.Due.Equal(a.Why.Count.Last.End()) {
			t.Errorf("%s: %s until %v, %v, want %s", name, a.Why.Count.Last, a.Due, err, c.last)
		}
		if a.Warn.After(a.Due) || a.Warn.Before(c.q.Start) || a.Light != casework.Green {
			t.Errorf("%s: amber at %v, %s", name, a.Warn, a.Light)
		}
	}
}

func TestReckonHours(t *testing.T) {
	a, err := calculator().Reckon(Question{Clock: casework.OrderFeedback, Start: day, Urgency: casework.Yellow})
	if err != nil || !a.Due.Equal(day.Add(24*time.Hour)) {
		t.Errorf("%v, %v", a.Due, err)
	}
}

func TestReckonRefuses(t *testing.T) {
	for field, q := range map[string]Question{
		"start":   {Clock: casework.T1},
		"extend":  {Clock: casework.T1, Start: day, Extend: 1},
		"days":    {Clock: casework.T1, Start: day, Days: 3},
		"urgency": {Clock: casework.OrderDispatch, Start: day, Urgency: "purple"},
		"from":    {Clock: casework.T4, Start: day, Pauses: []ui.Span{days("2026-02-20", "2026-02-24")}},
	} {
		_, err := calculator().Reckon(q)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := calculator().Reckon(Question{Clock: "T99", Start: day}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	wide := Question{Clock: casework.T8, Start: day, Pauses: []ui.Span{days("2026-02-24", "2026-02-20")}}
	if _, err := calculator().Reckon(wide); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// A pause of n days moves the end by n days, wherever it lies inside.
func TestPausesMoveTheEnd(t *testing.T) {
	plain, err := calculator().Reckon(Question{Clock: casework.T8, Start: day})
	if err != nil {
		t.Fatal(err)
	}
	whole := plain.Why.Count.Last.Sub(calendar.On(day))
	ok := func(at, length uint8) bool {
		from := calendar.On(day).Add(1 + int(at)%whole)
		n := 1 + int(length)%60
		a, err := calculator().Reckon(Question{Clock: casework.T8, Start: day, Pauses: []ui.Span{{From: from, To: from.Add(n - 1)}}})
		return err == nil && a.Why.Count.Last == plain.Why.Count.Last.Add(n)
	}
	if err := quick.Check(ok, nil); err != nil {
		t.Error(err)
	}
}

func TestEveryClockIsOnTheLawPage(t *testing.T) {
	rows := calculator().Rows()
	if len(rows) != len(casework.Clocks) {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if r.Length.Days == 0 || !strings.Contains("law hotline platform", r.Group) {
			t.Errorf("%+v", r)
		}
	}
}
