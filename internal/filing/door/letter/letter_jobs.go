package letter

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/native"
)

const (
	readEvery  = 10 * time.Second
	claimLife  = 10 * time.Minute // after which a claim is another's
	attempts   = 2                // of a page that makes the helper fail
	orphanLife = 24 * time.Hour
)

// Schedule has sheets read and forgotten files deleted.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Periodic("letter.read", readEvery, s.ReadWaiting)
	j.Periodic("letter.sweep", 24*time.Hour, s.Sweep)
}

// Sweep deletes files that no row names: a crash between file and row leaves
// such.
func (s *Service) Sweep(ctx context.Context) error {
	_, err := s.Files.Sweep(ctx, s.Clock.Now().Add(-orphanLife), s.store.known(s.DB.Read()))
	return err
}

// ReadWaiting reads sheets until none waits or the helper cannot now.
func (s *Service) ReadWaiting(ctx context.Context) error {
	if !s.reading.TryLock() {
		return nil
	}
	defer s.reading.Unlock()
	for ctx.Err() == nil {
		if st := s.Reader.Status().Reading; st != native.Ready && st != native.Broken {
			return nil
		}
		row, err := s.claim(ctx)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if again, err := s.readSheet(ctx, row.Sheet); err != nil || again {
			return err
		}
	}
	return nil
}

// claim takes the oldest sheet that waits.
func (s *Service) claim(ctx context.Context) (sealedSheet, error) {
	for {
		now := s.Clock.Now()
		row, err := s.store.waiting(ctx, s.DB.Read(), now.Add(-claimLife))
		if err != nil {
			return row, err
		}
		var b db.Batch
		claimSheet(&b, row.Sheet, now)
		if err = s.DB.Send(ctx, &b); !errors.Is(err, db.ErrStale) {
			return row, err
		}
	}
}

// readSheet reads one; again says that the helper should be left alone for a
// while.
func (s *Service) readSheet(ctx context.Context, sheet Sheet) (again bool, err error) {
	image, err := s.load(sheet.blobKey)
	if err != nil {
		return true, err
	}
	page, err := s.Reader.Read(ctx, image)
	ctx = context.WithoutCancel(ctx) // what was read is kept
	var b db.Batch
	switch {
	case err == nil:
		sealed, err := s.close(of(sealRead, sheet.ID), page)
		if err != nil {
			return true, err
		}
		keepReading(&b, sheet.ID, Done, sealed)
	case errors.Is(err, native.ErrRefused), crashed(err) && sheet.Attempts+1 >= attempts:
		s.Log.WarnContext(ctx, "a sheet cannot be read", "sheet", sheet.ID, "error", err)
		keepReading(&b, sheet.ID, Failed, nil)
	default:
		again = true
		releaseSheet(&b, sheet.ID, crashed(err))
	}
	return again, s.DB.Send(ctx, &b)
}

// crashed tells whether it may be the page that the helper does not bear.
func crashed(err error) bool {
	for _, e := range []error{native.ErrCrashed, native.ErrTooSlow, native.ErrTooBig, native.ErrGarbled} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
