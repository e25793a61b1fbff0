package evaluation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"xinqiao/internal/platform/minhash"
)

// Duplicates is how well messages that were written twice are found.
type Duplicates struct {
	Messages   int     `json:"messages"`
	Candidates int     `json:"candidates"` // pairs that share a band of their signatures
	Known      int     `json:"known"`      // pairs of near-duplicates-dev.tsv
	Levels     []Level `json:"levels"`
	Pairs      []Pair  `json:"pairs"` // all that are found, the least alike first
	Seconds    float64 `json:"seconds"`
}

// Level is what holding pairs from a likeness on for the same would give.
type Level struct {
	Likeness float64 `json:"likeness"`
	Found    int     `json:"found"`
	Recall   float64 `json:"recall"` // of the known pairs
}

// Pair is two messages that are nearly the same.
type Pair struct {
	Likeness float64 `json:"likeness"`
	A        string  `json:"a"`
	B        string  `json:"b"`
	TitleA   string  `json:"title_a"`
	TitleB   string  `json:"title_b"`
}

// leastAlike is the likeness from which on a candidate is kept.
const leastAlike = 0.5

// FindDuplicates looks for near-duplicates in messages-stream.tsv and compares
// with the pairs of near-duplicates-dev.tsv.
func FindDuplicates(ctx context.Context, o Options) (Duplicates, error) {
	messages, err := readStream(o.Data)
	if err != nil {
		return Duplicates{}, err
	}
	known, err := readPairs(o.Data)
	if err != nil {
		return Duplicates{}, err
	}
	out := Duplicates{Messages: len(messages), Known: len(known)}
	begun := time.Now()
	likeness := map[[2]string]float64{}
	h, bands := minhash.New(1), map[int64][]int{}
	sets := make([]minhash.Set, len(messages))
	progress := o.progress("near-duplicates")
	for i, m := range messages {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		progress(i, len(messages))
		sets[i] = h.Shingles(m.title + m.text)
		tried := map[int]bool{}
		for _, band := range sets[i].Sign().Bands() {
			for _, j := range bands[band] {
				if !tried[j] {
					tried[j] = true
					out.take(messages, sets, [2]int{j, i}, likeness)
				}
			}
			bands[band] = append(bands[band], i)
		}
	}
	out.Seconds = time.Since(begun).Seconds()
	slices.SortFunc(out.Pairs, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Likeness, b.Likeness), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	for _, least := range []float64{0.5, 0.6, 0.7, 0.8} {
		out.Levels = append(out.Levels, level(least, out.Pairs, known, likeness))
	}
	return out, nil
}

// take verifies a candidate exactly.
func (d *Duplicates) take(messages []message, sets []minhash.Set, at [2]int, likeness map[[2]string]float64) {
	d.Candidates++
	j := minhash.Jaccard(sets[at[0]], sets[at[1]])
	if j < leastAlike {
		return
	}
	a, b := messages[at[0]], messages[at[1]]
	likeness[ordered(a.id, b.id)] = j
	d.Pairs = append(d.Pairs, Pair{j, a.id, b.id, a.title, b.title})
}

func ordered(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

func readPairs(folder string) ([][2]string, error) {
	const name = "near-duplicates-dev.tsv"
	t, err := readTable(folder, name)
	if err != nil {
		return nil, err
	}
	at, err := t.need("id_a", "id_b", "jaccard3")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out [][2]string
	for i, row := range t.rows {
		if _, err := strconv.ParseFloat(row[at[2]], 64); err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", name, i+2, err)
		}
		out = append(out, ordered(row[at[0]], row[at[1]]))
	}
	return out, nil
}

func level(least float64, pairs []Pair, known [][2]string, likeness map[[2]string]float64) Level {
	l := Level{Likeness: least}
	for _, p := range pairs {
		if p.Likeness >= least {
			l.Found++
		}
	}
	hit := 0
	for _, k := range known {
		if likeness[k] >= least {
			hit++
		}
	}
	l.Recall = float64(hit) / float64(max(1, len(known)))
	return l
}
