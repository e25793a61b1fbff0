package offline

import (
	_ "embed"

	"xinqiao/internal/core/access"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Units is the unit tree: the places that one can choose.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// The pages that can be opened without a network.
const (
	pageNone   = "/offline"
	pageOutbox = "/outbox"
	pageNew    = "/outbox/new"
)

// shells are the pages of this package that a device keeps.
var shells = []string{pageNone, pageOutbox, pageNew}

// The limits of a text, as those who register it have them.
const (
	mostWords = 20_000
	mostWish  = 2_000
	mostPlace = 200
)
