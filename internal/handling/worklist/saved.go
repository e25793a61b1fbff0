package worklist

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Saved is a view with its filter that somebody named.
type Saved struct {
	ID    int64
	Name  string
	Query string // of the address
}

const (
	mostSaved   = 20
	longestName = 30
)

// Saved lists an actor's own filters, oldest first.
func (s *Service) Saved(ctx context.Context, a access.Actor) ([]Saved, error) {
	return savedFilters(ctx, s.db.Read(), a.ID)
}

// Save keeps a view and filter under a name.
func (s *Service) Save(ctx context.Context, a access.Actor, name string, q Query, now time.Time) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > longestName {
		return fault.New(fault.Invalid, "worklist.filter_name", longestName).Field("name", "worklist.filter_name", longestName)
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		have, err := savedFilters(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if len(have) >= mostSaved {
			return fault.New(fault.Invalid, "worklist.filters_full", mostSaved)
		}
		return saveFilter(ctx, tx, a.ID, Saved{ID: s.ids.Next(), Name: name, Query: address(q).Encode()}, now)
	})
}

// Forget drops an actor's own filter.
func (s *Service) Forget(ctx context.Context, a access.Actor, id int64) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return forgetFilter(ctx, tx, id, a.ID) })
}

// address writes a view and filter as a query that can be shared.
func address(q Query) url.Values {
	v := q.Filter.Values()
	v.Set("view", string(q.Tab))
	return v
}
