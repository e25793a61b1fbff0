package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"xinqiao/internal/app/demo/story"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Password is every demo login's first password; it is printed at the start.
const Password = "Mingchuan#2026"

// DefaultCases is how many cases a demo city has.
const DefaultCases = 2000

// Params choose the script.
type Params struct {
	Now   time.Time // nothing happens at or after it
	Seed  uint64
	Cases int // 0 = DefaultCases
	Rules casework.Rules
}

// Script is the city and its history. All ids in it are its own: the n-th
// unit, staff member, person and case has the id n. Whoever replays it gives
// real ids and translates Data.UnitID, BarredUnitID, BureauID, Areas,
// PetitionerID and Actor.
type Script struct {
	Units  []access.Unit // parents first
	Staff  []Staff
	Duties []casework.Duty
	People []Person
	Cases  []Case // by arrival; after them the reviews that some of them led to
}

// Staff is a person with a login; Actor.ID is the script's.
type Staff struct {
	access.Actor
	Login    string
	Featured bool // a login worth printing at the start
}

// Case is one petition from its words to its last step.
type Case struct {
	ID         int64
	Family     int64 // the first of the cases that hang together; itself when alone
	Of         int64 // the case that this one reviews, 0 = none
	Kind       casework.Kind
	Stage      casework.Stage
	PersonID   int64
	EchoOf     int64 // an earlier case about the same matter, 0 = none
	Channel    casework.Channel
	Title      string
	Words      string
	Wish       string
	Place      string
	AreaUnitID int64  // the village, town, district or city of the place
	OccurredOn string // "2026-03-01"
	Category   string // what it truly is about
	Anonymous  bool
	Secret     bool // asks to keep the name from the unit
	Persons    int  // how many people file together
	Revenge    bool // complains of retaliation
	Steps      []Step
	State      casework.State   // after the last step
	Late       []casework.Clock // duties missed so far
}

// Step is one command at its moment; the first registers the case. A step of
// the verb lapse belongs to the sweep (actor System).
type Step struct {
	At    time.Time
	Opens int64 // the review that a request for one begins; the program registers it

	Signers []int64 // the people who join a petition
	casework.Command
}

// generator holds what all cases share.
type generator struct {
	Params
	book   *story.Book
	city   *city
	people []Person
	told   []telling // newest last
	seen   map[string]bool
	more   []*Case // reviews, in the order requested
	finals []final // finalised and not yet raised again
	owed   map[course]float64

	assisted, recused     bool // what the last such case showed
	crowded               bool
	mediations, complaint int
	directives            int
}

// final is what a case that raises a finalised matter again needs.
type final struct {
	at         time.Time
	id, family int64
	no         string
}

// telling is what an echo needs of an earlier case.
type telling struct {
	at     time.Time
	id     int64
	plan   plan
	voice  *story.Voice
	matter story.Matter
	ending final // of the matter that it raises again
}

// Generate writes the script.
func Generate(p Params) (*Script, error) {
	if p.Cases == 0 {
		p.Cases = DefaultCases
	}
	if p.Now.IsZero() || p.Rules.Params.Lengths == nil {
		return nil, fmt.Errorf("demo needs a moment and rules")
	}
	book, err := story.Open()
	if err != nil {
		return nil, err
	}
	c, err := build(book, p.source(0))
	if err != nil {
		return nil, err
	}
	g := &generator{Params: p, book: book, city: c, seen: map[string]bool{}}
	g.people = populate(g)
	s := &Script{Units: c.units, Staff: c.staff, Duties: c.duties, People: g.people}
	for i, at := range g.arrivals() {
		cs, err := g.live(int64(i+1), at)
		if err != nil {
			return nil, fmt.Errorf("writing case %d: %w", i+1, err)
		}
		s.Cases = append(s.Cases, cs)
	}
	for _, c := range g.more {
		s.Cases = append(s.Cases, *c)
	}
	return s, nil
}

// source gives the n-th stream of chance of this seed.
func (p Params) source(n uint64) *rand.Rand { return rand.New(rand.NewPCG(p.Seed, n)) }

const (
	span   = 548 * 24 * time.Hour // eighteen months
	recent = 48 * 24 * time.Hour  // and a fuller present, so that queues are full
)

// arrivals are the moments of registration, oldest first.
func (g *generator) arrivals() []time.Time {
	rnd := g.source(1)
	out := make([]time.Time, g.Cases)
	for i := range out {
		back := time.Duration(rnd.Int64N(int64(span)))
		if rnd.IntN(100) < 17 {
			back = time.Duration(rnd.Int64N(int64(recent)))
		}
		out[i] = g.Now.Add(-back)
	}
	slices.SortFunc(out, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	return out
}
