package cosign

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
)

type store struct {
	db   *db.DB
	keys *seal.Keyring
}

// row is a signature as it is kept.
type row struct {
	entry
	caseID   int64
	personID int64
	code     []byte
	at       time.Time
}

func insert(b *db.Batch, r row) {
	b.Add(`INSERT INTO cosigner (case_id, seq, person_id, phone_index, id_index, code_index, sign_key, added_by,
		signed_at, withdrawn_at, rated_unit, rated_result, rated_at, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, '')`,
		r.caseID, r.seq, r.personID, bytes(r.phone), bytes(r.id), r.code, r.key, r.by, db.At(r.at))
}

// bytes keeps an absent value NULL.
func bytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

func (s store) link(ctx context.Context, caseID int64) (Link, error) {
	l, err := db.One(ctx, s.db.Read(), func(r db.Rows) (l Link, err error) {
		err = r.Scan(&l.Generation, &l.Open)
		return l, err
	}, `SELECT generation, open FROM join_link WHERE case_id = $1`, caseID)
	if errors.Is(err, db.ErrNoRows) {
		return Link{}, nil
	}
	return l, err
}

// byKey finds what a key has signed.
func (s store) byKey(ctx context.Context, key string) (seq int64, phone []byte, ok bool, err error) {
	_, err = db.One(ctx, s.db.Read(), func(r db.Rows) (struct{}, error) {
		return struct{}{}, r.Scan(&seq, &phone)
	}, `SELECT seq, phone_index FROM cosigner WHERE sign_key = $1 AND sign_key <> ''`, key)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil, false, nil
	}
	return seq, phone, err == nil, err
}

// has tells whether the same phone or ID stands on a case.
func (s store) has(ctx context.Context, caseID int64, e entry) (bool, error) {
	for _, look := range []struct {
		index []byte
		query string
	}{
		{e.phone, `SELECT seq FROM cosigner WHERE case_id = $1 AND phone_index = $2`},
		{e.id, `SELECT seq FROM cosigner WHERE case_id = $1 AND id_index = $2`},
	} {
		if look.index == nil {
			continue
		}
		_, err := db.One(ctx, s.db.Read(), db.Value[int64], look.query, caseID, look.index)
		if err == nil || !errors.Is(err, db.ErrNoRows) {
			return err == nil, err
		}
	}
	return false, nil
}

func (s store) byCode(ctx context.Context, caseID int64, code []byte) (int64, error) {
	seq, err := db.One(ctx, s.db.Read(), db.Value[int64],
		`SELECT seq FROM cosigner WHERE case_id = $1 AND code_index = $2 AND withdrawn_at = 0`, caseID, code)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

const standingColumns = `case_id, seq, person_id, signed_at, withdrawn_at, rated_unit, rated_result, rated_at, words, added_by`

func (s store) scanStanding(r db.Rows) (x Standing, err error) {
	var signed, withdrawn, rated db.Time
	var unit, result int
	var by int64
	var caseID int64
	err = r.Scan(&caseID, &x.Seq, &x.PersonID, &signed, &withdrawn, &unit, &result, &rated, &x.Words, &by)
	x.SignedAt, x.WithdrawnAt, x.RatedAt = signed.Std(), withdrawn.Std(), rated.Std()
	x.RatedUnit, x.RatedResult, x.ByStaff = casework.Grade(unit), casework.Grade(result), by != 0
	if err == nil {
		x.Words, err = s.keys.UnsealText(wordsPurpose([]int64{caseID, x.Seq}), x.Words)
	}
	return x, err
}

func (s store) standing(ctx context.Context, caseID, seq int64) (Standing, bool, error) {
	x, err := db.One(ctx, s.db.Read(), s.scanStanding, `SELECT `+standingColumns+` FROM cosigner WHERE case_id = $1 AND seq = $2`, caseID, seq)
	if errors.Is(err, db.ErrNoRows) {
		return x, false, nil
	}
	return x, err == nil, err
}

const (
	listQuery     = `SELECT ` + standingColumns + ` FROM cosigner WHERE case_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`
	standingQuery = `SELECT ` + standingColumns + ` FROM cosigner WHERE case_id = $1 AND seq > $2 AND withdrawn_at = 0 ORDER BY seq LIMIT $3`
)

func (s store) list(ctx context.Context, caseID, after int64, limit int) ([]Standing, error) {
	return db.List(ctx, s.db.Read(), s.scanStanding, listQuery, caseID, after, limit)
}

func (s store) standingList(ctx context.Context, caseID, after int64, limit int) ([]Standing, error) {
	return db.List(ctx, s.db.Read(), s.scanStanding, standingQuery, caseID, after, limit)
}

// ofPeople finds what some persons signed and did not take back.
func (s store) ofPeople(ctx context.Context, people []int64) (map[int64]int64, error) {
	out := map[int64]int64{}
	if len(people) == 0 {
		return out, nil
	}
	query, args := ofPeopleQuery(people)
	_, err := db.List(ctx, s.db.Read(), func(r db.Rows) (struct{}, error) {
		var caseID, seq int64
		err := r.Scan(&caseID, &seq)
		out[caseID] = seq
		return struct{}{}, err
	}, query, args...)
	return out, err
}

func ofPeopleQuery(people []int64) (string, []any) {
	marks, args := make([]string, len(people)), make([]any, len(people))
	for i, id := range people {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	return `SELECT case_id, seq FROM cosigner WHERE person_id IN (` + strings.Join(marks, ", ") + `) AND withdrawn_at = 0`, args
}

// withdraw takes a signature back. The indexes go, so that the person may sign
// again.
func (s store) withdraw(ctx context.Context, caseID, seq int64, now time.Time) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE cosigner SET withdrawn_at = $3, phone_index = NULL, id_index = NULL
			WHERE case_id = $1 AND seq = $2 AND withdrawn_at = 0`, caseID, seq, db.At(now))
		if err == nil && n == 0 {
			return ErrNobody
		}
		return err
	})
}

// tally counts by grade; at most 17 rows come back, however many signed.
func (s store) tally(ctx context.Context, caseID int64) (Tally, error) {
	t := Tally{Unit: map[casework.Grade]int{}, Result: map[casework.Grade]int{}}
	_, err := db.List(ctx, s.db.Read(), func(r db.Rows) (struct{}, error) {
		var withdrawn bool
		var unit, result, n int
		err := r.Scan(&withdrawn, &unit, &result, &n)
		switch {
		case withdrawn:
			t.Withdrawn += n
		case result != 0:
			t.Rated += n
			t.Unit[casework.Grade(unit)] += n
			t.Result[casework.Grade(result)] += n
		}
		t.Signed += n
		return struct{}{}, err
	}, `SELECT withdrawn_at <> 0, rated_unit, rated_result, COUNT(*) FROM cosigner WHERE case_id = $1
		GROUP BY withdrawn_at <> 0, rated_unit, rated_result`, caseID)
	t.Signed -= t.Withdrawn
	return t, err
}

// turn opens, renews or closes a link.
func (s store) turn(ctx context.Context, caseID int64, open bool, now time.Time) error {
	var b db.Batch
	b.Add(`INSERT INTO join_link (case_id, generation, open, changed_at) VALUES ($1, 1, $2, $3)
		ON CONFLICT (case_id) DO UPDATE SET generation = join_link.generation + 1, open = excluded.open, changed_at = excluded.changed_at`,
		caseID, open, db.At(now))
	return s.db.Send(ctx, &b)
}

// rate notes what a signer thinks, once.
func rate(b *db.Batch, caseID int64, a casework.Action, words string) {
	b.Expect(1, `UPDATE cosigner SET rated_unit = $3, rated_result = $4, rated_at = $5, words = $6
		WHERE case_id = $1 AND seq = $2 AND rated_at = 0 AND withdrawn_at = 0`,
		caseID, a.Actor.Cosigner, int(a.Data.RatedUnit), int(a.Data.RatedResult), db.At(a.Now), words)
}
