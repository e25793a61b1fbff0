// Package evaluation measures the platform's learning on messages that people
// wrote: how well subjects are told, from the first day on; whether what was
// written twice is found; and which matters come out as hot. It reads files of
// messages and prints figures; it opens no store.
package evaluation

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/learn"
)

// Options say what to measure on which files.
type Options struct {
	Data     string // folder of the files
	Seeds    []uint64
	Curve    bool
	Unseen   string // file of labelled messages to test a model of all others on
	Top      int    // hot topics to show
	Progress func(what string, done, all int)
}

func (o Options) progress(what string) func(done, all int) {
	return func(done, all int) {
		if o.Progress != nil {
			o.Progress(what, done, all)
		}
	}
}

// table is a TSV file with a row of column names.
type table struct {
	columns []string
	rows    [][]string
}

// longestLine is the longest row that is read.
const longestLine = 4 << 20

func readTable(folder, name string) (table, error) {
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return table{}, err
	}
	defer f.Close()
	var t table
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		row := strings.Split(strings.TrimPrefix(lines.Text(), "\ufeff"), "\t")
		switch {
		case t.columns == nil:
			t.columns = row
		case len(row) != len(t.columns):
			return table{}, fmt.Errorf("%s: row %d has %d columns, not %d", name, len(t.rows)+2, len(row), len(t.columns))
		default:
			t.rows = append(t.rows, row)
		}
	}
	return t, lines.Err()
}

// need gives the places of columns, each by any of its names divided by "|".
func (t table) need(names ...string) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = slices.IndexFunc(t.columns, func(c string) bool { return slices.Contains(strings.Split(name, "|"), c) })
		if out[i] < 0 {
			return nil, fmt.Errorf("no column %s among %s", name, strings.Join(t.columns, ", "))
		}
	}
	return out, nil
}

// Labelled reads messages with their labels: the columns label, title and text.
func Labelled(file string) ([]learn.Example, error) {
	t, err := readTable(filepath.Dir(file), filepath.Base(file))
	if err != nil {
		return nil, err
	}
	at, err := t.need("label", "title", "text|detail")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	out := make([]learn.Example, len(t.rows))
	for i, row := range t.rows {
		out[i] = learn.Example{Label: row[at[0]], Title: row[at[1]], Text: row[at[2]]}
	}
	return out, nil
}

// message is one of the stream.
type message struct {
	id, who, title, text string
	at                   time.Time
	likes                int
}

// zone is that of the stream's times.
var zone = time.FixedZone("CST", 8*3600)

func readStream(folder string) ([]message, error) {
	const name = "messages-stream.tsv"
	t, err := readTable(folder, name)
	if err != nil {
		return nil, err
	}
	at, err := t.need("msg_id", "user", "time", "title", "detail|text", "likes")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := make([]message, len(t.rows))
	for i, row := range t.rows {
		when, err := time.ParseInLocation("2006/1/2 15:04:05", strings.ReplaceAll(row[at[2]], "-", "/"), zone)
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", name, i+2, err)
		}
		likes, _ := strconv.Atoi(row[at[5]])
		out[i] = message{id: row[at[0]], who: row[at[1]], at: when, title: row[at[3]], text: row[at[4]], likes: likes}
	}
	return out, nil
}
