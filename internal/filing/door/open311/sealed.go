package open311

import (
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// sealPurpose binds a sealed place to its request.
const sealPurpose = "open311:"

// Sealed lists what this door keeps sealed, for the rotation of keys.
func (s Store) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{reseal.Keyed{DB: s.DB, Keys: keys, Table: "door_request", Column: "body", Names: []string{"token"},
		Row: func(r db.Rows, value *[]byte) ([]any, string, error) {
			var token string
			err := r.Scan(&token, value)
			return []any{token}, sealPurpose + token, err
		}}}
}
