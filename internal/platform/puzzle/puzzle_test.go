package puzzle

import (
	"strconv"
	"testing"
	"time"

	"xinqiao/internal/platform/seal"
)

func solve(c Challenge) string {
	for i := 0; ; i++ {
		if zeros(c.Token+"."+strconv.Itoa(i)) >= c.Bits {
			return strconv.Itoa(i)
		}
	}
}

func TestPuzzle(t *testing.T) {
	m, now := New(seal.Random()), time.Unix(1_790_000_000, 0)
	c := m.Make("form-1", now)
	answer := solve(c)
	if !m.Solved("form-1", c.Token, answer, now.Add(time.Minute)) {
		t.Error("the solution is not taken")
	}
	for name, solved := range map[string]bool{
		"another form":        m.Solved("form-2", c.Token, answer, now),
		"an expired one":      m.Solved("form-1", c.Token, answer, now.Add(life)),
		"no answer":           m.Solved("form-1", c.Token, "", now),
		"a wrong answer":      m.Solved("form-1", c.Token, answer+"0", now) && zeros(c.Token+"."+answer+"0") < c.Bits,
		"a long answer":       m.Solved("form-1", c.Token, "000000000000000000000"+answer, now),
		"somebody else's key": New(seal.Random()).Solved("form-1", c.Token, answer, now),
		"no challenge":        m.Solved("form-1", "", answer, now),
	} {
		if solved {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestLoad(t *testing.T) {
	m, now := New(seal.Random()), time.Unix(1_790_000_040, 0)
	for range 10 * calm {
		m.note(now)
	}
	busy := m.Make("f", now).Bits
	if m.Make("f", now.Add(30*time.Second)).Bits != busy || busy != Least+4 {
		t.Errorf("under load it takes %d bits", busy)
	}
	if calm := m.Make("f", now.Add(3*time.Minute)).Bits; calm != Least {
		t.Errorf("afterwards it takes %d bits", calm)
	}
	for range 100_000 {
		m.note(now)
	}
	if m.Make("f", now).Bits > Most {
		t.Error("without bound")
	}
}
