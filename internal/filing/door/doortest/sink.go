// Package doortest holds what every door (渠道) is tested with: a sink in
// memory that fails as disks and networks do, and Exercise, which a door must
// pass to be taken up.
package doortest

import (
	"context"
	"errors"
	"sync"

	"xinqiao/internal/filing/door"
)

// ErrSink is the failure that the sink was told to have.
var ErrSink = errors.New("doortest: the sink fails, as it was told to")

// Sink keeps arrivals in memory, once a key, like the real one. The zero Sink
// is ready.
type Sink struct {
	mu    sync.Mutex
	taken map[string]door.Arrival
	order []string
	calls int

	refuse int // the next so many takes fail and keep nothing
	lose   int // the next so many takes keep the arrival, and the answer is lost
}

// Take implements door.Sink.
func (s *Sink) Take(ctx context.Context, a door.Arrival) (door.Taken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if err := ctx.Err(); err != nil {
		return door.Taken{}, err
	}
	if a.Door == "" || a.Key == "" || len(a.Key) > 200 {
		return door.Taken{}, door.ErrKey
	}
	if s.refuse > 0 {
		s.refuse--
		return door.Taken{}, ErrSink
	}
	if s.taken == nil {
		s.taken = map[string]door.Arrival{}
	}
	id := a.Door + "\x00" + a.Key
	_, again := s.taken[id]
	if !again {
		s.taken[id] = a
		s.order = append(s.order, id)
	}
	if s.lose > 0 {
		s.lose--
		return door.Taken{}, ErrSink
	}
	out := door.Taken{ID: int64(len(s.order)), State: door.Held, Again: again}
	if a.Ready {
		out.State, out.No, out.Code = door.Filed, "MC26-0000-0000", "0000-0000"
	}
	return out, nil
}

// Refuse lets the next n takes fail before anything is kept.
func (s *Sink) Refuse(n int) { s.set(func() { s.refuse = n }) }

// Lose lets the next n takes keep what they are given and fail afterwards, as
// when the connection breaks after the commit.
func (s *Sink) Lose(n int) { s.set(func() { s.lose = n }) }

func (s *Sink) set(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// All lists what was kept, in order.
func (s *Sink) All() []door.Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]door.Arrival, len(s.order))
	for i, id := range s.order {
		out[i] = s.taken[id]
	}
	return out
}

// Calls tells how often Take was called.
func (s *Sink) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}
