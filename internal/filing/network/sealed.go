package network

import (
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Sealed lists what agents keep sealed, for the rotation of keys.
func (s *Network) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{reseal.Column{
		DB: s.DB, Keys: keys, Table: "agent_note", Column: "text_sealed", Purpose: func([]int64) string { return notePurpose },
	}}
}
