package intake

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// chunk is how many filings of an import share a unit of work: large enough to
// be fast, small enough that other writers do not wait.
const chunk = 250

// Bulk says what became of many filings.
type Bulk struct {
	Registered int
	Known      int // registered by an earlier run
	Rejects    []Reject
}

// Reject is a filing that cannot be registered, and why.
type Reject struct {
	Index int // in the list given
	Err   error
}

// FileMany registers filings of an import, many in a unit of work. Those whose
// key was registered before are counted and left as they are, so that a run
// that broke off is simply started again. A filing that is wrong is rejected
// by itself; the error is for what stops the whole run.
func (s *Service) FileMany(ctx context.Context, list []Filing, now time.Time) (Bulk, error) {
	return s.eachPart(list, now, func(out *Bulk, rows []Filing) error { return s.fileRows(ctx, out, rows, now) })
}

// TryMany tells what FileMany would do.
func (s *Service) TryMany(ctx context.Context, list []Filing, now time.Time) (Bulk, error) {
	return s.eachPart(list, now, func(out *Bulk, rows []Filing) error {
		fresh, err := s.unknown(ctx, rows)
		out.Registered += len(fresh)
		out.Known += len(rows) - len(fresh)
		return err
	})
}

// eachPart checks the filings and hands on the good ones, part by part.
func (s *Service) eachPart(list []Filing, now time.Time, do func(*Bulk, []Filing) error) (Bulk, error) {
	var out Bulk
	for start := 0; start < len(list); start += chunk {
		if err := do(&out, s.checkRows(&out, list, start, min(start+chunk, len(list)), now)); err != nil {
			return out, err
		}
	}
	return out, nil
}

// checkRows rejects what is wrong and what repeats a key of this part.
func (s *Service) checkRows(out *Bulk, list []Filing, from, to int, now time.Time) []Filing {
	rows := make([]Filing, 0, to-from)
	seen := map[string]bool{}
	for i := from; i < to; i++ {
		f, err := s.check(list[i], now)
		if err == nil && f.Key == "" {
			err = fault.New(fault.Invalid, "intake.invalid").Field("key", "intake.key_form")
		}
		if err == nil && !f.Anonymous {
			err = s.people.Check(f.Who, now)
		}
		if err != nil {
			out.Rejects = append(out.Rejects, Reject{i, err})
			continue
		}
		if seen[f.Key] {
			out.Known++
			continue
		}
		seen[f.Key] = true
		rows = append(rows, f)
	}
	return rows
}

// fileRows sends the new ones of a part in one unit of work. When somebody else
// registers one of them at the same moment, the part is looked at again.
func (s *Service) fileRows(ctx context.Context, out *Bulk, rows []Filing, now time.Time) error {
	for attempt := 1; ; attempt++ {
		fresh, err := s.unknown(ctx, rows)
		if err != nil {
			return err
		}
		var b db.Batch
		for _, f := range fresh {
			if _, err := s.register(ctx, &b, f, now); err != nil {
				return err
			}
		}
		err = s.db.Send(ctx, &b)
		if err == nil {
			out.Registered += len(fresh)
			out.Known += len(rows) - len(fresh)
			return nil
		}
		if !db.IsUnique(err) || attempt == 3 {
			return err
		}
	}
}

// unknown leaves out what was registered before.
func (s *Service) unknown(ctx context.Context, rows []Filing) ([]Filing, error) {
	keys := make([]string, len(rows))
	for i, f := range rows {
		keys[i] = f.Key
	}
	known, err := s.cases.Filed(ctx, keys)
	if err != nil || len(known) == 0 {
		return rows, err
	}
	fresh := rows[:0:0]
	for _, f := range rows {
		if !known[f.Key] {
			fresh = append(fresh, f)
		}
	}
	return fresh, nil
}
