package app

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/platform/clock"
)

// read opens cases for a door, and has each opening of a confidential one
// written down.
type read struct {
	*procedure.Service
	clock clock.Clock
	kind  procedure.Opened
}

// Case reads a case if the actor may see it.
func (r read) Case(ctx context.Context, a access.Actor, no string) (casework.Case, error) {
	c, err := r.Service.Case(ctx, a, no)
	if err == nil {
		err = r.NoteReading(ctx, a, c, r.kind, r.clock.Now())
	}
	if err != nil {
		return casework.Case{}, err
	}
	return c, nil
}

// opened notes that a file of a case is read.
func (s *sight) opened(ctx context.Context, a access.Actor, caseID int64) (bool, error) {
	err := read{s.Service, s.clock, procedure.OpenedFile}.note(ctx, a, caseID)
	return err == nil, err
}

// note writes down that something of a case is read.
func (r read) note(ctx context.Context, a access.Actor, caseID int64) error {
	cases, err := r.ByIDs(ctx, []int64{caseID})
	if err != nil {
		return err
	}
	return r.NoteReading(ctx, a, cases[caseID], r.kind, r.clock.Now())
}

// documentCases are the cases as documents ask for them.
type documentCases struct{ *procedure.Service }

// Seen implements document.Cases.
func (l documentCases) Seen(ctx context.Context, a access.Actor, ids []int64) (map[int64]bool, error) {
	wanted := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == 0 })
	slices.Sort(wanted)
	cases, err := l.ByIDs(ctx, slices.Compact(wanted))
	scope, sees := access.Visible(a), make(map[int64]bool, len(cases))
	for id, c := range cases {
		sees[id] = scope.Sees(c.Facts())
	}
	return sees, err
}

// Opened implements document.Cases.
func (l documentCases) Opened(ctx context.Context, a access.Actor, c casework.Case, now time.Time) error {
	return l.NoteReading(ctx, a, c, procedure.OpenedDocument, now)
}

// readers name who opened what, for the audit.
type readers struct{ *App }

// StaffName implements procedure.Names.
func (r readers) StaffName(ctx context.Context, id int64) string {
	return staffNames{r.Account}.StaffName(ctx, id)
}

// UnitName implements procedure.Names.
func (r readers) UnitName(id int64, lang string) string {
	u, _ := r.Units.Unit(id)
	return u.Name(lang)
}

// CaseMark implements procedure.Names: the same case has the same mark, from
// which nobody gets to the case.
func (r readers) CaseMark(id int64) string {
	return hex.EncodeToString(r.Keys.Index("lane/case", strconv.FormatInt(id, 10))[:4])
}
