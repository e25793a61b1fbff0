package door

import (
	"context"
	"time"
)

// Periodic is what runs work again and again; platform/jobs does.
type Periodic interface {
	Periodic(name string, every time.Duration, run func(ctx context.Context) error)
}

// Schedule registers the sweeps.
func (s *Service) Schedule(p Periodic) {
	p.Periodic("door.sweep", 30*time.Second, s.Sweep)
	p.Periodic("door.files", 24*time.Hour, s.SweepFiles)
}
