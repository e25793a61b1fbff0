package unit

import (
	"context"

	"xinqiao/internal/platform/db"
)

// store holds all SQL of the capability.
type store struct{}

// revision counts the changes of the tree.
func (store) revision(ctx context.Context, q db.Queryer) (int64, error) {
	return db.One(ctx, q, db.Value[int64], `SELECT n FROM unit_revision WHERE id = 1`)
}

func (store) bump(ctx context.Context, q db.Queryer) error {
	_, err := q.Exec(ctx, `UPDATE unit_revision SET n = n + 1 WHERE id = 1`)
	return err
}

func (store) all(ctx context.Context, q db.Queryer) ([]node, error) {
	return db.List(ctx, q, scanNode, `
		SELECT id, parent_id, code, name_zh, name_en, kind, area_id, bureau_id, active, sort
		FROM unit`)
}

func scanNode(r db.Rows) (node, error) {
	var n node
	err := r.Scan(&n.ID, db.Null(&n.ParentID), &n.Code, &n.NameZH, &n.NameEN, &n.Kind, &n.Area, &n.BureauID, &n.Active, &n.Sort)
	return n, err
}

func (store) insert(ctx context.Context, q db.Queryer, n node) error {
	_, err := q.Exec(ctx, `
		INSERT INTO unit (id, parent_id, code, name_zh, name_en, kind, active, sort)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.ID, db.OrNull(n.ParentID), n.Code, n.NameZH, n.NameEN, string(n.Kind), n.Active, n.Sort)
	return err
}

func (store) update(ctx context.Context, q db.Queryer, n node) error {
	_, err := q.Exec(ctx, `
		UPDATE unit SET parent_id = $2, code = $3, name_zh = $4, name_en = $5, kind = $6, active = $7, sort = $8
		WHERE id = $1`,
		n.ID, db.OrNull(n.ParentID), n.Code, n.NameZH, n.NameEN, string(n.Kind), n.Active, n.Sort)
	return err
}

func (store) place(ctx context.Context, q db.Queryer, n node, depth int) error {
	_, err := q.Exec(ctx, `UPDATE unit SET area_id = $2, bureau_id = $3, depth = $4 WHERE id = $1`,
		n.ID, n.Area, n.BureauID, depth)
	return err
}
