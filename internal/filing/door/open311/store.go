package open311

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"xinqiao/internal/platform/db"
)

// Seals keep what may say where somebody lives.
type Seals interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
}

// Store is a Memory in the database.
type Store struct {
	DB   *db.DB
	Keys Seals
}

const columns = `token, door, client, arrival_key, no, service, body, at`

func (s Store) scan(r db.Rows) (out Record, err error) {
	var body []byte
	var at db.Time
	if err = r.Scan(&out.Token, &out.Door, &out.Client, &out.Key, &out.No, &out.Service, &body, &at); err != nil {
		return out, err
	}
	out.At = at.Std()
	text, err := s.Keys.Unseal(sealPurpose+out.Token, body)
	if err == nil {
		err = json.Unmarshal(text, &out.Place)
	}
	return out, err
}

// Add implements Memory. The same request again changes nothing.
func (s Store) Add(ctx context.Context, r Record) error {
	text, err := json.Marshal(r.Place)
	if err != nil {
		return err
	}
	var b db.Batch
	b.Add(`INSERT INTO door_request (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (token) DO NOTHING`,
		r.Token, r.Door, r.Client, r.Key, r.No, r.Service, s.Keys.Seal(sealPurpose+r.Token, text), db.At(r.At))
	return s.DB.Send(ctx, &b)
}

// Find implements Memory.
func (s Store) Find(ctx context.Context, door, token string) (Record, error) {
	return none(db.One(ctx, s.DB.Read(), s.scan, `SELECT `+columns+` FROM door_request WHERE token = $1 AND door = $2`, token, door))
}

// ByNo implements Memory.
func (s Store) ByNo(ctx context.Context, door, no string) (Record, error) {
	return none(db.One(ctx, s.DB.Read(), s.scan, `SELECT `+columns+` FROM door_request WHERE no = $1 AND no <> '' AND door = $2`, no, door))
}

func none(r Record, err error) (Record, error) {
	if errors.Is(err, db.ErrNoRows) {
		return r, ErrNone
	}
	return r, err
}

// List implements Memory.
func (s Store) List(ctx context.Context, q Query) ([]Record, error) {
	query := `SELECT ` + columns + ` FROM door_request WHERE door = $1 AND at >= $2 AND at <= $3`
	args := []any{q.Door, db.At(q.From), db.At(q.To)}
	if q.Client != "" {
		args = append(args, q.Client)
		query += fmt.Sprintf(` AND client = $%d`, len(args))
	}
	if q.Waiting {
		query += ` AND no = ''`
	}
	if len(q.Services) > 0 {
		marks := make([]string, len(q.Services))
		for i, c := range q.Services {
			args = append(args, c)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		query += ` AND service IN (` + strings.Join(marks, ", ") + `)`
	}
	args = append(args, q.Limit)
	return db.List(ctx, s.DB.Read(), s.scan, query+fmt.Sprintf(` ORDER BY at DESC, token DESC LIMIT $%d`, len(args)), args...)
}

// Number implements Memory.
func (s Store) Number(ctx context.Context, token, no string) error {
	var b db.Batch
	b.Add(`UPDATE door_request SET no = $2 WHERE token = $1 AND no = ''`, token, no)
	return s.DB.Send(ctx, &b)
}
