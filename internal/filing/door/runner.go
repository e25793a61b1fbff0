package door

import (
	"context"
	"errors"
	"sync"
	"time"

	"xinqiao/internal/platform/db"
)

// errEnded: a door must wait for ctx.
var errEnded = errors.New("the door closed by itself")

// The runner's times. A process that dies leaves its doors to the others
// after leaseLife at the latest.
const (
	leaseLife  = time.Minute
	leaseRenew = 15 * time.Second
	lookEvery  = 5 * time.Second
	probeEvery = time.Minute
	probeLimit = 30 * time.Second
	firstWait  = 5 * time.Second
	longWait   = 5 * time.Minute
)

// running is a door that this process keeps open.
type running struct {
	version int64
	stop    context.CancelFunc
	ended   chan struct{}
}

// Run keeps the active doors of the registry open until ctx ends: each in one
// process only, opened again when it breaks off or its settings change.
func (s *Service) Run(ctx context.Context) {
	open := map[string]running{}
	var all sync.WaitGroup
	for {
		if err := s.look(ctx, open, &all); err != nil && ctx.Err() == nil {
			s.Log.Warn("the registry of doors does not answer", "error", err)
		}
		select {
		case <-ctx.Done():
			all.Wait()
			return
		case <-s.wake:
		case <-time.After(lookEvery):
		}
	}
}

// look compares what is open with what the registry wants.
func (s *Service) look(ctx context.Context, open map[string]running, all *sync.WaitGroup) error {
	entries, err := s.Entries(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]Entry{}
	for _, e := range entries {
		if _, known := s.kinds[e.Kind]; known && e.Active {
			wanted[e.Code] = e
		}
	}
	for code, r := range open {
		if e, ok := wanted[code]; !ok || e.Version != r.version || over(r.ended) {
			r.stop()
			<-r.ended
			delete(open, code)
		}
	}
	for code, e := range wanted {
		if _, ours := open[code]; ours || e.leaseUntil.After(s.Clock.Now()) {
			continue
		}
		now := s.Clock.Now()
		if got, err := s.claimLease(ctx, code, now, now.Add(leaseLife)); err != nil || !got {
			continue
		}
		doorCtx, stop := context.WithCancel(ctx)
		r := running{version: e.Version, stop: stop, ended: make(chan struct{})}
		open[code] = r
		all.Add(1)
		go func() {
			defer all.Done()
			defer close(r.ended)
			s.keepOpen(doorCtx, stop, e)
		}()
	}
	return nil
}

func over(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

// keepOpen runs one door, again and again, as long as the lease is ours.
func (s *Service) keepOpen(ctx context.Context, stop context.CancelFunc, e Entry) {
	var with sync.WaitGroup
	with.Add(1)
	go func() { defer with.Done(); s.renew(ctx, stop, e.Code) }()
	for wait := firstWait; ctx.Err() == nil; wait = min(2*wait, longWait) {
		err := s.openOnce(ctx, e)
		if ctx.Err() != nil {
			break
		}
		if err == nil {
			err = errEnded
		}
		s.note(ctx, e.Code, err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	stop()
	with.Wait()
	ended, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	if err := s.releaseLease(ended, e.Code); err != nil {
		s.Log.Warn("the lease of a door runs out by itself", "door", e.Code, "error", err)
	}
}

// openOnce opens a door and lets it receive; it probes at its side.
func (s *Service) openOnce(ctx context.Context, e Entry) error {
	set, err := s.setting(e)
	if err != nil {
		return err
	}
	d, err := s.kinds[e.Kind].Open(set)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var with sync.WaitGroup
	with.Add(1)
	go func() { defer with.Done(); s.watch(ctx, e.Code, d) }()
	err = d.Run(ctx, s)
	stop()
	with.Wait()
	return err
}

// watch probes a door until ctx ends.
func (s *Service) watch(ctx context.Context, code string, d Door) {
	for {
		s.note(ctx, code, Probe(ctx, d))
		select {
		case <-ctx.Done():
			return
		case <-time.After(probeEvery):
		}
	}
}

// Probe asks a door whether it works, with a limit.
func Probe(ctx context.Context, d Door) error {
	ctx, done := context.WithTimeout(ctx, probeLimit)
	defer done()
	return d.Probe(ctx)
}

// renew holds the lease; when another process has it, the door closes here.
func (s *Service) renew(ctx context.Context, stop context.CancelFunc, code string) {
	held := s.Clock.Now().Add(leaseLife)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(leaseRenew):
		}
		now := s.Clock.Now()
		got, err := s.claimLease(ctx, code, now, now.Add(leaseLife))
		switch {
		case err == nil && got:
			held = now.Add(leaseLife)
		case err == nil || now.After(held.Add(-leaseRenew)):
			stop()
			return
		}
	}
}

// note writes down how a door does; a failure to write is only logged, the
// next probe comes.
func (s *Service) note(ctx context.Context, code string, failure error) {
	if ctx.Err() != nil {
		return
	}
	text := ""
	if failure != nil {
		text = clip(failure.Error())
	}
	var b db.Batch
	countProbe(&b, code, text, s.Clock.Now())
	if err := s.DB.Send(ctx, &b); err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "the health of a door was not noted", "door", code, "error", err)
	}
}
