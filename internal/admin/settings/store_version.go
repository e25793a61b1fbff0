package settings

import (
	"context"
	"encoding/json"

	"xinqiao/internal/platform/db"
)

// versions reads all versions of the rules, the last published first. There is
// one for each change of rules, so they are few.
func (store) versions(ctx context.Context, q db.Queryer) ([]Version, error) {
	return db.List(ctx, q, func(r db.Rows) (Version, error) {
		var v Version
		var from, at db.Time
		var contents db.JSON
		if err := r.Scan(&v.Serial, &v.ID, &from, &v.MadeBy, &at, &v.Note, &contents); err != nil {
			return v, err
		}
		v.From, v.MadeAt = from.Std(), at.Std()
		return v, json.Unmarshal(contents, &v.Values)
	}, `SELECT serial, id, effective_from_at, made_by, made_at, note, contents
		FROM parameter_version ORDER BY serial DESC`)
}

func (store) addVersion(ctx context.Context, q db.Queryer, v Version) error {
	contents, err := json.Marshal(v.Values)
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, `
		INSERT INTO parameter_version (serial, id, effective_from_at, made_by, made_at, note, contents)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Serial, v.ID, db.At(v.From), v.MadeBy, db.At(v.MadeAt), v.Note, db.JSON(contents))
	return err
}

func (store) dropValue(ctx context.Context, q db.Queryer, name string) error {
	_, err := q.Exec(ctx, `DELETE FROM parameter WHERE name = $1`, name)
	return err
}
