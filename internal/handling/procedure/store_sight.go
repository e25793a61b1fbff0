package procedure

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

// CaseOfPerson gives a case of the person that the actor may see, the newest
// first, or 0 when there is none. Who only assists, or sits in the joint room,
// has no business with the person's clear data.
func (s *Service) CaseOfPerson(ctx context.Context, actor access.Actor, personID int64) (int64, error) {
	if personID == 0 {
		return 0, nil
	}
	cases, err := db.List(ctx, s.db.Read(), s.scanCase, `SELECT `+columns+` FROM case_file WHERE petitioner_id = $1 ORDER BY id DESC`, personID)
	scope := access.Visible(actor)
	for _, c := range cases {
		facts := c.Facts()
		facts.Parties = nil
		if scope.Sees(facts) {
			return c.ID, err
		}
	}
	return 0, err
}

// told are the verbs whose files the petitioner has a right to.
var told = []casework.Verb{casework.Register, casework.Supplement, casework.Reply, casework.ConcludeCase, casework.Contest}

// SeesFile tells whether the actor may see what was handed in with an event of
// a case. Working papers are for staff.
func (s *Service) SeesFile(ctx context.Context, actor access.Actor, caseID, eventSeq int64) (bool, error) {
	c, err := db.One(ctx, s.db.Read(), s.scanCase, `SELECT `+columns+` FROM case_file WHERE id = $1`, caseID)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil || !access.Visible(actor).Sees(c.Facts()) {
		return false, err
	}
	if actor.Role != access.Petitioner {
		return true, nil
	}
	verb, err := db.One(ctx, s.db.Read(), db.Value[string], `SELECT verb FROM case_event WHERE case_id = $1 AND seq = $2`, caseID, eventSeq)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return slices.Contains(told, casework.Verb(verb)), err
}

// ofMatter reads the case where a matter began and those that look at it,
// without their duties.
func (s *Service) ofMatter(ctx context.Context, q db.Queryer, root int64) ([]casework.Case, error) {
	return db.List(ctx, q, s.scanCase, `SELECT `+columns+` FROM case_file WHERE id = $1 UNION ALL
		SELECT `+columns+` FROM case_file WHERE root_id = $1 AND root_id <> 0 ORDER BY id`, root)
}

// ofPersons reads cases by who filed them, without their duties.
func (s *Service) ofPersons(ctx context.Context, q db.Queryer, persons []int64, limit int) ([]casework.Case, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(persons)), make([]any, len(persons))
	for i, id := range persons {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	return db.List(ctx, q, s.scanCase, `SELECT `+columns+` FROM case_file WHERE petitioner_id <> 0 AND petitioner_id IN (`+strings.Join(marks, ", ")+
		`) ORDER BY id DESC LIMIT `+strconv.Itoa(limit), args...)
}

func idsAfter(ctx context.Context, q db.Queryer, id int64, limit int) ([]int64, error) {
	return db.List(ctx, q, db.Value[int64], `SELECT id FROM case_file WHERE id > $1 ORDER BY id LIMIT `+strconv.Itoa(limit), id)
}

func titleOf(ctx context.Context, q db.Queryer, id int64) (string, error) {
	title, err := db.One(ctx, q, db.Value[string], `SELECT title FROM case_file WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return title, err
}
