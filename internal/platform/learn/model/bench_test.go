package model_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xinqiao/internal/platform/learn"
)

// BenchmarkRead measures one core: how many messages a second are labelled,
// cutting included. XINQIAO_DATA names the folder with
// messages-labelled.tsv.
func BenchmarkRead(b *testing.B) {
	examples := labelled(b)
	m, _, err := learn.Train(context.Background(), examples, learn.Options{Folds: 1})
	if err != nil {
		b.Fatal(err)
	}
	r := m.NewReader()
	bytes := 0
	for _, e := range examples {
		bytes += len(e.Title) + len(e.Text)
	}
	b.SetBytes(int64(bytes / len(examples)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e := &examples[i%len(examples)]
		r.Read(e.Title, e.Text)
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func labelled(tb testing.TB) []learn.Example {
	folder := os.Getenv("XINQIAO_DATA")
	if folder == "" {
		tb.Skip("XINQIAO_DATA does not name the folder with the messages")
	}
	f, err := os.Open(filepath.Join(folder, "messages-labelled.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []learn.Example
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if c := strings.Split(lines.Text(), "\t"); len(c) == 4 && c[0] != "id" {
			out = append(out, learn.Example{Label: c[1], Title: c[2], Text: c[3]})
		}
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}
