package attachment

import (
	"context"
	"time"
)

const (
	draftLife   = 48 * time.Hour
	orphanLife  = 24 * time.Hour
	expireBatch = 100
)

// Periodic is what runs work again and again; platform/jobs does.
type Periodic interface {
	Periodic(name string, every time.Duration, run func(ctx context.Context) error)
}

// Schedule registers the cleaning.
func (s *Service) Schedule(p Periodic) {
	p.Periodic("attachment.expire", time.Hour, s.Expire)
	p.Periodic("attachment.sweep", 24*time.Hour, s.Sweep)
}

// Expire deletes drafts that nobody claimed within two days: first the rows,
// then the files, so that no row ever points nowhere.
func (s *Service) Expire(ctx context.Context) error {
	for {
		keys, err := s.store.expire(ctx, s.Clock.Now().Add(-draftLife), expireBatch)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := s.Files.Delete(key); err != nil {
				return err
			}
		}
		if len(keys) < expireBatch {
			return nil
		}
	}
}

// Sweep deletes files that no row refers to, as a crash may leave them.
func (s *Service) Sweep(ctx context.Context) error {
	n, err := s.Files.Sweep(ctx, s.Clock.Now().Add(-orphanLife), s.store.known)
	if n > 0 {
		s.Log.InfoContext(ctx, "orphaned files deleted", "count", n)
	}
	return err
}
