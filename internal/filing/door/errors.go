package door

import (
	_ "embed"

	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// What people and doors are told. No text of an arrival ever gets into one.
var (
	ErrUnknown  = fault.New(fault.NotFound, "door.unknown")          // no such door in the registry
	ErrKind     = fault.New(fault.Invalid, "door.kind_unknown")      // this program has no such kind
	ErrKey      = fault.New(fault.Invalid, "door.key")               // no key, or one that is too long
	ErrTooLarge = fault.New(fault.TooLarge, "door.too_large", MaxMB) // over all parts
	ErrNotFound = fault.New(fault.NotFound, "door.arrival_unknown")
	ErrDecided  = fault.New(fault.Conflict, "door.decided_meanwhile")
	ErrHarmful  = fault.New(fault.RuleBroken, "door.harmful") // the scanner has not cleared the part
	ErrDenied   = fault.New(fault.Denied, "door.not_yours")
)

// Why an arrival waits for a person, beside the faults of intake.
const (
	reasonUnconfirmed = "door.reason.unconfirmed" // its sender did not confirm a draft
	reasonConfirmer   = "door.reason.confirmer"   // who confirmed it may not register
	reasonTakenBack   = "door.reason.taken_back"
)
