package attachment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

type store struct {
	db   *db.DB
	keys Keys
}

// namePurpose binds a sealed name to its file: people name files after people.
const namePurpose = "attachment/%d/name"

// hash is what is kept of a draft's token.
func hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

const columns = `id, case_id, event_seq, blob_key, name, type, size, sha256, uploaded_by, created_at`

func (s store) scan(r db.Rows) (Attachment, error) {
	var a Attachment
	var at db.Time
	err := r.Scan(&a.ID, db.Null(&a.CaseID), &a.EventSeq, &a.blobKey, &a.Name, &a.Type, &a.Size, &a.SHA256, &a.UploadedBy, &at)
	a.CreatedAt = at.Std()
	if err == nil {
		a.Name, err = s.keys.UnsealText(fmt.Sprintf(namePurpose, a.ID), a.Name)
	}
	return a, err
}

const byIDQuery = `SELECT ` + columns + ` FROM attachment WHERE id = $1`

func (s store) byID(ctx context.Context, id int64) (Attachment, error) {
	a, err := db.One(ctx, s.db.Read(), s.scan, byIDQuery, id)
	if errors.Is(err, db.ErrNoRows) {
		return a, ErrUnknown
	}
	if err != nil {
		return a, fmt.Errorf("attachment: %w", err)
	}
	return a, nil
}

// The bounds on lists are far above what the rules allow.
const (
	mostOfCase = 1000
	mostDrafts = 2 * MaxFiles
)

const ofCaseQuery = `SELECT ` + columns + ` FROM attachment WHERE case_id = $1 ORDER BY id LIMIT $2`

func (s store) ofCase(ctx context.Context, caseID int64) ([]Attachment, error) {
	all, err := db.List(ctx, s.db.Read(), s.scan, ofCaseQuery, caseID, mostOfCase)
	if err != nil {
		return nil, fmt.Errorf("attachments of case: %w", err)
	}
	return all, nil
}

const draftsQuery = `SELECT ` + columns + ` FROM attachment WHERE token_hash = $1 ORDER BY id LIMIT $2`

func (s store) drafts(ctx context.Context, q db.Queryer, draft []byte) ([]Attachment, error) {
	all, err := db.List(ctx, q, s.scan, draftsQuery, draft, mostDrafts)
	if err != nil {
		return nil, fmt.Errorf("attachments of draft: %w", err)
	}
	return all, nil
}

func (s store) count(ctx context.Context, q db.Queryer, draft []byte) (int64, error) {
	n, err := db.One(ctx, q, db.Value[int64], `SELECT count(*) FROM attachment WHERE token_hash = $1`, draft)
	if err != nil {
		return 0, fmt.Errorf("count attachments of draft: %w", err)
	}
	return n, nil
}

// add keeps a draft, or gives the equal one that is there already.
func (s store) add(ctx context.Context, draft []byte, a Attachment) (Attachment, error) {
	kept := a
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		kept = a
		others, err := s.drafts(ctx, tx, draft)
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.SHA256 == a.SHA256 && o.Name == a.Name {
				kept = o
				return nil
			}
		}
		if len(others) >= MaxFiles {
			return ErrTooMany
		}
		_, err = tx.Exec(ctx, `INSERT INTO attachment (id, event_seq, blob_key, name, type, size, sha256, uploaded_by, created_at, token_hash)
			VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.ID, a.blobKey, s.keys.SealText(fmt.Sprintf(namePurpose, a.ID), a.Name), a.Type, a.Size, a.SHA256, a.UploadedBy, db.At(a.CreatedAt), draft)
		return err
	})
	if err != nil {
		return Attachment{}, fmt.Errorf("keep attachment: %w", err)
	}
	return kept, nil
}

func claim(b *db.Batch, ids []int64, caseID, eventSeq int64) {
	args := []any{caseID, eventSeq}
	b.Expect(int64(len(ids)), `UPDATE attachment SET case_id = $1, event_seq = $2, token_hash = NULL
		WHERE case_id IS NULL AND id IN (`+in(ids, &args)+`)`, args...)
}

func claimDraft(b *db.Batch, draft []byte, caseID, eventSeq int64) {
	b.Add(`UPDATE attachment SET case_id = $1, event_seq = $2, token_hash = NULL
		WHERE token_hash = $3 AND case_id IS NULL`, caseID, eventSeq, draft)
}

// discard deletes a draft's row and gives its key; "" when there was none.
func (s store) discard(ctx context.Context, draft []byte, id int64) (string, error) {
	var key string
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		key, err = db.One(ctx, tx, db.Value[string],
			`DELETE FROM attachment WHERE id = $1 AND token_hash = $2 AND case_id IS NULL RETURNING blob_key`, id, draft)
		return err
	})
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("discard attachment: %w", err)
	}
	return key, nil
}

const expiredQuery = `SELECT id FROM attachment WHERE case_id IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2`

// expire deletes up to limit drafts from before a moment and gives their keys.
func (s store) expire(ctx context.Context, before time.Time, limit int) ([]string, error) {
	var keys []string
	err := s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		keys, err = db.List(ctx, tx, db.Value[string],
			`DELETE FROM attachment WHERE case_id IS NULL AND id IN (`+expiredQuery+`) RETURNING blob_key`,
			db.At(before), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("expire drafts: %w", err)
	}
	return keys, nil
}

// known tells which keys are referred to.
func (s store) known(ctx context.Context, keys []string) (map[string]bool, error) {
	var args []any
	found, err := db.List(ctx, s.db.Read(), db.Value[string],
		`SELECT blob_key FROM attachment WHERE blob_key IN (`+in(keys, &args)+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("known files: %w", err)
	}
	set := make(map[string]bool, len(found))
	for _, key := range found {
		set[key] = true
	}
	return set, nil
}

// Sealed lists what this capability keeps sealed, for the rotation of keys.
func (s *Service) Sealed(keys *seal.Keyring) []reseal.Part {
	return []reseal.Part{
		reseal.Column{DB: s.DB, Keys: keys, Table: "attachment", Column: "name", Text: true, Purpose: reseal.Of(namePurpose)},
		blob.Sealing{Title: "attachments", Store: s.Files},
	}
}

// in appends values to the arguments and writes their placeholders.
func in[T any](values []T, args *[]any) string {
	marks := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, v)
		marks[i] = "$" + strconv.Itoa(len(*args))
	}
	return strings.Join(marks, ", ")
}
