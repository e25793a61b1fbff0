package account

import (
	"context"
	"time"
)

// Periodic registers work that is done again and again; platform/jobs does.
type Periodic interface {
	Periodic(name string, every time.Duration, run func(ctx context.Context) error)
}

// Schedule registers the sweep of ended sessions and tokens.
func (s *Service) Schedule(p Periodic) { p.Periodic("account.sweep", time.Hour, s.Sweep) }
