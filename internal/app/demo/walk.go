package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"xinqiao/internal/app/demo/story"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
)

// What ends a walk: the next step has not happened yet, or the case is closed.
var (
	errPresent = errors.New("the present is reached")
	errClosed  = errors.New("the case is closed")
)

// walk takes one case through its life, step by step, by the law.
type walk struct {
	g      *generator
	rnd    *rand.Rand
	plan   plan
	voice  *story.Voice
	title  string
	c      casework.Case
	out    *Case
	at     time.Time // of the last step
	tardy  casework.Verb
	simple bool
	course course
	parent *walk // of a review
	ending final // of a matter raised again

	signers  int          // who joined
	who      access.Actor // handles the case in this round
	whoRound int
}

// live writes one case.
func (g *generator) live(id int64, at time.Time) (Case, error) {
	rnd := g.source(uint64(1000 + id))
	t, echo := g.tell(rnd, id, at)
	p := t.plan
	out := Case{
		ID: id, Family: id, Kind: casework.Petition, Stage: casework.Handling, PersonID: p.person.ID, EchoOf: echo, Channel: p.channel, Title: t.matter.Title,
		Words: t.matter.Words, Wish: t.matter.Wish, Place: t.matter.Place, AreaUnitID: p.place.ID,
		Category: p.task.category, Persons: 1, Secret: rnd.IntN(100) < 9 || p.barred != 0,
		Anonymous:  p.nature == casework.R1 && rnd.IntN(100) < 25,
		OccurredOn: calendar.On(at.AddDate(0, 0, -1-rnd.IntN(120))).String(),
	}
	if rnd.IntN(100) < 9 {
		out.Persons = 2 + rnd.IntN(4)
	}
	if p.channel == casework.Phone && p.barred == 0 && t.ending.id == 0 && rnd.IntN(100) < 85 {
		out.Kind = casework.Order
	}
	if p.barred != 0 {
		out.Revenge = g.complaint%8 == 0
		g.complaint++
	}
	w := &walk{g: g, rnd: rnd, plan: p, voice: t.voice, title: out.Title, out: &out, at: at,
		tardy: dawdle(rnd), simple: p.simple(rnd) && (echo == 0 || p.lead.Kind == access.Bureau), ending: t.ending}
	if w.ending.id != 0 {
		w.course, out.Family = again, w.ending.family
	} else {
		w.course = g.choose(w)
	}
	if w.course != "" {
		w.tardy = ""
	}
	err := w.life()
	if errors.Is(err, errPresent) {
		err = w.lapses(g.Now)
	}
	w.settle()
	return out, err
}

// settle notes how the case stands.
func (w *walk) settle() {
	w.out.State, w.out.Late = w.c.State, nil
	for _, o := range w.c.Obligations {
		if !o.LapsedAt.IsZero() && !slices.Contains(w.out.Late, o.Clock) {
			w.out.Late = append(w.out.Late, o.Clock)
		}
	}
}

// number is the script's own; the replay's differ.
func (w *walk) number(at time.Time) string {
	return casework.NewNumber("MC", at.Year(), uint64(w.out.ID))
}

// tell chooses and words the matter; a few repeat an earlier one, by the same
// person or a neighbour. No two cases have the same words.
func (g *generator) tell(rnd *rand.Rand, id int64, at time.Time) (telling, int64) {
	if len(g.finals) > 0 && at.After(g.finals[0].at.AddDate(0, 0, 20)) {
		f := g.finals[0]
		g.finals = g.finals[1:]
		for _, old := range g.told {
			if old.id == f.id {
				t := g.echo(old, id, at)
				t.ending = f
				return t, old.id
			}
		}
	}
	if n := len(g.told); n > 40 && rnd.IntN(1000) < 20 {
		old := g.told[n-1-rnd.IntN(40)]
		if old.plan.nature != casework.R1 {
			t := g.echo(old, id, at)
			if rnd.IntN(2) == 0 {
				t.plan.person = g.people[rnd.IntN(len(g.people))]
			}
			return t, old.id
		}
	}
	t := telling{at: at, id: id, plan: g.plan(rnd, id)}
	village := g.city.unit(t.plan.person.UnitID)
	district := slices.Index([]string{"mc.qy", "mc.wl", "mc.lt", "mc.cw"}, g.city.unit(village.Areas[1]).Code)
	t.voice = g.book.Voice(rnd, at, district, map[string]string{
		"village": village.NameZH, "town": g.city.unit(village.Areas[2]).NameZH,
		"surname": string([]rune(t.plan.person.Name)[:1]), "own": fmt.Sprint(t.plan.person.age(at.Year())),
	})
	t.voice.Door = string(t.plan.channel)
	for t.matter.Words == "" || g.seen[t.matter.Words] {
		t.matter = t.voice.Matter(t.plan.task.category)
	}
	g.seen[t.matter.Words] = true
	g.told = append(g.told, t)
	return t, 0
}

// echo tells an earlier matter once more.
func (g *generator) echo(old telling, id int64, at time.Time) telling {
	voice := *old.voice
	voice.At = at
	t := telling{at: at, id: id, plan: old.plan, voice: &voice}
	for t.matter.Words == "" || g.seen[t.matter.Words] {
		t.matter = t.voice.Echo(old.matter)
	}
	g.seen[t.matter.Words] = true
	return t
}

// do takes one step at the moment told, after the sweep has marked what was
// missed before it.
func (w *walk) do(verb casework.Verb, a access.Actor, at time.Time, d casework.Data) error {
	if !at.Before(w.g.Now) {
		return errPresent
	}
	if err := w.lapses(at); err != nil {
		return err
	}
	return w.step(verb, a, at, d)
}

func (w *walk) step(verb casework.Verb, a access.Actor, at time.Time, d casework.Data) error {
	at = at.UTC().Truncate(time.Second)
	if a.Role == access.Petitioner {
		a.CaseID = w.out.ID
	}
	cmd := casework.Command{Verb: verb, Actor: a, Data: d}
	events, err := casework.Decide(w.c, cmd, at, w.g.Rules)
	if err != nil {
		return fmt.Errorf("%s in state %q: %w", verb, w.c.State, err)
	}
	for _, e := range events {
		e.CaseID = w.out.ID
		w.c = casework.Apply(w.c, e, w.g.Rules)
	}
	w.out.Steps = append(w.out.Steps, Step{At: at, Command: cmd})
	w.at = at
	w.voice.At = at
	return nil
}

// sweepEvery is how often the program looks for missed duties.
const sweepEvery = 5 * time.Minute

// lapses does what the sweep did before the moment told: it warns of what is
// nearly due and marks what was missed, oldest first.
func (w *walk) lapses(before time.Time) error {
	for {
		cmd, at := w.pending()
		if cmd.Verb == "" || !at.Before(before) {
			return nil
		}
		if at.Before(w.at) {
			at = w.at.Add(time.Second)
		}
		if err := w.step(cmd.Verb, access.Actor{Role: access.System}, at, cmd.Data); err != nil {
			return err
		}
	}
}

// pending is what the sweep will do next, and when.
func (w *walk) pending() (next casework.Command, at time.Time) {
	for _, o := range w.c.Obligations {
		if !o.Open() || !o.Clock.Owed() || !o.LapsedAt.IsZero() || !o.PausedAt.IsZero() {
			continue
		}
		verb, when := casework.Lapse, o.DueAt.Add(sweepEvery)
		if warn := o.WarnAt.Add(sweepEvery); o.WarnedAt.IsZero() && warn.Before(o.DueAt) && w.at.Add(time.Second).Before(o.DueAt) {
			verb, when = casework.Warn, warn
		}
		if next.Verb == "" || when.Before(at) {
			next, at = casework.Command{Verb: verb, Data: casework.Data{LapsedClock: o.Clock, Ref: o.Ref}}, when
		}
	}
	return next, at
}

// Office hours in Beijing.
const (
	opens  = 9
	closes = 17
)

// office gives a moment in office hours, lo to hi working days later.
func (w *walk) office(lo, hi int) time.Time {
	n := lo
	if hi > lo {
		n += w.rnd.IntN(hi - lo + 1)
	}
	t := w.at.In(calendar.China)
	soon := t.Add(time.Duration(7+w.rnd.IntN(90)) * time.Minute)
	cal := w.g.Rules.Calendar
	if n == 0 && cal.Working(calendar.On(t)) && soon.Hour() >= opens && soon.Hour() < closes && soon.Day() == t.Day() {
		return soon
	}
	day := calendar.On(t)
	for n = max(n, 1); n > 0; {
		day = day.Add(1)
		if cal.Working(day) {
			n--
		}
	}
	return day.Start().Add(opens*time.Hour + time.Duration(w.rnd.IntN((closes-opens)*3600))*time.Second)
}

// soon is mostly the same day.
func (w *walk) soon() time.Time {
	if w.chance(600) {
		return w.office(0, 0)
	}
	return w.office(0, 1)
}

// home gives a moment of a petitioner's day, lo to hi days later.
func (w *walk) home(lo, hi int) time.Time {
	day := calendar.On(w.at).Add(lo + w.rnd.IntN(hi-lo+1))
	t := day.Start().Add(7*time.Hour + time.Duration(w.rnd.IntN(15*3600))*time.Second)
	if !t.After(w.at) {
		t = w.at.Add(time.Duration(20+w.rnd.IntN(200)) * time.Minute)
	}
	return t
}

// late lengthens a stage of which the case is to be late.
func (w *walk) late(verb casework.Verb, usual, tardy time.Time) time.Time {
	if w.tardy == verb {
		w.tardy = ""
		return tardy
	}
	return usual
}

func (w *walk) chance(permille int) bool { return w.rnd.IntN(1000) < permille }
