package procedure

import (
	"context"
	"slices"

	"xinqiao/internal/core/access"
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
	cases, err := s.loadMany(ctx, s.db.Read(), wanted)
	for id, c := range cases {
		if c.ID == 0 {
			delete(cases, id)
		}
	}
	return cases, err
}

// Linked lists the cases of one matter that the actor may see, the oldest
// first: the one where it began, its review, its recheck.
func (s *Service) Linked(ctx context.Context, a access.Actor, c casework.Case) ([]casework.Case, error) {
	root := c.RootID
	if root == 0 {
		root = c.ID
	}
	all, err := s.ofMatter(ctx, s.db.Read(), root)
	scope := access.Visible(a)
	return slices.DeleteFunc(all, func(c casework.Case) bool { return !scope.Sees(c.Facts()) }), err
}

// mostOfPersons bounds what is read of some persons' cases.
const mostOfPersons = 100

// OfPersons lists the cases that some persons filed, newest first, at most a
// hundred. Like ByIDs it asks nobody who wants to know.
func (s *Service) OfPersons(ctx context.Context, persons []int64) ([]casework.Case, error) {
	return s.ofPersons(ctx, s.db.Read(), persons, mostOfPersons)
}

// After lists the ids of cases after one, in order, for ways through all of
// them.
func (s *Service) After(ctx context.Context, id int64, limit int) ([]int64, error) {
	return idsAfter(ctx, s.db.Read(), id, limit)
}

// Title gives the title of a case, "" where there is none.
func (s *Service) Title(ctx context.Context, id int64) (string, error) {
	return titleOf(ctx, s.db.Read(), id)
}
