package worklist

import (
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// rulingParts: what waits for a ruling on whose case it is, those that were
// sent back twice before the rest. A unit that acts meanwhile (先办后议) does
// not end the dispute.
func rulingParts(sight) []part {
	return []part{
		{"returned_twice", rulingDuty, func(w *where) { w.and("objections >= 2") }},
		{"returned_once", rulingDuty, func(w *where) { w.and("objections < 2") }},
	}
}

// firstParts: petitions that were not brought before (初信初访), by how long
// they have been open: beyond the time to handle, beyond the notice, newer.
func firstParts(g sight) []part {
	back := func(days int) db.Time { return db.At(g.now.AddDate(0, 0, -days)) }
	first := func(conds ...func(w *where)) func(w *where) {
		return func(w *where) {
			w.and("bureau_id = ?", g.actor.UnitID)
			w.and("open AND NOT repeated AND stage = 'handling'")
			for _, c := range conds {
				c(w)
			}
		}
	}
	since := func(days int) func(w *where) {
		return func(w *where) { w.and("registered_at >= ?", back(days)) }
	}
	before := func(days int) func(w *where) {
		return func(w *where) { w.and("registered_at < ?", back(days)) }
	}
	return []part{
		{"over_60", byAge, first(before(61))}, {"to_60", byAge, first(since(61), before(16))},
		{"to_15", byAge, first(since(16), before(4))}, {"to_3", byAge, first(since(4))},
	}
}

// assistParts: the tasks that my unit owes, then where it takes part.
func assistParts(g sight) []part {
	return []part{
		{"tasks", assistDuty, func(*where) {}},
		{"taking_part", takingPart, func(w *where) {
			w.and("unit_id = ?", g.actor.UnitID)
			w.and("open")
			w.and("NOT EXISTS (SELECT 1 FROM obligation o WHERE o.case_id = id AND o.unit_id = ? AND o.clock = 'assist' AND o.closed_at = 0)", g.actor.UnitID)
		}},
	}
}

// ladderParts: closings that the petitioner was dissatisfied with, the highest
// rung first; what the bureau above checks is told last, since it waits there.
func ladderParts(g sight) []part {
	rung := func(n int) func(w *where) {
		return func(w *where) {
			w.and("owner_unit_id = ?", g.actor.UnitID)
			w.and("state = 'look_back'")
			w.and("ladder = ?", n)
		}
	}
	return []part{
		{"rung_4", byDue, rung(4)}, {"rung_3", byDue, rung(3)}, {"rung_1", byDue, rung(1)},
		{"above", byDue, func(w *where) {
			w.and("bureau_id = ?", g.actor.UnitID)
			w.and("open AND state = 'look_back'")
			w.and("owner_unit_id <> ?", g.actor.UnitID)
		}},
	}
}

// reviewParts: reviews and rechecks (复查、复核): to be taken up (T12), then
// to be decided (T6, T8).
func reviewParts(g sight) []part {
	const fresh = "state IN ('registered', 'dispatched', 'signed')"
	of := func(cond string) func(w *where) {
		return func(w *where) {
			own(w, g.actor)
			w.and("open AND stage <> 'handling'")
			w.and(cond)
		}
	}
	return []part{
		{"to_take_up", byDue, of(fresh)},
		{"review", byDue, of("stage = 'review' AND NOT " + fresh)},
		{"recheck", byDue, of("stage = 'recheck' AND NOT " + fresh)},
	}
}

// parkedParts: what cannot be solved now (挂账), by the date of its review.
func parkedParts(g sight) []part {
	parked := func(than string) func(w *where) {
		return func(w *where) {
			own(w, g.actor)
			w.and("open AND state = 'parked'")
			w.and("next_due_at "+than+" ?", db.At(g.now.Add(14*24*time.Hour)))
		}
	}
	return []part{{"review_soon", byDue, parked("<=")}, {"review_later", byDue, parked(">")}}
}

// own is the column by which a unit has its cases: as bureau, or as lead.
func own(w *where, a access.Actor) {
	if a.Has(access.UnitHandler, access.UnitHead) {
		w.and("lead_unit_id <> 0")
		w.and("lead_unit_id = ?", a.UnitID)
		return
	}
	w.and("bureau_id = ?", a.UnitID)
}
