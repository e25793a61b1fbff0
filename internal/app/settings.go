package app

import (
	"context"

	"xinqiao/internal/admin/account"
)

// staffNames are what the history of the rules calls its authors.
type staffNames struct{ *account.Service }

// StaffName implements settings.Names.
func (s staffNames) StaffName(ctx context.Context, id int64) string {
	if id == 0 {
		return ""
	}
	who, err := s.Staff(ctx, id)
	if err != nil {
		return ""
	}
	return who.Name
}
