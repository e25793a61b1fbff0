package settings

import (
	"context"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
)

// adopt makes a version of rules that were set before there were versions.
func (s *Service) adopt(ctx context.Context) error {
	set, err := s.store.values(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	old := map[string]string{}
	for name, v := range set {
		if d, ok := definitions[name]; ok && d.Rule() {
			old[name] = v
		}
	}
	if len(old) == 0 {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		all, err := s.store.versions(ctx, tx)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		v := Version{Serial: all[0].Serial + 1, ID: freeID(calendar.On(now), all), From: now, MadeAt: now, Values: fill(all[0], old)}
		for name := range old {
			if err := s.store.dropValue(ctx, tx, name); err != nil {
				return err
			}
		}
		return s.store.addVersion(ctx, tx, v)
	})
}
