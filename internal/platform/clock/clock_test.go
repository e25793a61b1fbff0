package clock

import (
	"testing"
	"time"
)

func TestManual(t *testing.T) {
	start := time.Date(2026, 2, 12, 1, 0, 0, 0, time.UTC)
	c := At(start)
	if got := c.Advance(time.Hour); !got.Equal(start.Add(time.Hour)) || !c.Now().Equal(got) {
		t.Fatalf("advanced to %s", got)
	}
	c.Set(start)
	if !c.Now().Equal(start) {
		t.Fatal("set is not kept")
	}
}

func TestSystem(t *testing.T) {
	now := System.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 || time.Since(now) > time.Minute {
		t.Fatalf("%v is not UTC in microseconds", now)
	}
}
