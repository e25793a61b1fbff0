package hotline

import (
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Sealed lists what this door keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	var parts []reseal.Part
	for column, field := range map[string]string{"from_sealed": "from", "note_sealed": "note", "recording_url": "url", "transcript_sealed": "transcript"} {
		parts = append(parts, reseal.Column{DB: s.DB, Keys: keys, Table: "hotline_call", Column: column,
			Purpose: func(id []int64) string { return purpose(id[0], field) }})
	}
	return parts
}
