package procedure

import (
	"context"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// Why an open case is an orphan.
const (
	NoOwner    = "no_owner"    // nobody must act
	NoMoment   = "no_moment"   // no duty runs, so that no sweep would ever look at it
	ClosedUnit = "closed_unit" // the unit that must act is closed
)

// Orphan is an open case that nothing would move any more, and why.
type Orphan struct {
	Case casework.Case
	Why  string
}

// Orphans lists open cases without an owner, without a next moment, or with a
// unit that is closed, oldest first, as far as the actor may see them. It is an
// alarm: the store should hold none, and each stands there until it is mended.
func (s *Service) Orphans(ctx context.Context, actor access.Actor, closed []int64, limit int) ([]Orphan, error) {
	cases, err := db.List(ctx, s.db.Read(), s.scanCase, `SELECT `+columns+` FROM case_file
		WHERE open AND (owner_unit_id = 0 OR next_due_at = 0) ORDER BY id LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	if len(closed) > 0 {
		args := make([]any, len(closed))
		for i, id := range closed {
			args[i] = id
		}
		more, err := db.List(ctx, s.db.Read(), s.scanCase, `SELECT `+columns+` FROM case_file
			WHERE open AND owner_unit_id IN (`+marks(2, len(closed))+`) ORDER BY next_due_at, id LIMIT $1`, append([]any{limit}, args...)...)
		if err != nil {
			return nil, err
		}
		cases = append(cases, more...)
	}
	scope := access.Visible(actor)
	var out []Orphan
	for _, c := range cases {
		if scope.Sees(c.Facts()) {
			out = append(out, Orphan{c, orphaned(c)})
		}
	}
	return out, nil
}

func orphaned(c casework.Case) string {
	switch {
	case c.OwnerUnitID == 0:
		return NoOwner
	case c.NextDueAt.IsZero():
		return NoMoment
	}
	return ClosedUnit
}
