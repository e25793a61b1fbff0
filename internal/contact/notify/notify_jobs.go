package notify

import (
	"context"
	"maps"
	"slices"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// begin are the events after which somebody may have to be reminded; all
// others only change what is watched already.
var begin = []string{"case.forwarded", "case.assigned", "case.signed", "case.warned", "case.lapsed", "case.supervised", "case.instructed"}

// Subscribe has cases looked at when something happened to them, and tells
// petitioners.
func (s *Service) Subscribe(j *jobs.Jobs) {
	kinds := slices.Collect(maps.Keys(notices))
	kinds = append(kinds, begin...)
	for _, k := range casework.EventKinds() {
		kinds = append(kinds, "case."+string(k))
	}
	slices.Sort(kinds)
	j.Subscribe(jobs.Subscriber{Name: "notify", Kinds: slices.Compact(kinds), Handle: s.heard})
	if len(s.sources) > 0 {
		j.Subscribe(jobs.Subscriber{Name: "notify.news", Kinds: slices.Sorted(maps.Keys(s.sources)), Handle: s.hearNews})
	}
}

// heard notes which cases to look at. It reads nothing of them: what holds is
// read when they are looked at, so that order and repetition do not matter.
func (s *Service) heard(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	now := s.Clock.Now()
	first := map[int64]bool{}
	for _, e := range events {
		if e.Kind != "case.registered" { // nobody can be watching it yet
			first[e.Subject] = first[e.Subject] || slices.Contains(begin, e.Kind)
		}
	}
	var b db.Batch
	for _, id := range slices.Sorted(maps.Keys(first)) { // one order everywhere: no deadlocks
		if first[id] {
			watch(&b, id, now)
		} else {
			rewatch(&b, id, now)
		}
	}
	if err := tx.Send(ctx, &b); err != nil {
		return err
	}
	return s.tellPetitioners(ctx, tx, events)
}

// Schedule has watched cases looked at every few seconds, by one of the
// processes, and old things forgotten.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Periodic("notify.look", 15*time.Second, s.Look)
	j.Periodic("notify.forget", time.Hour, s.forget)
}

// kept is how long the tray keeps what was read.
const kept = 90 * 24 * time.Hour

func (s *Service) forget(ctx context.Context) error {
	return s.store.forgetRead(ctx, s.Clock.Now().Add(-kept))
}
