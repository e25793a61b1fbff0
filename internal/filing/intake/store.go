package intake

import (
	"context"
	"errors"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Matter is what was told, as it was told.
type Matter struct {
	CaseID     int64
	Purpose    Purpose
	Words      string
	Wish       string
	Place      string
	AreaID     int64
	OccurredOn string
	Anonymous  bool
	Secret     bool
	Persons    int
	ReceivedAt time.Time
	SHA256     string // of Words
}

const matterColumns = `case_id, purpose, words, wish, place, area_unit_id, occurred_on, anonymous, secret, persons, received_at, words_sha256`

func addMatter(b *db.Batch, keys Keys, c casework.Case, f Filing, hash string) {
	received := f.ReceivedAt
	if received.IsZero() {
		received = c.RegisteredAt
	}
	t := Told{f.Words, f.Wish, f.Place}.sealed(keys, c.ID)
	b.Add(`INSERT INTO matter (`+matterColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		c.ID, string(f.Purpose), t.Words, t.Wish, t.Place, f.AreaID, f.OccurredOn,
		f.Anonymous, f.Secret, f.Persons, db.At(received), hash)
}

// Matter reads what was told. Who may see the case may see it.
func (s *Service) Matter(ctx context.Context, caseID int64) (Matter, error) {
	m, err := db.One(ctx, s.db.Read(), func(r db.Rows) (m Matter, err error) {
		var received db.Time
		err = r.Scan(&m.CaseID, &m.Purpose, &m.Words, &m.Wish, &m.Place, &m.AreaID, &m.OccurredOn,
			&m.Anonymous, &m.Secret, &m.Persons, &received, &m.SHA256)
		m.ReceivedAt = received.Std()
		return m, err
	}, `SELECT `+matterColumns+` FROM matter WHERE case_id = $1`, caseID)
	if errors.Is(err, db.ErrNoRows) {
		return m, fault.New(fault.NotFound, "intake.no_matter")
	}
	if err != nil {
		return m, err
	}
	t, err := Told{m.Words, m.Wish, m.Place}.opened(s.keys, caseID)
	m.Words, m.Wish, m.Place = t.Words, t.Wish, t.Place
	return m, err
}

// Carry gives a case that began with another one, a review, the place of the
// old one and the words of its own. It implements procedure.Matters.
func (s *Service) Carry(ctx context.Context, b *db.Batch, from, to casework.Case, words string) error {
	old, err := s.Matter(ctx, from.ID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	addMatter(b, s.keys, to, Filing{
		Purpose: old.Purpose, Words: words, Place: old.Place, AreaID: old.AreaID, OccurredOn: old.OccurredOn,
		Anonymous: old.Anonymous, Secret: old.Secret, Persons: old.Persons,
	}, hashOf(words))
	return nil
}
