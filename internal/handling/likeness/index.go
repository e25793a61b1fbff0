package likeness

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/minhash"
)

// signed is a case with what it is compared by.
type signed struct {
	caseID int64
	sig    minhash.Signature
}

// sign reads what cases say and signs it. What has no words is left out.
func (s *Service) sign(ctx context.Context, ids []int64) ([]signed, error) {
	var out []signed
	for _, id := range ids {
		t, err := s.Texts.Text(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("words of case %d: %w", id, err)
		}
		if set := s.hash.Shingles(t.compared()); len(set) > 0 {
			out = append(out, signed{id, set.Sign()})
		}
	}
	return out, nil
}

// index signs cases in a unit of work, in place of what stood there.
func (s *Service) index(ctx context.Context, tx db.Tx, ids []int64) error {
	list, err := s.sign(ctx, ids)
	if err != nil || len(list) == 0 {
		return err
	}
	var b db.Batch
	put(&b, list)
	return tx.Send(ctx, &b)
}

// Progress tells how far the cases from before were read.
type Progress struct {
	Done       int
	FinishedAt time.Time // zero while it goes on
}

// Progress reads it.
func (s *Service) Progress(ctx context.Context) (Progress, error) {
	f, err := s.store.filled(ctx, s.DB.Read())
	return Progress{f.done, f.finishedAt}, err
}

const (
	fillStep = 500
	fillFor  = 20 * time.Second
)

// Fill signs the cases from before this capability was there, oldest first,
// for some seconds at a time; it goes on where it stopped.
func (s *Service) Fill(ctx context.Context) error {
	until := s.Clock.Now().Add(fillFor)
	for {
		f, err := s.store.filled(ctx, s.DB.Read())
		if err != nil || !f.finishedAt.IsZero() {
			return err
		}
		ids, err := s.Cases.After(ctx, f.lastID, fillStep)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if f.done += len(ids); len(ids) < fillStep {
			f.finishedAt = now
		}
		if len(ids) > 0 {
			f.lastID = ids[len(ids)-1]
		}
		list, err := s.sign(ctx, ids)
		if err != nil {
			return err
		}
		var b db.Batch
		put(&b, list)
		putFill(&b, f)
		if err := s.DB.Send(ctx, &b); err != nil || !f.finishedAt.IsZero() || now.After(until) {
			return err
		}
	}
}
