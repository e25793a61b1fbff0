package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// Report is everything that a run measured.
type Report struct {
	Machine string    `json:"machine"`
	At      time.Time `json:"at"`
	Load    string    `json:"load"` // of the machine at the start: who else works
	Binary  int64     `json:"binary"`
	Stores  []*Store  `json:"stores"`
	Extras  []Extra   `json:"extras"`
}

// Store is what was measured with one store.
type Store struct {
	Database   string        `json:"database"`
	Cases      int           `json:"cases"`
	Ready      time.Duration `json:"ready"`
	MemoryIdle int64         `json:"memory_idle"`
	Memory     int64         `json:"memory"`
	MemoryPeak int64         `json:"memory_peak"`
	Figures    []Figure      `json:"figures"`
	Bounds     []Bound       `json:"bounds"`
}

// Figure is a named result.
type Figure struct {
	Name string `json:"name"`
	Result
}

// Bound is how fast the same rows go with nothing around them.
type Bound struct {
	Of      string  `json:"of"`  // the figure
	How     string  `json:"how"` // seam or driver
	Clients int     `json:"clients"`
	Rate    float64 `json:"rate"`
}

// Extra is a rate that depends on no store.
type Extra struct {
	Database string  `json:"database"`
	Name     string  `json:"name"`
	Rate     float64 `json:"rate"`
}

// NewReport names the machine.
func NewReport(context.Context) *Report {
	r := &Report{At: time.Now(), Load: read("/proc/loadavg")}
	model := ""
	for line := range strings.Lines(read("/proc/cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
		}
	}
	memory := strings.Fields(read("/proc/meminfo") + " 0 0 0")
	r.Machine = fmt.Sprintf("%d × %s, %s kB memory, %s/%s, %s", runtime.NumCPU(), model, memory[1], runtime.GOOS, runtime.GOARCH, runtime.Version())
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			r.Binary = info.Size()
		}
	}
	return r
}

func read(path string) string {
	b, _ := os.ReadFile(path)
	return strings.TrimSpace(string(b))
}

// Store adds a store.
func (r *Report) Store(database string, cases int) *Store {
	s := &Store{Database: database, Cases: cases}
	r.Stores = append(r.Stores, s)
	return s
}

// Add adds a figure.
func (s *Store) Add(name string, res Result) { s.Figures = append(s.Figures, Figure{name, res}) }

// Extra adds a rate.
func (r *Report) Extra(database, name string, rate float64) {
	r.Extras = append(r.Extras, Extra{database, name, rate})
}

// limits say what bounds each figure.
var limits = map[string]string{
	"ping":       "HTTP itself: the kernel's loopback and Go's server",
	"queue page": "processor: one indexed query, then 50 rows of HTML",
	"case page":  "processor: a query for each panel, then HTML",
	"search":     "processor: the word index, then rows of HTML",
	"lifecycle":  "processor: 5 requests, each JSON, rules, rows and a durable commit",
	"filing":     "processor and sync of the disk: rows with their indexes, sealing, one durable commit (shared by those who wait)",
}

// Markdown prints the tables of docs/performance.md.
func (r *Report) Markdown(to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "Machine: %s. Measured %s; load of the machine before: %s. Binary %s.\n\n",
		r.Machine, r.At.Format("2006-01-02 15:04 -0700"), r.Load, size(r.Binary))
	fmt.Fprintln(w, "| database | cases | figure | clients | a second | p50 | p99 | CPU of one | failed | of the bound | what bounds it |")
	fmt.Fprintln(w, "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|---|")
	for _, s := range r.Stores {
		for _, f := range s.Figures {
			fmt.Fprintf(w, "| %s | %d | %s | %d | %.0f | %s | %s | %s | %d | %s | %s |\n",
				s.Database, s.Cases, f.Name, f.Clients, f.Rate, ms(f.P50), ms(f.P99), ms(f.CPU), f.Failed, s.share(f), limits[f.Name])
		}
	}
	fmt.Fprintln(w, "\nThe bound: the same rows sent by the platform's own database seam (seam), and one transaction each by the bare driver (driver).")
	fmt.Fprintln(w, "\n| database | cases | rows of | how | clients | a second |\n|---|--:|---|---|--:|--:|")
	for _, s := range r.Stores {
		for _, b := range s.Bounds {
			fmt.Fprintf(w, "| %s | %d | %s | %s | %d | %.0f |\n", s.Database, s.Cases, b.Of, b.How, b.Clients, b.Rate)
		}
	}
	fmt.Fprintln(w, "\n| database | cases | start to ready | memory idle | memory after load | at most |\n|---|--:|--:|--:|--:|--:|")
	for _, s := range r.Stores {
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %s |\n", s.Database, s.Cases, ms(s.Ready), size(s.MemoryIdle), size(s.Memory), size(s.MemoryPeak))
	}
	if len(r.Extras) > 0 {
		fmt.Fprintln(w, "\n| database | figure | a second |\n|---|---|--:|")
		for _, e := range r.Extras {
			fmt.Fprintf(w, "| %s | %s | %.0f |\n", e.Database, e.Name, e.Rate)
		}
	}
	for _, s := range r.Stores {
		for _, f := range s.Figures {
			if f.Err != "" {
				fmt.Fprintf(w, "\nFirst failure of %s, %s, %d clients: %s\n", s.Database, f.Name, f.Clients, f.Err)
			}
		}
	}
	return w.Flush()
}

// share compares a figure with the bounds of the same rows.
func (s *Store) share(f Figure) string {
	out := ""
	for _, b := range s.Bounds {
		if b.Of == f.Name && (b.Clients == f.Clients || b.Clients > 1 && f.Clients > 1) {
			out += fmt.Sprintf(" %.0f %% of %s", 100*f.Rate/b.Rate, b.How)
		}
	}
	return strings.TrimSpace(out)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func size(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/(1<<20)) }

// WriteFile writes a file of invented history for an import.
func WriteFile(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "编号\t姓名\t留言时间\t主题\t内容")
	begin := time.Date(2020, 1, 1, 8, 0, 0, 0, time.UTC)
	for i := range rows {
		title, words, wish, _ := Words(i)
		name, _, _ := Name(i)
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s%s\n", i, name, begin.Add(time.Duration(i)*time.Hour).Format("2006/1/2 15:04:05"), title, words, wish)
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
