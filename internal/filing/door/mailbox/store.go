package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"xinqiao/internal/platform/db"
)

// Store is a Memory in the database.
type Store struct{ DB *db.DB }

// Mark implements Memory.
func (s Store) Mark(ctx context.Context, door string) (m Mark, err error) {
	text, err := db.One(ctx, s.DB.Read(), db.Value[string], `SELECT value FROM door_mark WHERE door = $1 AND name = 'mail'`, door)
	if errors.Is(err, db.ErrNoRows) {
		return m, nil
	}
	if err == nil {
		_, err = fmt.Sscanf(text, "%d/%d", &m.Validity, &m.UID)
	}
	return m, err
}

// SetMark implements Memory.
func (s Store) SetMark(ctx context.Context, door string, m Mark) error {
	var b db.Batch
	b.Add(`INSERT INTO door_mark (door, name, value) VALUES ($1, 'mail', $2) ON CONFLICT (door, name) DO UPDATE SET value = excluded.value`,
		door, fmt.Sprintf("%d/%d", m.Validity, m.UID))
	return s.DB.Send(ctx, &b)
}

// Thread implements Memory.
func (s Store) Thread(ctx context.Context, door string, ids []string) (string, error) {
	for _, id := range ids {
		key, err := db.One(ctx, s.DB.Read(), db.Value[string], `SELECT key FROM door_mail WHERE door = $1 AND id_hash = $2`, door, hashOf(id))
		if !errors.Is(err, db.ErrNoRows) {
			return key, err
		}
	}
	return "", nil
}

// AddThread implements Memory. What a Message-ID belonged to first, it belongs
// to: nobody can lead the answers of others elsewhere by borrowing theirs.
func (s Store) AddThread(ctx context.Context, door, id, key string) error {
	var b db.Batch
	b.Add(`INSERT INTO door_mail (door, id_hash, key) VALUES ($1, $2, $3) ON CONFLICT (door, id_hash) DO NOTHING`, door, hashOf(id), key)
	return s.DB.Send(ctx, &b)
}

func hashOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:20])
}
