package likeness

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/minhash"
)

// world is a town of a few cases, in memory.
type world struct {
	cases map[int64]casework.Case
	texts map[int64]Text
	next  int64
}

func (w *world) Case(_ context.Context, _ access.Actor, no string) (casework.Case, error) {
	for _, c := range w.cases {
		if c.No == no {
			return c, nil
		}
	}
	return casework.Case{}, ErrNotFound
}

func (w *world) ByIDs(_ context.Context, ids []int64) (map[int64]casework.Case, error) {
	out := map[int64]casework.Case{}
	for _, id := range ids {
		if c, ok := w.cases[id]; ok {
			out[id] = c
		}
	}
	return out, nil
}

func (w *world) Story(_ context.Context, _ db.Queryer, id int64) (casework.Case, []casework.Event, error) {
	return w.cases[id], nil, nil
}

func (w *world) Do(context.Context, casework.Action) (casework.Case, error) {
	return casework.Case{}, nil
}

func (w *world) After(_ context.Context, id int64, limit int) ([]int64, error) {
	var out []int64
	for other := range w.cases {
		if other > id {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), limit)], nil
}

func (w *world) Text(_ context.Context, id int64) (Text, error) {
	if t, ok := w.texts[id]; ok {
		return t, nil
	}
	return Text{}, fault.New(fault.NotFound, "likeness.not_found")
}

func (w *world) CasesOf(context.Context, int64) ([]int64, error) { return nil, nil }

func (w *world) CasesBy(context.Context, string, string) ([]int64, error) { return nil, nil }

func (w *world) Index(purpose, normalised string) []byte {
	return []byte(fmt.Sprintf("%-32s", purpose+normalised))
}

func (w *world) Next() int64 { w.next++; return w.next }

func (w *world) add(id int64, words string) {
	w.cases[id] = casework.Case{ID: id, No: strconv.FormatInt(id, 10), State: casework.Registered, Lane: access.LaneOpen}
	w.texts[id] = Text{Title: "来信", Words: words}
}

func begin(d *db.DB, w *world) *Service {
	return New(Needs{DB: d, Cases: w, Texts: w, People: w, Keys: w, IDs: w, Clock: clock.At(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))})
}

const letter = "小区三号楼的电梯停了三个星期，老人下不了楼，孩子上学也要爬十八层。找过物业两次，都说没有钱修，请帮助解决。"

// TestFill: the cases from before are signed, once, and then found by words
// that differ a little; who asks must be allowed to see them.
func TestFill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{cases: map[int64]casework.Case{}, texts: map[int64]Text{}}
		for i := range int64(30) {
			w.add(i+1, fmt.Sprintf("%d 路公交车的末班车太早，第 %d 次反映，下夜班的人回不了家。", i*7919, i*104729))
		}
		w.add(100, letter)
		s := begin(d, w)
		for range 2 {
			if err := s.Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := s.Progress(t.Context()); err != nil || p.Done != 31 || p.FinishedAt.IsZero() {
			t.Fatalf("progress %+v %v", p, err)
		}
		ask := Ask{Actor: access.Actor{Role: access.System}, Text: Text{Words: strings.Replace(letter, "三个星期", "快一个月", 1)}}
		got, err := s.Candidates(t.Context(), ask)
		if err != nil || len(got) != 1 || got[0].Case.ID != 100 || !got[0].Has(SameWords) || len(got[0].Common) == 0 {
			t.Fatalf("%+v %v", got, err)
		}
		if ask.Actor = (access.Actor{}); true {
			if got, err := s.Candidates(t.Context(), ask); err != nil || len(got) != 0 {
				t.Fatalf("nobody is shown %+v %v", got, err)
			}
		}
		plan, err := d.Explain(t.Context(), bandQuery, anys(make([]int64, minhash.Bands))...)
		if err != nil || strings.Contains(plan, "SCAN likeness_band") || strings.Contains(plan, "Seq Scan") {
			t.Errorf("plan: %v\n%s", err, plan)
		}
	})
}

// TestRepeats: the second, fourth and eighth contact of a week is told of.
func TestRepeats(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var told []int
	var history []casework.Event
	for n := 1; n <= 9; n++ {
		history = append(history, casework.Event{Verb: casework.Urge, At: at})
		if again(history, at) {
			told = append(told, n)
		}
		at = at.Add(time.Hour)
	}
	if fmt.Sprint(told) != "[2 4 8]" {
		t.Error(told)
	}
	if again(history, at.AddDate(0, 1, 0)) {
		t.Error("a month later it is no run any more")
	}
}

// TestMeasure fills a store with signatures and measures the search. It runs
// where XINQIAO_MEASURE says how many cases, as "1000000".
func TestMeasure(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("XINQIAO_MEASURE"))
	if n == 0 {
		t.Skip("set XINQIAO_MEASURE to a number of cases to measure the search")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{cases: map[int64]casework.Case{}, texts: map[int64]Text{}}
		s := begin(d, w)
		began := time.Now()
		asked := populate(t, s, n)
		t.Logf("%d cases in %s", n, time.Since(began).Round(time.Second))
		var took []time.Duration
		for _, sig := range asked {
			start := time.Now()
			if _, err := s.alike(t.Context(), sig); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		at := func(p int) time.Duration { return took[len(took)*p/100].Round(10 * time.Microsecond) }
		t.Logf("%d cases, %d questions: p50 %s, p95 %s, p99 %s, worst %s", n, len(took), at(50), at(95), at(99), took[len(took)-1])
	})
}

// populate writes signatures of n texts, of which every tenth is nearly another
// one, bands in their order so that it takes minutes and not hours, and gives
// a thousand to be asked for.
func populate(t *testing.T, s *Service, n int) (asked []minhash.Signature) {
	t.Helper()
	type entry struct{ band, id int64 }
	r := rand.New(rand.NewPCG(7, 7))
	entries := make([]entry, 0, n*minhash.Bands)
	var last minhash.Signature
	var b db.Batch
	for id := range n {
		sig := last
		for i := range sig {
			if id%10 != 0 || r.IntN(4) == 0 {
				sig[i] = uint16(r.Uint32())
			}
		}
		last = sig
		for _, band := range sig.Bands() {
			entries = append(entries, entry{band, int64(id + 1)})
		}
		b.Add(`INSERT INTO likeness_signature (case_id, signature) VALUES ($1, $2)`, int64(id+1), sig.Bytes())
		if id%max(1, n/1000) == 0 {
			asked = append(asked, sig)
		}
		if b.Len() == 5000 || id == n-1 {
			send(t, s, &b)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.band != b.band {
			return int(min(1, max(-1, a.band-b.band)))
		}
		return int(a.id - b.id)
	})
	const rows = 500
	text := `INSERT INTO likeness_band (band, case_id) VALUES ` + pairs(rows)
	for len(entries) > 0 {
		some := entries[:min(rows, len(entries))]
		entries = entries[len(some):]
		args := make([]any, 0, 2*rows)
		for _, e := range some {
			args = append(args, e.band, e.id)
		}
		if len(some) < rows {
			text = `INSERT INTO likeness_band (band, case_id) VALUES ` + pairs(len(some))
		}
		if b.Add(text, args...); b.Len() == 200 || len(entries) == 0 {
			send(t, s, &b)
		}
	}
	return asked
}

func send(t *testing.T, s *Service, b *db.Batch) {
	t.Helper()
	if err := s.DB.Send(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	*b = db.Batch{}
}
