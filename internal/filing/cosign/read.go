package cosign

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Standing is one signature as it stands.
type Standing struct {
	Seq         int64
	PersonID    int64
	SignedAt    time.Time
	WithdrawnAt time.Time
	RatedUnit   casework.Grade
	RatedResult casework.Grade
	RatedAt     time.Time
	Words       string
	ByStaff     bool
}

// Check finds whose code it is: the signer's number, 0 for nobody's.
func (s *Service) Check(ctx context.Context, caseID int64, no, typed string) (int64, error) {
	return s.store.byCode(ctx, caseID, s.codeIndex(no, s.Codes.Read(typed)))
}

// Stands tells whether a signature is there and was not taken back, and
// whether its owner has rated.
func (s *Service) Stands(ctx context.Context, caseID, seq int64) (stands, rated bool, err error) {
	own, found, err := s.store.standing(ctx, caseID, seq)
	return found && own.WithdrawnAt.IsZero(), !own.RatedAt.IsZero(), err
}

// Of lists the signatures of some persons that stand: case to number.
func (s *Service) Of(ctx context.Context, people []int64) (map[int64]int64, error) {
	return s.store.ofPeople(ctx, people)
}

// Own is the signature of a petitioner who signed.
func (s *Service) Own(ctx context.Context, a access.Actor) (Standing, bool, error) {
	return s.store.standing(ctx, a.CaseID, a.Cosigner)
}

// Recipients are the persons, beside the one who filed, to whom a reply goes:
// every signer who stands, in the order of signing, after a number.
func (s *Service) Recipients(ctx context.Context, caseID, after int64, limit int) ([]Standing, error) {
	return s.store.standingList(ctx, caseID, after, limit)
}

// Listed is a signer as staff see one.
type Listed struct {
	Standing
	Mask
}

// PageSize of lists.
const PageSize = 50

// List pages through the signers of a case, masked, in the order of signing.
func (s *Service) List(ctx context.Context, a access.Actor, no string, after int64, limit int) (c casework.Case, out []Listed, next int64, err error) {
	if !a.Signed() {
		return c, nil, 0, ErrNobody
	}
	if c, err = s.Cases.Case(ctx, a, no); err != nil {
		return c, nil, 0, err
	}
	if limit < 1 || limit > PageSize {
		limit = PageSize
	}
	rows, err := s.store.list(ctx, c.ID, after, limit+1)
	if err != nil {
		return c, nil, 0, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].Seq
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.PersonID
	}
	masks, err := s.People.Masks(ctx, ids)
	for _, r := range rows {
		out = append(out, Listed{r, masks[r.PersonID]})
	}
	return c, out, next, err
}

// Tally is what all who stand behind a petition think of its reply.
type Tally struct {
	People    int // with the one who filed, without who withdrew
	Signed    int // by name, beside the one who filed
	Withdrawn int
	Rated     int // with the one who filed
	Unit      map[casework.Grade]int
	Result    map[casework.Grade]int
}

// Tally counts signatures and ratings of a case.
func (s *Service) Tally(ctx context.Context, c casework.Case) (Tally, error) {
	t, err := s.store.tally(ctx, c.ID)
	if err != nil {
		return t, err
	}
	t.People = max(c.People, 1) - t.Withdrawn
	if c.RatedResult != casework.Unrated {
		t.Rated++
		t.Unit[c.RatedUnit]++
		t.Result[c.RatedResult]++
	}
	return t, nil
}
