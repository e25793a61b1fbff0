// Package app is the composition root: the only package that imports
// capabilities. It opens what a command needs, wires the capabilities to each
// other through the interfaces they declare, and runs.
package app

import (
	"io"
	"time"

	"xinqiao/internal/platform/config"
)

// Config is what a command was told: the settings, and the terminal.
type Config struct {
	config.Config
	Version string
	Demo    bool      // one-time codes are shown on the page instead of sent
	Out     io.Writer // what people or pipes read; results
	Err     io.Writer // the log and progress
}

// ServeOptions are the extras of xinqiao serve.
type ServeOptions struct {
	Demo  bool // fill an empty store with the demo city first
	Cases int  // of the demo
}

// DemoOptions say how much of the invented city to make.
type DemoOptions struct {
	Cases int
	Seed  uint64 // the same seed makes the same city
}

// Migration is one step of the schema.
type Migration struct {
	Number    int64     `json:"number"`
	Name      string    `json:"name"`
	Applied   bool      `json:"applied"`
	AppliedAt time.Time `json:"applied_at,omitzero"`
}

// ImportOptions say what to register and how its columns are called.
type ImportOptions struct {
	File    string
	Format  string            // tsv, csv, xlsx; "" by the file's name
	Source  string            // names the collection, so that a second run finds its rows
	Columns map[string]string // our field → their column
	DryRun  bool
	Limit   int    // 0 = every row
	Rejects string // file for the rows that were not registered, with line and reason
	Bar     bool   // draw a progress bar
}

// ImportReport counts what an import did.
type ImportReport struct {
	Read       int     `json:"read"`
	Registered int     `json:"registered"`
	Known      int     `json:"known"` // registered by an earlier run
	Rejected   int     `json:"rejected"`
	Rejects    string  `json:"rejects,omitempty"`
	Seconds    float64 `json:"seconds"`

	// IndexSeconds is how long it took after that until search found all.
	IndexSeconds float64 `json:"index_seconds"`
}

// BenchOptions say what to measure.
type BenchOptions struct {
	What     []string // lifecycle, filing, pages, sweep, import; all when empty
	Cases    []int    // sizes of the store
	Clients  []int
	For      time.Duration // each measurement
	Postgres string        // URL of a server that the benchmark may fill; "" leaves PostgreSQL out
	JSON     bool

	Databases []string // sqlite, postgres
}

// UserOptions describe a member of staff to add.
type UserOptions struct {
	Login    string
	Name     string
	Unit     string // code of the unit; "" is the city itself
	Role     string
	Password string // "" makes one
	Cleared  bool   // may see the confidential lane
}

// User is a member of staff as the command line lists them.
type User struct {
	Login        string `json:"login"`
	Name         string `json:"name"`
	Unit         string `json:"unit"`
	Role         string `json:"role"`
	Active       bool   `json:"active"`
	SecondFactor bool   `json:"second_factor"`
}
