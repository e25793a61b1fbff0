package ui

import "xinqiao/internal/core/casework"

// Together makes one event of co-signatures that follow each other, and one of
// co-signers' ratings, so that a petition of many does not bury its course:
// People or Count says how many there were. The others stay as they are.
func Together(events []casework.Event) []casework.Event {
	var out []casework.Event
	for _, e := range events {
		many := e.Verb == casework.Cosign || e.Verb == casework.CoRate
		switch e.Verb {
		case casework.Cosign:
			e.Data.People = max(e.Data.People, 1)
		case casework.CoRate:
			e.Data.Count = 1
		}
		if n := len(out); many && n > 0 && out[n-1].Verb == e.Verb {
			e.Data.People += out[n-1].Data.People
			e.Data.Count += out[n-1].Data.Count
			e.Data.RatedUnit, e.Data.RatedResult = 0, 0
			out[n-1] = e
			continue
		}
		out = append(out, e)
	}
	return out
}
