package reseal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
)

// Part is one kind of sealed thing.
type Part interface {
	Name() string
	// Stale counts what is still to be done, looking at everything.
	Stale(ctx context.Context) (int64, error)
	// Step does the next ones after a place, in one small unit of work. next is
	// where to go on, "" when the end was reached.
	Step(ctx context.Context, after string, most int) (next string, done int, err error)
}

// Once is a part that does not depend on keys: it runs once for each generation
// that it names.
type Once interface{ Generation() string }

const (
	unit   = 200 // of a part in one unit of work
	passes = 3   // looks at everything before the rest is left to the next run
)

// Runner does the work. Make it with New.
type Runner struct {
	db    *db.DB
	keys  *seal.Keyring
	parts []Part
	log   *slog.Logger
}

// New makes a runner of some parts.
func New(d *db.DB, keys *seal.Keyring, log *slog.Logger, parts ...Part) *Runner {
	return &Runner{db: d, keys: keys, parts: parts, log: log}
}

// Add adds parts; before the first run.
func (r *Runner) Add(parts ...Part) { r.parts = append(r.parts, parts...) }

// Periodic is what runs work again and again; platform/jobs does.
type Periodic interface {
	Periodic(name string, every time.Duration, run func(ctx context.Context) error)
}

// Schedule registers the background work.
func (r *Runner) Schedule(p Periodic) {
	p.Periodic("reseal", time.Minute, func(ctx context.Context) error { return r.Run(ctx, nil) })
}

// state is how far a part is under one set of active keys.
type state struct {
	keys     string
	after    string
	done     int64
	finished bool
}

// Run goes on with what is not finished. tell hears of each unit of work.
func (r *Runner) Run(ctx context.Context, tell func(part string, done int64)) error {
	if _, err := r.keys.Reload(ctx); err != nil {
		return err
	}
	for _, p := range r.parts {
		if err := r.run(ctx, p, tell); err != nil {
			return fmt.Errorf("sealing anew %s: %w", p.Name(), err)
		}
	}
	return nil
}

func (r *Runner) run(ctx context.Context, p Part, tell func(string, int64)) error {
	s, err := r.state(ctx, p)
	if err != nil || s.finished {
		return err
	}
	for range passes {
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			next, done, err := p.Step(ctx, s.after, unit)
			if err != nil {
				return err
			}
			s.after, s.done = next, s.done+int64(done)
			if err := r.keep(ctx, p, s); err != nil {
				return err
			}
			if tell != nil && done > 0 {
				tell(p.Name(), s.done)
			}
			if next == "" {
				break
			}
		}
		left, err := p.Stale(ctx)
		if err != nil {
			return err
		}
		if left == 0 {
			if s.done > 0 {
				r.log.InfoContext(ctx, "everything is sealed with the active key", "part", p.Name(), "count", s.done)
			}
			s.finished = true
			return r.keep(ctx, p, s)
		}
	}
	return nil
}

// Progress is how far a part is.
type Progress struct {
	Part  string `json:"part"`
	Done  int64  `json:"done"`
	Stale int64  `json:"stale"`
}

// Progress counts, for everything, what was sealed anew under the active keys
// and what is still to be done.
func (r *Runner) Progress(ctx context.Context) ([]Progress, error) {
	if _, err := r.keys.Reload(ctx); err != nil {
		return nil, err
	}
	out := make([]Progress, len(r.parts))
	for i, p := range r.parts {
		s, err := r.state(ctx, p)
		if err != nil {
			return nil, err
		}
		stale, err := p.Stale(ctx)
		if err != nil {
			return nil, fmt.Errorf("counting %s: %w", p.Name(), err)
		}
		out[i] = Progress{p.Name(), s.done, stale}
	}
	return out, nil
}

// Again has everything looked at once more.
func (r *Runner) Again(ctx context.Context) error {
	var b db.Batch
	b.Add(`DELETE FROM reseal`)
	return r.db.Send(ctx, &b)
}

// generation names the active keys, under which a part is finished once.
func (r *Runner) generation(p Part) string {
	if once, ok := p.(Once); ok {
		return once.Generation()
	}
	return seal.Data.Name(r.keys.DataKey()) + " " + seal.Index.Name(r.keys.IndexKey())
}

func (r *Runner) state(ctx context.Context, p Part) (state, error) {
	s, err := db.One(ctx, r.db.Read(), func(rows db.Rows) (s state, err error) {
		return s, rows.Scan(&s.keys, &s.after, &s.done, &s.finished)
	}, `SELECT keys, after, done, finished FROM reseal WHERE part = $1`, p.Name())
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return s, err
	}
	if g := r.generation(p); s.keys != g {
		s = state{keys: g}
	}
	return s, nil
}

func (r *Runner) keep(ctx context.Context, p Part, s state) error {
	var b db.Batch
	b.Add(`INSERT INTO reseal (part, keys, after, done, finished) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (part) DO UPDATE SET keys = excluded.keys, after = excluded.after, done = excluded.done, finished = excluded.finished`,
		p.Name(), s.keys, s.after, s.done, s.finished)
	return r.db.Send(ctx, &b)
}
