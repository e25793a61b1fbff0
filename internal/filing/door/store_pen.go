package door

import (
	"context"
	"fmt"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

// listTray reads one more than a page of the arrivals of some doors.
func (s *Service) listTray(ctx context.Context, doors []string, f PenFilter, cleared bool) ([]Tray, error) {
	args := []any{string(f.State)}
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	marks := make([]string, len(doors))
	for i, d := range doors {
		marks[i] = arg(d)
	}
	where, order := ` AND door IN (`+strings.Join(marks, ", ")+`)`, "id"
	if !cleared {
		where += ` AND lane = ` + arg(string(access.LaneOpen))
	}
	if f.State == Held || f.State == Received {
		if f.After != 0 {
			where += ` AND id > ` + arg(f.After)
		}
	} else {
		order = "id DESC"
		if f.After != 0 {
			where += ` AND id < ` + arg(f.After)
		}
	}
	return db.List(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE state = $1`+where+` ORDER BY `+order+` LIMIT `+arg(PenPage+1), args...)
}

// relatedMost bounds what is looked at of a conversation or a sender.
const relatedMost = 20

func (s *Service) inThread(ctx context.Context, t Tray) ([]Tray, error) {
	if len(t.thread) == 0 {
		return nil, nil
	}
	return db.List(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE door = $1 AND thread_index = $2 AND id <> $3 ORDER BY id DESC LIMIT $4`,
		t.Door, t.thread, t.ID, relatedMost)
}

func (s *Service) fromSender(ctx context.Context, t Tray) ([]Tray, error) {
	if len(t.from) == 0 {
		return nil, nil
	}
	return db.List(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE from_index = $1 AND id <> $2 ORDER BY id DESC LIMIT $3`,
		t.from, t.ID, relatedMost)
}

// OfCase lists what arrived for a case, oldest first. Who may see the case may
// see that.
func (s *Service) OfCase(ctx context.Context, caseID int64) ([]Tray, error) {
	return db.List(ctx, s.DB.Read(), scanTray, `SELECT `+trayColumns+` FROM arrival WHERE case_id = $1 ORDER BY id LIMIT $2`, caseID, PenPage)
}
