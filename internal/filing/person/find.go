package person

import (
	"context"
	"fmt"
)

// Masked gives what pages may show of some persons; unknown ids and 0 are not
// in the map.
func (s *Service) Masked(ctx context.Context, ids []int64) (map[int64]Masked, error) {
	found := make(map[int64]Masked, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), batchSize)
		some, err := s.store.masked(ctx, ids[:n])
		if err != nil {
			return nil, fmt.Errorf("masked persons: %w", err)
		}
		for _, m := range some {
			found[m.ID] = m
		}
		ids = ids[n:]
	}
	return found, nil
}
