package blob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"
)

// sweepBatch is how many keys are asked about at once.
const sweepBatch = 500

// Known tells which of some keys are still referred to.
type Known func(ctx context.Context, keys []string) (map[string]bool, error)

// Sweep deletes files that were received before a moment and that nobody
// refers to: a crash between receiving a file and noting it leaves such. It
// tells how many went.
func (s *Store) Sweep(ctx context.Context, before time.Time, known Known) (int, error) {
	removed := 0
	var batch []string
	flush := func() error {
		n, err := s.sweep(ctx, batch, known)
		removed, batch = removed+n, batch[:0]
		return err
	}
	err := fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return ignoreGone(err)
		}
		info, err := d.Info()
		if err != nil || !info.ModTime().Before(before) {
			return ignoreGone(err)
		}
		switch {
		case path.Dir(name) == incoming:
			removed++
			return ignoreGone(s.root.Remove(name))
		case !valid(d.Name()) || place(d.Name()) != name:
			return nil // not ours
		}
		if batch = append(batch, d.Name()); len(batch) < sweepBatch {
			return ctx.Err()
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return removed, err
}

func (s *Store) sweep(ctx context.Context, keys []string, known Known) (int, error) {
	kept, err := known(ctx, keys)
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, key := range keys {
		if kept[key] {
			continue
		}
		if err := s.Delete(key); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
