package demo

import (
	"math/rand/v2"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// plan is what a case is about and who will meet it.
type plan struct {
	task    task
	nature  casework.Nature
	place   *access.Unit // where it happened
	lead    *access.Unit // who must answer
	barred  int64        // who is accused
	person  Person
	channel casework.Channel
}

// doors are the channels by their share of a hundred.
var doors = []struct {
	channel casework.Channel
	share   int
}{
	{casework.Web, 46}, {casework.Phone, 27}, {casework.Visit, 11}, {casework.Letter, 8},
	{casework.Agency, 6}, {casework.Fax, 1}, {casework.API, 1},
}

func (g *generator) plan(rnd *rand.Rand, id int64) plan {
	p := plan{person: g.people[rnd.IntN(len(g.people))], task: g.chooseTask(rnd, id), channel: door(rnd)}
	p.nature = chooseNature(rnd, p.task)
	p.place = g.city.unit(p.person.UnitID)
	if g.city.lead(p.task, p.place).Area == p.place.Areas[0] && rnd.IntN(100) < 55 {
		p.place = g.city.unit(p.place.Areas[0]) // the whole city's business
	}
	p.lead = g.city.lead(p.task, p.place)
	if len(p.task.leads) > 1 && rnd.IntN(3) == 0 {
		p.lead = g.city.named(p.place.Areas[0], p.task.leads[1])
	}
	if p.nature == casework.R1 {
		p.barred = g.city.unit(p.person.UnitID).Areas[2]
		p.lead = g.city.byCode[discipline]
		if p.task.leads[0] == "组织部" {
			p.lead = g.city.byCode[organisation]
		}
	}
	return p
}

// chooseTask gives every category once and then the frequent more often.
func (g *generator) chooseTask(rnd *rand.Rand, id int64) task {
	every := g.Cases / len(g.city.tasks)
	if n := int(id) - 1; every > 1 && n%every == 0 && n/every < len(g.city.tasks) {
		return g.city.tasks[n/every]
	}
	roll := rnd.IntN(g.city.weights)
	for _, t := range g.city.tasks {
		if roll -= t.weight; roll < 0 {
			return t
		}
	}
	return g.city.tasks[0]
}

// chooseNature prefers the ordinary petition where the law allows it.
func chooseNature(rnd *rand.Rand, t task) casework.Nature {
	has := func(n casework.Nature) bool { return slices.Contains(t.natures, n) }
	switch roll := rnd.IntN(100); {
	case t.category == "1802" && roll < 50:
		return casework.R0
	case has(casework.R1) && (len(t.natures) == 1 || roll < 40):
		return casework.R1
	case t.natures[0] == casework.R2 && roll < 55:
		return casework.R2
	case has(casework.R7) && roll < 70:
		return casework.R7
	}
	if n := t.natures[rnd.IntN(len(t.natures))]; n != casework.R1 {
		return n
	}
	return t.natures[len(t.natures)-1]
}

func door(rnd *rand.Rand) casework.Channel {
	roll := rnd.IntN(100)
	for _, d := range doors {
		if roll -= d.share; roll < 0 {
			return d.channel
		}
	}
	return casework.Web
}

// simple tells whether the plan may take the simple procedure.
func (p plan) simple(rnd *rand.Rand) bool {
	switch p.nature {
	case casework.R1, casework.R2, casework.R3, casework.R4:
		return false
	}
	switch p.task.category[:2] {
	case "04", "14":
		return rnd.IntN(100) < 50
	case "18":
		return p.task.category == "1802"
	}
	return rnd.IntN(100) < 20
}

// dawdle is the stage at which a case will be late, "" for the punctual.
func dawdle(rnd *rand.Rand) casework.Verb {
	if rnd.IntN(1000) >= 64 {
		return ""
	}
	stages := []casework.Verb{
		casework.Forward, casework.SignFor, casework.SignFor, casework.Accept,
		casework.Serve, casework.Serve, casework.Serve, casework.ConcludeCase,
	}
	return stages[rnd.IntN(len(stages))]
}

// receivedBefore is how long a letter lay before it was registered.
func receivedBefore(rnd *rand.Rand, ch casework.Channel) time.Duration {
	if ch != casework.Letter && ch != casework.Fax {
		return 0
	}
	return time.Duration(2+rnd.IntN(40)) * time.Hour
}
