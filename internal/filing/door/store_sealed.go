package door

import (
	"context"

	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// Sealed lists what doors keep sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{
		reseal.Column{DB: s.DB, Keys: keys, Table: "arrival", Column: "payload", Purpose: func(id []int64) string { return purpose(id[0]) }},
		blob.Sealing{Title: "arrivals", Store: s.Blobs},
		secrets{s, keys},
	}
}

// secrets are the passwords of doors, few and under a name.
type secrets struct {
	s    *Service
	keys *seal.Keyring
}

// Name implements reseal.Part.
func (secrets) Name() string { return "door.secrets" }

type secret struct {
	code   string
	sealed []byte
}

func (x secrets) stale(ctx context.Context) ([]secret, error) {
	return db.List(ctx, x.s.DB.Read(), func(r db.Rows) (s secret, err error) { return s, r.Scan(&s.code, &s.sealed) },
		`SELECT code, secrets FROM door WHERE secrets IS NOT NULL AND substr(secrets, 2, 2) <> $1 ORDER BY code`, x.keys.Mark())
}

// Stale implements reseal.Part.
func (x secrets) Stale(ctx context.Context) (int64, error) {
	list, err := x.stale(ctx)
	return int64(len(list)), err
}

// Step implements reseal.Part.
func (x secrets) Step(ctx context.Context, _ string, _ int) (string, int, error) {
	list, err := x.stale(ctx)
	if err != nil || len(list) == 0 {
		return "", 0, err
	}
	var b db.Batch
	for _, s := range list {
		plain, err := x.keys.Unseal(secretPurpose+s.code, s.sealed)
		if err != nil {
			return "", 0, err
		}
		b.Add(`UPDATE door SET secrets = $1 WHERE code = $2 AND secrets = $3`, x.keys.Seal(secretPurpose+s.code, plain), s.code, s.sealed)
	}
	return "", len(list), x.s.DB.Send(ctx, &b)
}
