package notify

import (
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/sender"
)

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{reseal.Column{
		DB: s.DB, Keys: keys, Table: "contact_point", ID: []string{"id", "staff_id", "case_id"}, Column: "address_sealed", More: "way",
		PurposeOf: func(id []int64, way string) string {
			return point{StaffID: id[1], CaseID: id[2], Way: sender.Way(way)}.purpose()
		},
	}}
}
