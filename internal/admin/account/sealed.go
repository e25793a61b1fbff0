package account

import (
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{
		reseal.Column{DB: s.DB, Keys: keys, Table: "staff", Column: "totp_sealed", Purpose: func(id []int64) string { return sealedFor(id[0]) }},
		reseal.Column{DB: s.DB, Keys: keys, Table: "staff", Column: "totp_pending", Purpose: func(id []int64) string { return sealedFor(id[0]) }},
	}
}
