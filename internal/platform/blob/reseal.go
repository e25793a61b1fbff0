package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Legacy gives the content of a file that is not sealed by the store: as it
// lies there, or opened by whoever sealed it before.
type Legacy func(ctx context.Context, key string, raw []byte) ([]byte, error)

// Sealing seals a store's files anew: what lies there in clear, and what a key
// sealed that is no longer active. It implements reseal.Part.
type Sealing struct {
	Title  string
	Store  *Store
	Legacy Legacy // nil: files that are not sealed are in clear
}

// Name implements reseal.Part.
func (p Sealing) Name() string { return p.Title }

// Stale counts what is still to be done.
func (p Sealing) Stale(ctx context.Context) (int64, error) {
	var n int64
	err := p.Store.each(ctx, "", func(key string) error {
		stale, _, err := p.Store.stale(key)
		if stale {
			n++
		}
		return ignoreGone(err)
	})
	return n, err
}

// Step looks at the next files after a key and seals anew what is stale.
func (p Sealing) Step(ctx context.Context, after string, most int) (next string, done int, err error) {
	seen := 0
	stop := errors.New("enough")
	err = p.Store.each(ctx, after, func(key string) error {
		stale, sealed, err := p.Store.stale(key)
		switch {
		case err != nil:
			return ignoreGone(err)
		case stale && sealed:
			err = p.Store.rekey(key)
		case stale:
			err = p.convert(ctx, key)
		}
		if ignoreGone(err) != nil {
			return fmt.Errorf("blob: %s: %w", key, err)
		}
		if stale {
			done++
		}
		if seen++; seen == most {
			next = key
			return stop
		}
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return next, done, err
}

// each walks the files after a key, in the order of keys.
func (s *Store) each(ctx context.Context, after string, do func(key string) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return ignoreGone(err)
		case d.IsDir():
			if name == incoming || after != "" && name != "." && behind(name, after) {
				return fs.SkipDir
			}
			return ctx.Err()
		case !valid(d.Name()) || place(d.Name()) != name || d.Name() <= after:
			return nil
		}
		return do(d.Name())
	})
}

// behind tells whether a folder holds no key after the given one.
func behind(dir, after string) bool {
	prefix := path.Base(dir)
	if path.Dir(dir) != "." {
		prefix = path.Dir(dir) + prefix
	}
	return prefix < after[:min(len(prefix), len(after))]
}

// stale tells whether a file has to be sealed anew, and whether the store
// sealed it at all.
func (s *Store) stale(key string) (stale, sealed bool, err error) {
	f, err := s.raw(key)
	if err != nil {
		return false, false, err
	}
	defer f.Close()
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.HasPrefix(head, []byte(mark)) {
		return true, false, nil
	}
	for n := range 2 {
		if slot := head[slotAt(n) : slotAt(n)+slotSize]; slot[0] != 0 && s.keys.Stale(slot) {
			return true, true, nil
		}
	}
	return false, true, nil
}

// rekey seals the file's own key with the active key: first into the other
// slot, then, when that is on disk, over the old one.
func (s *Store) rekey(key string) error {
	f, err := s.root.OpenFile(place(key), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(f, head); err != nil {
		return err
	}
	secret, slot, err := s.secret(head, key)
	if err != nil {
		return err
	}
	fresh := s.keys.Seal(purposeOf(key), secret)
	for _, n := range []int{1 - slot, slot} {
		if _, err := f.WriteAt(fresh, slotAt(n)); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// convert puts a sealed file in place of one that is not.
func (p Sealing) convert(ctx context.Context, key string) error {
	s := p.Store
	f, err := s.raw(key)
	if err != nil {
		return err
	}
	defer f.Close()
	var from io.Reader = f
	if p.Legacy != nil {
		raw, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		if raw, err = p.Legacy(ctx, key, raw); err != nil {
			return err
		}
		from = bytes.NewReader(raw)
	}
	aside, _, err := s.aside(key, func(w *writer) (Ref, error) {
		_, err := io.Copy(w, reader{ctx, from})
		return Ref{}, err
	})
	if err == nil {
		err = s.replace(aside, key)
	}
	if err != nil {
		s.root.Remove(aside)
	}
	return err
}

// replace moves a file over the one that lies there; one that was deleted
// meanwhile stays deleted.
func (s *Store) replace(aside, key string) error {
	if _, err := s.root.Stat(place(key)); err != nil {
		return err
	}
	if err := s.root.Rename(aside, place(key)); err != nil {
		return err
	}
	return s.sync(path.Dir(place(key)))
}
