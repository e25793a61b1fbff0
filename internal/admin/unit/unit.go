package unit

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words.
//
//go:embed messages.json
var Messages []byte

// IDs makes identifiers that grow with time.
type IDs interface{ Next() int64 }

// Journal is the administrators' log.
type Journal interface {
	Note(ctx context.Context, q db.Queryer, action, object, detail string) error
}

// Staff tells whether anybody works in a unit.
type Staff interface {
	WorkIn(ctx context.Context, q db.Queryer, unitID int64) (bool, error)
}

// Needs is what the composition root gives.
type Needs struct {
	DB  *db.DB
	IDs IDs
	Log *slog.Logger
}

// Service is the capability. All its methods may be called concurrently.
type Service struct {
	Needs
	store    store
	journal  Journal
	staff    Staff
	tree     atomic.Pointer[Tree]
	revision atomic.Int64
}

// New loads the tree and returns a service that can be read. The migrations
// must have run.
func New(ctx context.Context, n Needs) (*Service, error) {
	s := &Service{Needs: n}
	if err := s.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("loading the unit tree: %w", err)
	}
	return s, nil
}

// Attach gives the service what it needs for changes. It comes after New
// because those who log and those who work stand in units themselves.
func (s *Service) Attach(j Journal, st Staff) { s.journal, s.staff = j, st }

// Watch keeps the tree true when another process (a second server, the command
// line) changes it. It returns when ctx ends.
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
			s.Log.WarnContext(ctx, "unit tree not refreshed", "error", err)
		}
	}
}

// RefreshIfStale reads one row and reloads the tree if somebody changed it.
func (s *Service) RefreshIfStale(ctx context.Context) error {
	n, err := s.store.revision(ctx, s.DB.Read())
	if err != nil || n == s.revision.Load() {
		return err
	}
	return s.Refresh(ctx)
}

// Refresh reloads the tree.
func (s *Service) Refresh(ctx context.Context) error {
	// The revision is read first: a change in between makes us reload once
	// more, never too little.
	n, err := s.store.revision(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	rows, err := s.store.all(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	s.tree.Store(newTree(rows))
	s.revision.Store(n)
	return nil
}

// Tree gives the current picture.
func (s *Service) Tree() *Tree { return s.tree.Load() }

// Unit looks a unit up by id.
func (s *Service) Unit(id int64) (access.Unit, bool) { return s.Tree().Unit(id) }

// All lists every unit depth first.
func (s *Service) All() []access.Unit { return s.Tree().All() }

// ByName finds the active unit with a Chinese name in an area.
func (s *Service) ByName(zh string, areaID int64) (access.Unit, bool) {
	return s.Tree().ByName(zh, areaID)
}

// Children lists the units directly below one; 0 gives the root.
func (s *Service) Children(id int64) []access.Unit { return s.Tree().Children(id) }

// Path leads from the root to the unit itself.
func (s *Service) Path(id int64) []access.Unit { return s.Tree().Path(id) }

// only refuses an actor that has none of the roles. The program itself, which
// speaks for the command line and the demo, may do everything.
func only(ctx context.Context, roles ...access.Role) error {
	a := access.From(ctx)
	if a.Role == access.System || a.Has(roles...) {
		return nil
	}
	return fault.New(fault.Denied, "unit.only_"+string(roles[0]))
}
