package notify

import (
	"time"

	"xinqiao/internal/platform/db"
)

func bindPoint(b *db.Batch, p point, c choice, now time.Time) {
	b.Add(`INSERT INTO contact_point (`+pointColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (staff_id, case_id, way, address_index) DO NOTHING`,
		p.ID, p.StaffID, p.CaseID, string(p.Way), p.sealed, p.index, p.Mask, db.At(p.CreatedAt))
	b.Add(`INSERT INTO notice_choice (case_id, way, lang, changed_at) VALUES ($1, $2, $3, $4) ON CONFLICT (case_id) DO NOTHING`,
		p.CaseID, string(c.Way), c.Lang, db.At(now))
}
