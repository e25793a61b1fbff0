package board

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/platform/db"
)

const columns = `id, door, name, path, mapping, dry_run, state, expected, read, taken, held, known, rejected, rejects, problem, made_by, made_at, ended_at`

func scan(r db.Rows) (i Import, err error) {
	var made, ended db.Time
	err = r.Scan(&i.ID, &i.Door, &i.Name, &i.Blob, &i.Columns, &i.DryRun, &i.State, &i.Expected, &i.Read, &i.Taken, &i.Held, &i.Known, &i.Rejected,
		&i.Rejects, &i.Problem, &i.MadeBy, &made, &ended)
	i.MadeAt, i.EndedAt = made.Std(), ended.Std()
	return i, err
}

func (s *Service) insert(ctx context.Context, i Import) error {
	var b db.Batch
	b.Add(`INSERT INTO door_import (`+columns+`) VALUES ($1, $2, $3, $4, $5, FALSE, $6, 0, 0, 0, 0, 0, 0, '', '', $7, $8, 0)`,
		i.ID, i.Door, i.Name, i.Blob, i.Columns, string(i.State), i.MadeBy, db.At(i.MadeAt))
	return s.DB.Send(ctx, &b)
}

// queue sets a file on its way, unless somebody did meanwhile.
func (s *Service) queue(ctx context.Context, i Import) error {
	var b db.Batch
	b.Expect(1, `UPDATE door_import SET mapping = $2, dry_run = $3, state = $4, problem = '', ended_at = 0 WHERE id = $1 AND (state IN ('shown', 'failed') OR state = 'done' AND dry_run = TRUE)`,
		i.ID, i.Columns, i.DryRun, string(i.State))
	err := s.DB.Send(ctx, &b)
	if errors.Is(err, db.ErrStale) {
		return ErrNow.Because(err)
	}
	return err
}

func (s *Service) progress(ctx context.Context, i Import) error {
	var b db.Batch
	b.Add(`UPDATE door_import SET state = $2, expected = $3, read = $4, taken = $5, held = $6, known = $7, rejected = $8, rejects = $9, problem = $10, ended_at = $11 WHERE id = $1`,
		i.ID, string(i.State), i.Expected, i.Read, i.Taken, i.Held, i.Known, i.Rejected, i.Rejects, i.Problem, db.At(i.EndedAt))
	return s.DB.Send(ctx, &b)
}

func (s *Service) byID(ctx context.Context, id int64) (Import, error) {
	i, err := db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_import WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return i, ErrNotFound
	}
	return i, err
}

// waiting gives the oldest file that waits for a door.
func (s *Service) waiting(ctx context.Context, door string) (Import, bool, error) {
	i, err := db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_import WHERE door = $1 AND state IN ('queued', 'running') ORDER BY id LIMIT 1`, door)
	if errors.Is(err, db.ErrNoRows) {
		return i, false, nil
	}
	return i, err == nil, err
}

// Recent lists the last files, the youngest first.
func (s *Service) Recent(ctx context.Context) ([]Import, error) {
	return db.List(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM door_import ORDER BY id DESC LIMIT 30`)
}

func (s *Service) cursor(ctx context.Context, door string) (string, error) {
	v, err := db.One(ctx, s.DB.Read(), db.Value[string], `SELECT value FROM door_mark WHERE door = $1 AND name = 'feed'`, door)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return v, err
}

func (s *Service) setCursor(ctx context.Context, door, value string) error {
	var b db.Batch
	b.Add(`INSERT INTO door_mark (door, name, value) VALUES ($1, 'feed', $2) ON CONFLICT (door, name) DO UPDATE SET value = excluded.value`, door, value)
	return s.DB.Send(ctx, &b)
}

// Forget drops the files that were taken, after a month; their counts stay.
func (s *Service) Forget(ctx context.Context) error {
	_, err := s.Blobs.Sweep(ctx, s.Clock.Now().Add(-30*24*time.Hour), s.named)
	return err
}

// named: an old file is kept for as long as it waits.
func (s *Service) named(ctx context.Context, keys []string) (map[string]bool, error) {
	open, err := db.List(ctx, s.DB.Read(), db.Value[string], `SELECT path FROM door_import WHERE state IN ('queued', 'running') ORDER BY id LIMIT 1000`)
	out := map[string]bool{}
	for _, k := range open {
		out[k] = true
	}
	return out, err
}
