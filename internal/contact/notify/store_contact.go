package notify

import (
	"context"
	"strings"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
)

const pointColumns = `id, staff_id, case_id, way, address_sealed, address_index, mask, created_at`

func scanPoint(r db.Rows) (point, error) {
	var p point
	var created db.Time
	err := r.Scan(&p.ID, &p.StaffID, &p.CaseID, &p.Way, &p.sealed, &p.index, &p.Mask, &created)
	p.CreatedAt = created.Std()
	return p, err
}

const pointsQuery = `SELECT ` + pointColumns + ` FROM contact_point WHERE staff_id = $1 AND case_id = $2 ORDER BY way, id LIMIT 50`

func (store) points(ctx context.Context, q db.Queryer, staffID, caseID int64) ([]point, error) {
	return db.List(ctx, q, scanPoint, pointsQuery, staffID, caseID)
}

func (store) point(ctx context.Context, q db.Queryer, id int64) (point, bool, error) {
	return found(db.One(ctx, q, scanPoint, `SELECT `+pointColumns+` FROM contact_point WHERE id = $1`, id))
}

func (store) addPoint(ctx context.Context, tx db.Tx, p point) error {
	_, err := tx.Exec(ctx, `INSERT INTO contact_point (`+pointColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (staff_id, case_id, way, address_index) DO NOTHING`,
		p.ID, p.StaffID, p.CaseID, string(p.Way), p.sealed, p.index, p.Mask, db.At(p.CreatedAt))
	return err
}

func (store) dropPoints(ctx context.Context, tx db.Tx, staffID, caseID int64, way sender.Way) error {
	_, err := tx.Exec(ctx, `DELETE FROM contact_point WHERE staff_id = $1 AND case_id = $2 AND way = $3`, staffID, caseID, string(way))
	return err
}

// makeRoom leaves at most most-1 addresses of a way, the youngest.
func (store) makeRoom(ctx context.Context, tx db.Tx, p point, most int) error {
	_, err := tx.Exec(ctx, `DELETE FROM contact_point WHERE staff_id = $1 AND case_id = $2 AND way = $3 AND id NOT IN (
		SELECT id FROM contact_point WHERE staff_id = $1 AND case_id = $2 AND way = $3 ORDER BY id DESC LIMIT $4)`,
		p.StaffID, p.CaseID, string(p.Way), most-1)
	return err
}

// forget drops an address that is dead.
func (store) forget(b *db.Batch, pointID int64) {
	b.Add(`DELETE FROM contact_point WHERE id = $1`, pointID)
}

// contacts reads addresses and preferences of a member of staff.
func (s store) contacts(ctx context.Context, q db.Queryer, staffID int64) (contacts, error) {
	k, _, err := found(db.One(ctx, q, func(r db.Rows) (contacts, error) {
		var k contacts
		var off string
		err := r.Scan(&off, &k.Quiet.From, &k.Quiet.To, &k.Lang)
		for _, way := range strings.Fields(off) {
			k.Off = append(k.Off, sender.Way(way))
		}
		return k, err
	}, `SELECT off, quiet_from, quiet_to, lang FROM contact_preference WHERE staff_id = $1`, staffID))
	if err != nil {
		return k, err
	}
	if k.Lang == "" {
		k.Lang = i18n.ZH
	}
	k.Points, err = s.points(ctx, q, staffID, 0)
	return k, err
}

func (store) setPreference(ctx context.Context, tx db.Tx, staffID int64, r Reach) error {
	off := make([]string, len(r.Off))
	for i, way := range r.Off {
		off[i] = string(way)
	}
	_, err := tx.Exec(ctx, `INSERT INTO contact_preference (staff_id, off, quiet_from, quiet_to, lang) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (staff_id) DO UPDATE SET off = excluded.off, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, lang = excluded.lang`,
		staffID, strings.Join(off, " "), r.Quiet.From, r.Quiet.To, r.Lang)
	return err
}

// choice is how a petitioner wants to hear of a case.
type choice struct {
	Way  sender.Way // "" = not at all
	Lang string
}

// choice reads it; without one it is a short message in Chinese.
func (store) choice(ctx context.Context, q db.Queryer, caseID int64) (choice, error) {
	c, ok, err := found(db.One(ctx, q, func(r db.Rows) (choice, error) {
		var c choice
		return c, r.Scan(&c.Way, &c.Lang)
	}, `SELECT way, lang FROM notice_choice WHERE case_id = $1`, caseID))
	if !ok {
		c = choice{Way: sender.SMS, Lang: i18n.ZH}
	}
	return c, err
}

func (store) choose(ctx context.Context, tx db.Tx, caseID int64, c choice, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_choice (case_id, way, lang, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id) DO UPDATE SET way = excluded.way, lang = excluded.lang, changed_at = excluded.changed_at`,
		caseID, string(c.Way), c.Lang, db.At(now))
	return err
}
