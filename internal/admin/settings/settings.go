package settings

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words.
//
//go:embed messages.json
var Messages []byte

// IDs makes identifiers that grow with time.
type IDs interface{ Next() int64 }

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Journal is the administrators' log.
type Journal interface {
	Note(ctx context.Context, q db.Queryer, action, object, detail string) error
}

// Names tells what a member of staff is called, "" if nobody knows.
type Names interface {
	StaffName(ctx context.Context, id int64) string
}

// Cases counts what runs under a version of the rules. It may stop at a bound,
// and then says that there are more.
type Cases interface {
	OpenUnder(ctx context.Context, version string) (n int, more bool, err error)
}

// Needs is what the composition root gives.
type Needs struct {
	DB    *db.DB
	IDs   IDs
	Clock clock.Clock
	Log   *slog.Logger
}

// Service is the capability. All its methods may be called concurrently.
type Service struct {
	Needs
	store   store
	units   Units
	journal Journal
	names   Names
	cases   Cases
	now     atomic.Pointer[snapshot]
}

// New loads the settings and returns a service that can be read. The
// migrations must have run.
func New(ctx context.Context, n Needs) (*Service, error) {
	s := &Service{Needs: n}
	if err := s.adopt(ctx); err != nil {
		return nil, fmt.Errorf("taking over the rules: %w", err)
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("loading the settings: %w", err)
	}
	return s, nil
}

// Attach gives the service what it needs for changes. It comes after New
// because the account capability reads our parameters while we write its log.
func (s *Service) Attach(u Units, j Journal) { s.units, s.journal = u, j }

// Observe gives the service what its pages tell about versions of the rules.
func (s *Service) Observe(n Names, c Cases) { s.names, s.cases = n, c }

// Watch keeps the snapshot true when another process changes the settings. It
// returns when ctx ends.
func (s *Service) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.RefreshIfStale(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "settings not refreshed", "error", err)
		}
	}
}

// RefreshIfStale reads one row and reloads everything if somebody changed it.
func (s *Service) RefreshIfStale(ctx context.Context) error {
	n, err := s.store.revision(ctx, s.DB.Read())
	if err != nil || n == s.now.Load().revision {
		return err
	}
	return s.Refresh(ctx)
}

// Refresh reloads the snapshot.
func (s *Service) Refresh(ctx context.Context) error {
	// The revision is read first: a change in between makes us reload once
	// more, never too little.
	n, err := s.store.revision(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	snap, err := s.load(ctx, n)
	if err != nil {
		return err
	}
	s.now.Store(snap)
	return nil
}

// change runs one change, counts it and shows it.
func (s *Service) change(ctx context.Context, do func(context.Context, db.Tx) error) error {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.bump(ctx, tx); err != nil {
			return err
		}
		return do(ctx, tx)
	})
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}

// only refuses an actor that has none of the roles. The program itself, which
// speaks for the command line and the demo, may do everything.
func only(ctx context.Context, roles ...access.Role) error {
	a := access.From(ctx)
	if a.Role == access.System || a.Has(roles...) {
		return nil
	}
	return fault.New(fault.Denied, "settings.only_"+string(roles[0]))
}
