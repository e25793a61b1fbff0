package attachment

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/virus"
)

// scanner gives one verdict on everything.
type scanner struct {
	verdict error
	saw     []byte
}

func (s *scanner) Scan(_ context.Context, r io.Reader) (err error) {
	if s.saw, err = io.ReadAll(r); err != nil {
		return err
	}
	return s.verdict
}

// TestScan: what is harmful, and what nobody could look at, is not kept.
func TestScan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f, _ := service(t, d)
		look := &scanner{}
		f.Scan = look
		token := NewDraft()
		up := func() error {
			_, err := f.Upload(t.Context(), Upload{Draft: token, Name: "a.txt", Content: bytes.NewReader([]byte("a letter"))}, f.Clock.Now())
			return err
		}
		look.verdict = virus.ErrFound
		if err := up(); fault.KindOf(err) != fault.Invalid || !errors.Is(err, ErrHarmful) {
			t.Errorf("harmful: %v", err)
		}
		look.verdict = virus.ErrAway
		if err := up(); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("not scanned: %v", err)
		}
		if list, err := f.Drafts(t.Context(), token); err != nil || len(list) != 0 {
			t.Errorf("%d files were kept, %v", len(list), err)
		}
		look.verdict = nil
		if err := up(); err != nil || string(look.saw) != "a letter" {
			t.Errorf("clean: %v, the scanner saw %q", err, look.saw)
		}
	})
}
