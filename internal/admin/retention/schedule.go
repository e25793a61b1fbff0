package retention

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Rule is one line of the schedule.
type Rule struct {
	Class string
	Years int
	Basis string // "": the default's
}

// Schedule is one version of the whole table.
type Schedule struct {
	Version int64
	Rules   []Rule
	MadeBy  int64
	MadeAt  time.Time // zero: as it came
}

// Years tells how long a class is kept; what is not listed, for ever.
func (s Schedule) Years(class string) int {
	for _, r := range s.Rules {
		if r.Class == class {
			return r.Years
		}
	}
	return 1000
}

// least is the shortest time of all classes.
func (s Schedule) least() int {
	n := 1000
	for _, r := range s.Rules {
		n = min(n, r.Years)
	}
	return n
}

// Schedule reads the version in force.
func (s *Service) Schedule(ctx context.Context) (Schedule, error) {
	return schedule(ctx, s.DB.Read(), 0)
}

// Amend puts a new version of the schedule into force.
func (s *Service) Amend(ctx context.Context, a access.Actor, rules []Rule, now time.Time) error {
	if !a.Has(access.SystemAdmin) {
		return ErrNotYours
	}
	f := fault.New(ErrInvalid.Kind, ErrInvalid.ID)
	for i, r := range rules {
		rules[i].Basis = strings.TrimSpace(r.Basis)
		if r.Years < 1 || r.Years > 100 {
			f.Field("years_"+r.Class, errYears)
		}
		if utf8.RuneCountInString(r.Basis) > longestWords {
			f.Field("basis_"+r.Class, "retention.too_long", longestWords)
		}
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		before, err := schedule(ctx, tx, 0)
		if err != nil {
			return err
		}
		var b db.Batch
		for _, r := range rules {
			insertRule(&b, Schedule{Version: before.Version + 1, MadeBy: a.ID, MadeAt: now}, r)
		}
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, "retention.schedule", "retention", strconv.FormatInt(before.Version+1, 10))
	})
}
