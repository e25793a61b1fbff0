package account

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

// Parameters are the settings that this capability reads; the settings
// capability provides them.
type Parameters interface {
	Int(name string) int
	Bool(name string) bool
}

// The parameters by name.
const (
	ParamSecondFactor = "second_factor.required" // everybody must enrol
	ParamPasswordDays = "password.days"          // 0 = passwords don't expire
	ParamIdleMinutes  = "session.idle_minutes"
	ParamSessionHours = "session.hours"
)

// Sealer keeps secrets sealed at rest and hashes with a key.
type Sealer interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
	Index(purpose, normalised string) []byte
}

// IDs makes identifiers that grow with time.
type IDs interface{ Next() int64 }

// Needs is what the composition root gives.
type Needs struct {
	DB     *db.DB
	IDs    IDs
	Keys   Sealer
	Params Parameters
	Clock  clock.Clock
	Log    *slog.Logger
	// City is the issuer that authenticator apps show.
	City string
}

// Service is the capability. All its methods may be called concurrently.
type Service struct {
	Needs
	store    store
	tree     atomic.Pointer[Tree]
	revision atomic.Int64
	sessions *cache
	hasher   hasher
	visitors *visitors
}

// New loads the unit tree and returns a ready service. The migrations must
// have run.
func New(ctx context.Context, n Needs) (*Service, error) {
	s := &Service{
		Needs: n, store: store{n.DB}, sessions: newCache(),
		hasher: newHasher(), visitors: newVisitors(),
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("loading the unit tree: %w", err)
	}
	return s, nil
}

// Watch keeps the caches true when another process (a second server, the
// command line) changes units or staff. It returns when ctx ends.
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
	n, err := s.store.revision(ctx, s.DB.Read(), "unit")
	if err != nil || n == s.revision.Load() {
		return err
	}
	return s.Refresh(ctx)
}

// Refresh reloads the unit tree.
func (s *Service) Refresh(ctx context.Context) error {
	// The revision is read first: a change in between makes us reload once
	// more, never too little.
	n, err := s.store.revision(ctx, s.DB.Read(), "unit")
	if err != nil {
		return err
	}
	rows, err := s.store.units(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	s.tree.Store(newTree(rows))
	s.revision.Store(n)
	return nil
}

// only refuses an actor that has none of the roles. The program itself, which
// speaks for the command line and the demo, may do everything.
func only(ctx context.Context, roles ...access.Role) error {
	a := access.From(ctx)
	if a.Role == access.System || a.Has(roles...) {
		return nil
	}
	return fault.New(fault.Denied, "account.only_"+string(roles[0]))
}
