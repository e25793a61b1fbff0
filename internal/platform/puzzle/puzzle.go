// Package puzzle lets a browser prove with some work that it means a form
// seriously, so that nobody has to read crooked letters: find a number with
// which the SHA-256 of the challenge begins with so many zero bits. Checking
// costs one hash. A challenge is signed, expires, and belongs to one form; a
// form is taken once, so a solution is worth one filing.
package puzzle

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Keys vouch for challenges; platform/seal does.
type Keys interface {
	Sign(purpose, payload string, until time.Time) string
	Signed(purpose, token string, now time.Time) (string, bool)
}

// The bounds of difficulty: 15 bits are a blink on a telephone, 21 some
// seconds.
const (
	Least = 15
	Most  = 21
	// life is long enough for a last look at what was written.
	life = 30 * time.Minute
	// calm is how many filings a minute ask for no more work.
	calm    = 60
	purpose = "puzzle"
)

// Maker makes and checks challenges. It may be shared.
type Maker struct {
	keys Keys

	mu     sync.Mutex
	minute int64
	count  int // of solutions in this minute
	before int // in the last one
}

// New makes a maker.
func New(keys Keys) *Maker { return &Maker{keys: keys} }

// Challenge is what a form carries.
type Challenge struct {
	Token string
	Bits  int
}

// Make gives the challenge of a form, named by its key.
func (m *Maker) Make(form string, now time.Time) Challenge {
	b := m.difficulty(now)
	return Challenge{Token: m.keys.Sign(purpose, strconv.Itoa(b)+" "+form, now.Add(life)), Bits: b}
}

// Solved tells whether the answer solves a challenge that was made for the form
// and has not expired.
func (m *Maker) Solved(form, token, answer string, now time.Time) bool {
	payload, ok := m.keys.Signed(purpose, token, now)
	if !ok || len(answer) > 20 {
		return false
	}
	need, of, _ := strings.Cut(payload, " ")
	n, err := strconv.Atoi(need)
	if err != nil || of != form || zeros(token+"."+answer) < n {
		return false
	}
	m.note(now)
	return true
}

// zeros counts the zero bits that the hash begins with.
func zeros(text string) int {
	sum := sha256.Sum256([]byte(text))
	if first := binary.BigEndian.Uint64(sum[:]); first != 0 {
		return bits.LeadingZeros64(first)
	}
	return 64
}

// difficulty grows by one bit whenever the load doubles beyond calm.
func (m *Maker) difficulty(now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(now)
	return min(Least+bits.Len(uint(max(m.count, m.before)/calm)), Most)
}

func (m *Maker) note(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(now)
	m.count++
}

func (m *Maker) turn(now time.Time) {
	switch minute := now.Unix() / 60; {
	case minute == m.minute+1:
		m.minute, m.before, m.count = minute, m.count, 0
	case minute != m.minute:
		m.minute, m.before, m.count = minute, 0, 0
	}
}
