package document

import (
	"context"

	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{
		reseal.Column{DB: s.DB, Keys: keys, Table: "document", Column: "text_sealed", Purpose: reseal.Of("document/%d/text")},
		reseal.Column{DB: s.DB, Keys: keys, Table: "document_service", Column: "detail_sealed", Purpose: reseal.Of("document_service/%d")},
		reseal.Column{DB: s.DB, Keys: keys, Table: "document_issuer", ID: []string{"unit_id"}, Column: "stamp_sealed", Purpose: reseal.Of("document/%d/stamp")},
		blob.Sealing{Title: "documents", Store: s.Blobs, Legacy: s.legacy},
	}
}

// legacy opens a file that this capability sealed by itself, before the store
// sealed its files. One that no document knows stays as it is: the sweep takes
// it away.
func (s *Service) legacy(ctx context.Context, key string, raw []byte) ([]byte, error) {
	if !seal.Sealed(raw) {
		return raw, nil
	}
	id, what, err := s.store.ofFile(ctx, key)
	if err != nil || id == 0 {
		return raw, err
	}
	return s.Keys.Unseal(filePurpose(id, what), raw)
}
