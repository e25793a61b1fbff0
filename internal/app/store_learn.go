package app

import (
	"context"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/learn"
)

// TrainStore learns from the cases of the store that a unit has accepted: what
// people decided there is what a new message is compared with. The
// confidential lane teaches nothing. What is learned is the category ("category"),
// its first level ("major") or the nature ("nature").
func TrainStore(ctx context.Context, c Config, of string, o TrainOptions) (TrainReport, error) {
	a, err := Open(ctx, c)
	if err != nil {
		return TrainReport{}, err
	}
	defer a.Close()
	examples, err := a.confirmed(ctx, of)
	if err != nil {
		return TrainReport{}, err
	}
	return trainOn(ctx, c, examples, o)
}

// confirmedPage is how many cases are read at once.
const confirmedPage = 500

type confirmedCase struct {
	id                      int64
	title, category, nature string
}

// confirmed reads the accepted cases as examples.
func (a *App) confirmed(ctx context.Context, of string) ([]learn.Example, error) {
	var out []learn.Example
	for after := int64(0); ; {
		page, err := db.List(ctx, a.DB.Read(), func(r db.Rows) (c confirmedCase, err error) {
			err = r.Scan(&c.id, &c.title, &c.category, &c.nature)
			return c, err
		}, `SELECT id, title, category, nature FROM case_file
			WHERE id > $1 AND accepted_at > 0 AND category <> '' AND lane = $2 ORDER BY id LIMIT $3`,
			after, string(access.LaneOpen), confirmedPage)
		if err != nil || len(page) == 0 {
			return out, err
		}
		for _, c := range page {
			m, err := a.Intake.Matter(ctx, c.id)
			if err != nil {
				return nil, err
			}
			if !m.Secret {
				out = append(out, learn.Example{Title: c.title, Text: m.Words, Label: c.label(of)})
			}
		}
		after = page[len(page)-1].id
	}
}

// majorCode is the length of the code of a first-level category.
const majorCode = 2

func (c confirmedCase) label(of string) string {
	switch of {
	case "major":
		return c.category[:min(majorCode, len(c.category))]
	case "nature":
		return c.nature
	}
	return c.category
}
