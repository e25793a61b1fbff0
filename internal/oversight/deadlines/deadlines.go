// Package deadlines (时限监控) sees to it that no missed duty goes unnoticed and
// no finished case lies about: every minute it has procedure mark what has
// lapsed, oldest first, owned or not, and files away what is over. It owns no
// table; the marks are events of the case.
package deadlines

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Cases is what the sweep asks of procedure. Each call works one batch and
// tells how many it did.
type Cases interface {
	Lapse(ctx context.Context, now time.Time, limit int) (int, error)
	ArchiveSome(ctx context.Context, now time.Time, limit int) (int, error)
}

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

// batch is small enough that people's own work gets in between.
const batch = 500

// Service runs the sweeps.
type Service struct {
	cases Cases
	clock Clock
	log   *slog.Logger
}

// New makes the service.
func New(cases Cases, clock Clock, log *slog.Logger) *Service {
	return &Service{cases: cases, clock: clock, log: log}
}

// Sweep marks every duty that has lapsed and archives every case whose windows
// are over. It may be interrupted at any moment and run again.
func (s *Service) Sweep(ctx context.Context) error {
	lapsed, err := s.drain(ctx, s.cases.Lapse)
	if err != nil {
		return fmt.Errorf("deadlines: marking lapsed duties: %w", err)
	}
	archived, err := s.drain(ctx, s.cases.ArchiveSome)
	if err != nil {
		return fmt.Errorf("deadlines: archiving: %w", err)
	}
	if lapsed+archived > 0 {
		s.log.Info("sweep", "lapsed", lapsed, "archived", archived)
	}
	return nil
}

// drain works batches until one comes back short.
func (s *Service) drain(ctx context.Context, step func(context.Context, time.Time, int) (int, error)) (int, error) {
	total := 0
	for {
		n, err := step(ctx, s.clock.Now(), batch)
		total += n
		if err != nil || n < batch {
			return total, err
		}
		if err := ctx.Err(); err != nil {
			return total, err
		}
	}
}
