package deadlines

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"xinqiao/internal/platform/clock"
)

// heap is procedure with work left to do.
type heap struct {
	lapsing, archiving int
	calls              int
	fail               error
}

func (h *heap) take(from *int, limit int) (int, error) {
	h.calls++
	if h.fail != nil {
		return 0, h.fail
	}
	n := min(limit, *from)
	*from -= n
	return n, nil
}

func (h *heap) Lapse(_ context.Context, _ time.Time, limit int) (int, error) {
	return h.take(&h.lapsing, limit)
}

func (h *heap) ArchiveSome(_ context.Context, _ time.Time, limit int) (int, error) {
	return h.take(&h.archiving, limit)
}

func sweep(ctx context.Context, h *heap) error {
	return New(h, clock.At(time.Unix(0, 0)), slog.New(slog.DiscardHandler)).Sweep(ctx)
}

func TestSweepDrainsEverything(t *testing.T) {
	h := &heap{lapsing: 3*batch + 7, archiving: batch}
	if err := sweep(t.Context(), h); err != nil || h.lapsing != 0 || h.archiving != 0 {
		t.Errorf("%v, %d and %d left", err, h.lapsing, h.archiving)
	}
	if h.calls != 4+2 {
		t.Errorf("%d calls", h.calls)
	}
}

func TestSweepStopsWhenToldAndTellsWhatFailed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := &heap{lapsing: 10 * batch}
	if err := sweep(ctx, h); !errors.Is(err, context.Canceled) || h.calls != 1 {
		t.Errorf("%v after %d calls", err, h.calls)
	}
	broken := errors.New("disk full")
	if err := sweep(t.Context(), &heap{fail: broken}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
