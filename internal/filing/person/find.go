package person

import (
	"context"
	"fmt"

	"xinqiao/internal/core/identity"
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

// ByPhoneIndex finds whom a phone belongs to, newest first, at most 200: the
// door for people who sign in by a one-time code. A malformed number belongs
// to nobody.
func (s *Service) ByPhoneIndex(ctx context.Context, phone string) ([]int64, error) {
	p, err := identity.ParsePhone(phone)
	if err != nil {
		return nil, nil
	}
	ids, err := s.store.byPhone(ctx, s.keys.Index(phonePurpose, p.Number))
	if err != nil {
		return nil, fmt.Errorf("persons by phone: %w", err)
	}
	return ids, nil
}
