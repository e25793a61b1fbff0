package letter

import (
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Sealed lists what this door keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	column := func(table, name, purpose string) reseal.Part {
		return reseal.Column{DB: s.DB, Keys: keys, Table: table, Column: name, Purpose: reseal.Of(purpose)}
	}
	return []reseal.Part{
		column("letter_scan", "name_sealed", sealName), column("letter_sheet", "read_sealed", sealRead),
		column("letter_sheet", "corrected_sealed", sealCorrected), column("letter", "draft_sealed", sealDraft),
	}
}
