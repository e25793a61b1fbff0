// Package ids makes numbers that nobody else has: row ids ordered by time, and
// blocks of a counted sequence.
package ids

import (
	"context"
	"fmt"
	"sync"
	"time"

	"xinqiao/internal/platform/db"
)

// An id is 41 bits of milliseconds since epoch, 10 bits of node and 12 bits of
// sequence: ordered by time, unique without asking the database, below 2^63
// until 2095.
const (
	nodeBits = 10
	seqBits  = 12
	nodes    = 1 << nodeBits
	perMilli = 1 << seqBits
)

var epoch = time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC).UnixMilli() // New Year 2026 in Beijing

// Clock tells the time; clock.Clock satisfies it.
type Clock interface{ Now() time.Time }

// Source makes ids for one process. It is safe for concurrent use.
type Source struct {
	clock Clock
	node  int64

	mu   sync.Mutex
	last int64 // milliseconds since epoch of the last id, possibly ahead of the clock
	seq  int64
}

// Claim makes a source with a node number that no process took recently: the
// numbers go round, so 1,024 starts pass before one comes back.
func Claim(ctx context.Context, d *db.DB, clock Clock) (*Source, error) {
	var next int64
	err := d.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		next, err = db.One(ctx, tx, db.Value[int64],
			"UPDATE node_counter SET next = next + 1 WHERE name = 'node' RETURNING next")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim a node number: %w", err)
	}
	return NewSource(int(next%nodes), clock), nil
}

// NewSource makes a source with a given node number, below 1,024.
func NewSource(node int, clock Clock) *Source {
	return &Source{clock: clock, node: int64(node) % nodes}
}

// Next gives an id greater than all before it from this source. When the clock
// goes back, or more than 4,096 ids are asked for in a millisecond, the source
// runs ahead of the clock instead of waiting.
func (s *Source) Next() int64 {
	now := s.clock.Now().UnixMilli() - epoch
	s.mu.Lock()
	defer s.mu.Unlock()
	if now > s.last {
		s.last, s.seq = now, 0
	} else if s.seq++; s.seq == perMilli {
		s.last, s.seq = s.last+1, 0
	}
	return s.last<<(nodeBits+seqBits) | s.node<<seqBits | s.seq
}

// TimeOf tells when an id was made, to the millisecond.
func TimeOf(id int64) time.Time {
	return time.UnixMilli(id>>(nodeBits+seqBits) + epoch).UTC()
}

// Blocks counts a sequence that all processes share, without asking the
// database for each number: a process takes a block and uses it up. Numbers
// are unique; they have gaps after a restart and are not ordered between
// processes.
type Blocks struct {
	db   *db.DB
	name string
	size uint64

	mu        sync.Mutex
	next, end uint64
}

// NewBlocks counts the sequence of this name, in blocks of size.
func NewBlocks(d *db.DB, name string, size int) *Blocks {
	return &Blocks{db: d, name: name, size: uint64(max(1, size))}
}

// Next gives the next number, starting with 1. It must not be called inside a
// unit of work.
func (b *Blocks) Next(ctx context.Context) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == b.end {
		if err := b.take(ctx); err != nil {
			return 0, fmt.Errorf("take numbers of %s: %w", b.name, err)
		}
	}
	b.next++
	return b.next, nil
}

func (b *Blocks) take(ctx context.Context) error {
	return b.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		end, err := db.One(ctx, tx, db.Value[uint64],
			`INSERT INTO sequence (name, next) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET next = sequence.next + excluded.next RETURNING next`, b.name, b.size)
		if err != nil {
			return err
		}
		b.next, b.end = end-b.size, end
		return nil
	})
}
