package app

import (
	"context"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// told opens what people said and handed in, for the pages and indexes of
// others. It lies sealed with intake, procedure and attachment.
type told struct {
	intake *intake.Service
	cases  *procedure.Service
	files  *attachment.Service
	people *person.Service
}

func (a *App) told() told { return told{a.Intake, a.Procedure, a.Attachment, a.Person} }

// Matter implements casepage.Told.
func (t told) Matter(ctx context.Context, caseID int64) (casepage.Matter, error) {
	m, err := t.intake.Matter(ctx, caseID)
	if fault.KindOf(err) == fault.NotFound {
		return casepage.Matter{}, nil
	}
	return casepage.Matter{
		Words: m.Words, Wish: m.Wish, Place: m.Place, OccurredOn: m.OccurredOn, Anonymous: m.Anonymous, Secret: m.Secret,
		Persons: m.Persons, ReceivedAt: m.ReceivedAt, SHA256: m.SHA256,
	}, err
}

// Files implements casepage.Told.
func (t told) Files(ctx context.Context, caseID int64) ([]casepage.File, error) {
	list, err := t.files.OfCase(ctx, caseID)
	out := make([]casepage.File, len(list))
	for i, f := range list {
		out[i] = casepage.File{ID: f.ID, Seq: f.EventSeq, Name: f.Name, Size: f.Size}
	}
	return out, err
}

// Told implements tracking.Matters.
func (t told) Told(ctx context.Context, caseID int64) (tracking.Told, error) {
	m, err := t.intake.Matter(ctx, caseID)
	if fault.KindOf(err) == fault.NotFound {
		return tracking.Told{}, nil
	}
	return tracking.Told{
		Purpose: string(m.Purpose), Words: m.Words, Wish: m.Wish, Place: m.Place, OccurredOn: m.OccurredOn, ReceivedAt: m.ReceivedAt,
	}, err
}

// Findable implements worklist.Told. The words of an index lie in clear, so
// what tells who somebody is goes out first: numbers, and the petitioner's name.
func (t told) Findable(ctx context.Context, q db.Queryer, petitioners map[int64]int64) (map[int64]worklist.Findable, error) {
	cases, persons := make([]int64, 0, len(petitioners)), make([]int64, 0, len(petitioners))
	for c, p := range petitioners {
		if cases = append(cases, c); p != 0 {
			persons = append(persons, p)
		}
	}
	texts, err := t.intake.Texts(ctx, q, cases)
	if err != nil {
		return nil, err
	}
	added, err := t.cases.Supplements(ctx, q, cases)
	if err != nil {
		return nil, err
	}
	names, err := t.people.Names(ctx, q, persons)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]worklist.Findable, len(cases))
	for _, c := range cases {
		who, said := names[petitioners[c]], texts[c]
		out[c] = worklist.Findable{
			Place: identity.Redact(said.Place, who...),
			Words: identity.Redact(said.Words+"\n"+said.Wish+"\n"+added[c], who...),
		}
	}
	return out, nil
}
