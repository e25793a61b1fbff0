package placard

import (
	"context"
	"errors"

	"xinqiao/internal/platform/db"
)

const columns = `c.id, c.token, c.kind, c.label, c.unit_id, c.area_id, c.staff_id, c.place, c.active, c.scans, c.made_by, c.made_at`

func scan(r db.Rows) (c Code, err error) {
	var made db.Time
	err = r.Scan(&c.ID, &c.Token, &c.Kind, &c.Label, &c.UnitID, &c.AreaID, &c.StaffID, &c.Place, &c.Active, &c.Scans, &c.MadeBy, &made)
	c.MadeAt = made.Std()
	return c, err
}

func insertCode(b *db.Batch, c Code) {
	b.Add(`INSERT INTO door_code (id, token, kind, label, unit_id, area_id, staff_id, place, active, scans, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)`,
		c.ID, c.Token, string(c.Kind), c.Label, c.UnitID, c.AreaID, c.StaffID, c.Place, c.Active, c.MadeBy, db.At(c.MadeAt))
}

// codes reads all: a city has some hundreds.
func (s *Service) codes(ctx context.Context) ([]Code, error) {
	return db.List(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_code c ORDER BY c.id DESC LIMIT 5000`)
}

func (s *Service) byID(ctx context.Context, id int64) (Code, error) {
	return known(db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_code c WHERE c.id = $1`, id))
}

func (s *Service) byToken(ctx context.Context, token string) (Code, error) {
	return known(db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_code c WHERE c.token = $1`, token))
}

func known(c Code, err error) (Code, error) {
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	return c, err
}

func setActive(b *db.Batch, id int64, on bool) {
	b.Expect(1, `UPDATE door_code SET active = $2 WHERE id = $1`, id, on)
}

func countScan(b *db.Batch, id int64) {
	b.Add(`UPDATE door_code SET scans = scans + 1 WHERE id = $1`, id)
}

func insertCase(b *db.Batch, token string, caseID int64) {
	b.Add(`INSERT INTO door_code_case (case_id, code_id) SELECT $2, c.id FROM door_code c WHERE c.token = $1 AND c.active = TRUE`, token, caseID)
}

func (s *Service) ofCase(ctx context.Context, caseID int64) (Code, bool, error) {
	c, err := db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_code_case x JOIN door_code c ON c.id = x.code_id WHERE x.case_id = $1`, caseID)
	if errors.Is(err, db.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}
