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

// row is a checked filing of a list.
type row struct {
	index int
	f     Filing
}

// FileMany registers filings of an import, many in a unit of work. Those whose
// key was registered before are counted and left as they are, so that a run
// that broke off is simply started again. A filing that is wrong is rejected
// by itself; the error is for what stops the whole run.
func (s *Service) FileMany(ctx context.Context, list []Filing, now time.Time) (Bulk, error) {
	var out Bulk
	again := false // the part before held known rows: ask before sending
	for start := 0; start < len(list); start += chunk {
		rows := s.checkRows(&out, list, start, min(start+chunk, len(list)), now)
		known, err := s.fileRows(ctx, &out, rows, again, now)
		if err != nil {
			return out, err
		}
		again = known > 0
	}
	return out, nil
}

// checkRows rejects what is wrong and what repeats a key of this part.
func (s *Service) checkRows(out *Bulk, list []Filing, from, to int, now time.Time) []row {
	rows := make([]row, 0, to-from)
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
		rows = append(rows, row{i, f})
	}
	return rows
}

// fileRows sends one part, without those that are known already when ask says
// so or a first attempt shows that there are some.
func (s *Service) fileRows(ctx context.Context, out *Bulk, rows []row, ask bool, now time.Time) (known int, err error) {
	if !ask {
		if err = s.sendRows(ctx, rows, now); err == nil {
			out.Registered += len(rows)
			return 0, nil
		}
		if !db.IsUnique(err) {
			return 0, err
		}
	}
	fresh := rows[:0:0]
	for _, r := range rows {
		_, found, err := s.cases.WasFiled(ctx, r.f.Key)
		if err != nil {
			return known, err
		}
		if found {
			known++
			continue
		}
		fresh = append(fresh, r)
	}
	out.Known += known
	if err = s.sendRows(ctx, fresh, now); err == nil {
		out.Registered += len(fresh)
	}
	return known, err
}

func (s *Service) sendRows(ctx context.Context, rows []row, now time.Time) error {
	var b db.Batch
	for _, r := range rows {
		if _, err := s.register(ctx, &b, r.f, now); err != nil {
			return err
		}
	}
	return s.db.Send(ctx, &b)
}
