package procedure

import (
	"context"

	"xinqiao/internal/core/casework"
)

// ByIDs reads cases with their duties, for capabilities that follow up on what
// happened. It asks nobody who wants to know: the caller shows nothing without
// the visibility rule. Unknown ids are left out.
func (s *Service) ByIDs(ctx context.Context, ids []int64) (map[int64]casework.Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	wanted := make([]dueDuty, len(ids))
	for i, id := range ids {
		wanted[i].caseID = id
	}
	cases, err := loadMany(ctx, s.db.Read(), wanted)
	for id, c := range cases {
		if c.ID == 0 {
			delete(cases, id)
		}
	}
	return cases, err
}
