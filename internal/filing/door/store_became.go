package door

import (
	"context"
	"errors"

	"xinqiao/internal/platform/db"
)

// ofCase finds the arrival that became a case; nil when there is none.
func (s *Service) ofCase(ctx context.Context, caseID int64) (*Tray, error) {
	t, err := db.One(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE case_id = $1 AND state = 'filed' ORDER BY id LIMIT 1`, caseID)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return &t, err
}
