package likeness

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/minhash"
)

type store struct{ db *db.DB }

// putMost is how many cases one statement writes.
const putMost = 50

// put replaces what cases are compared by.
func put(b *db.Batch, list []signed) {
	for len(list) > 0 {
		some := list[:min(putMost, len(list))]
		list = list[len(some):]
		ids, sigs := make([]any, len(some)), make([]any, 0, 2*len(some))
		bands := make([]any, 0, 2*minhash.Bands*len(some))
		for i, c := range some {
			ids[i] = c.caseID
			sigs = append(sigs, c.caseID, c.sig.Bytes())
			for _, band := range c.sig.Bands() {
				bands = append(bands, band, c.caseID)
			}
		}
		b.Add(`INSERT INTO likeness_signature (case_id, signature) VALUES `+pairs(len(some))+
			` ON CONFLICT (case_id) DO UPDATE SET signature = excluded.signature`, sigs...)
		b.Add(`INSERT INTO likeness_band (band, case_id) VALUES `+pairs(len(bands)/2)+` ON CONFLICT DO NOTHING`, bands...)
	}
}

// pairs writes "($1, $2), ($3, $4), …".
func pairs(n int) string {
	var out strings.Builder
	for i := range n {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString("($" + strconv.Itoa(2*i+1) + ", $" + strconv.Itoa(2*i+2) + ")")
	}
	return out.String()
}

func marks(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(out, ", ")
}

func anys(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// mostOfBand bounds what one band gives: of a thousand letters in the same
// words the newest are enough.
const mostOfBand = 40

// bandQuery asks every band for its newest cases, one index lookup each.
var bandQuery = func() string {
	parts := make([]string, minhash.Bands)
	for i := range parts {
		n := strconv.Itoa(i + 1)
		parts[i] = "SELECT case_id FROM (SELECT case_id FROM likeness_band WHERE band = $" + n +
			" ORDER BY case_id DESC LIMIT " + strconv.Itoa(mostOfBand) + ") AS b" + n
	}
	return strings.Join(parts, " UNION ALL ")
}()

// sharing lists cases that share a band with a signature, once for each band.
func (s store) sharing(ctx context.Context, sig minhash.Signature) ([]int64, error) {
	bands := sig.Bands()
	return db.List(ctx, s.db.Read(), db.Value[int64], bandQuery, anys(bands[:])...)
}

func (s store) signatures(ctx context.Context, ids []int64) ([]signed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.List(ctx, s.db.Read(), func(r db.Rows) (signed, error) {
		var c signed
		var raw []byte
		err := r.Scan(&c.caseID, &raw)
		c.sig, _ = minhash.FromBytes(raw)
		return c, err
	}, `SELECT case_id, signature FROM likeness_signature WHERE case_id IN (`+marks(len(ids))+`)`, anys(ids)...)
}

// fill is how far the cases from before were read.
type fill struct {
	lastID     int64
	done       int
	finishedAt time.Time
}

func (s store) filled(ctx context.Context, q db.Queryer) (fill, error) {
	return db.One(ctx, q, func(r db.Rows) (f fill, err error) {
		var finished db.Time
		err = r.Scan(&f.lastID, &f.done, &finished)
		f.finishedAt = finished.Std()
		return f, err
	}, `SELECT last_id, done, finished_at FROM likeness_fill WHERE id = 1`)
}

func putFill(b *db.Batch, f fill) {
	b.Add(`UPDATE likeness_fill SET last_id = $1, done = $2, finished_at = $3 WHERE id = 1`, f.lastID, f.done, db.At(f.finishedAt))
}

func (s store) count(ctx context.Context, now time.Time, place string, h Hint) error {
	var b db.Batch
	b.Add(`INSERT INTO likeness_hint (day, place, what, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (day, place, what) DO UPDATE SET n = likeness_hint.n + 1`, calendar.On(now).String(), place, string(h))
	return s.db.Send(ctx, &b)
}

// tally is the sum of one hint.
type tally struct {
	place string
	hint  Hint
	n     int
}

func (s store) tallies(ctx context.Context, from time.Time) ([]tally, error) {
	return db.List(ctx, s.db.Read(), func(r db.Rows) (t tally, err error) {
		err = r.Scan(&t.place, &t.hint, &t.n)
		return t, err
	}, `SELECT place, what, sum(n) FROM likeness_hint WHERE day >= $1 GROUP BY place, what ORDER BY place, what`, calendar.On(from).String())
}
