package tracking

import (
	"context"
	"time"
)

// Periodic is what runs work again and again; platform/jobs does.
type Periodic interface {
	Periodic(name string, every time.Duration, fn func(ctx context.Context) error)
}

// Schedule registers the cleaning.
func (s *Service) Schedule(p Periodic) { p.Periodic("tracking.forget", time.Hour, s.Forget) }
