package door

import "context"

// Became tells what became of an arrival of a door by its sender's key; false
// when there is none.
func (s *Service) Became(ctx context.Context, door, key string) (Taken, bool, error) {
	t, err := s.keyed(ctx, door, s.Keys.Index("arrival-key:"+door, key))
	if err != nil || t == nil {
		return Taken{}, false, err
	}
	return s.taken(*t, true), true, nil
}
