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

// Original gives what a case was made of, as it came; false when it came
// through no door.
func (s *Service) Original(ctx context.Context, caseID int64) (Part, bool, error) {
	t, err := s.ofCase(ctx, caseID)
	if err != nil || t == nil {
		return Part{}, false, err
	}
	p, err := s.open(*t)
	if err != nil {
		return Part{}, false, err
	}
	raw, err := s.part(p.Raw)
	return raw, err == nil, err
}
