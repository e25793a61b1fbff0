package cosign

import (
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// wordsPurpose binds what a signer says of a reply to the signature.
var wordsPurpose = reseal.Of("cosigner/%d/%d/words")

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{reseal.Column{
		DB: s.DB, Keys: keys, Table: "cosigner", ID: []string{"case_id", "seq"}, Column: "words", Text: true, Purpose: wordsPurpose,
	}}
}
