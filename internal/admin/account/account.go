package account

import (
	"context"
	_ "embed"

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
	Units  Units
	Keys   Sealer
	Params Parameters
	Clock  clock.Clock
	// City is the issuer that authenticator apps show.
	City string
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
	Path(id int64) []access.Unit
}

// Service is the capability. All its methods may be called concurrently.
type Service struct {
	Needs
	store    store
	sessions *cache
	hasher   hasher
	visitors *visitors
}

// New makes the service.
func New(n Needs) *Service {
	return &Service{Needs: n, sessions: newCache(), hasher: newHasher(), visitors: newVisitors()}
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
