package reseal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
)

// Column is a sealed column of a table: bytes of Seal, or texts of SealText,
// among which those in clear are sealed too.
type Column struct {
	DB      *db.DB
	Keys    *seal.Keyring
	Table   string
	ID      []string // whole numbers that name a row; default "id"
	Column  string
	Text    bool
	Purpose func(id []int64) string
	// More is a column of text that belongs to the purpose; PurposeOf then is
	// in place of Purpose.
	More      string
	PurposeOf func(id []int64, more string) string
}

// Of is a purpose that holds the row's id: person/%d/name.
func Of(format string) func(id []int64) string {
	return func(id []int64) string {
		args := make([]any, len(id))
		for i, n := range id {
			args[i] = n
		}
		return fmt.Sprintf(format, args...)
	}
}

// Name implements Part.
func (c Column) Name() string { return c.Table + "." + c.Column }

func (c Column) keys() []string {
	if len(c.ID) == 0 {
		return []string{"id"}
	}
	return c.ID
}

// stale is the condition, and its argument.
func (c Column) stale(arg int) (string, any) {
	if c.Text {
		return c.Column + " <> '' AND substr(" + c.Column + ", 1, 8) <> $" + strconv.Itoa(arg), c.Keys.TextMark()
	}
	return c.Column + " IS NOT NULL AND substr(" + c.Column + ", 2, 2) <> $" + strconv.Itoa(arg), c.Keys.Mark()
}

// Stale implements Part.
func (c Column) Stale(ctx context.Context) (int64, error) {
	where, mark := c.stale(1)
	return db.One(ctx, c.DB.Read(), db.Value[int64], "SELECT count(*) FROM "+c.Table+" WHERE "+where, mark)
}

type cell struct {
	id    []int64
	value []byte
	text  string
	more  string
}

// Step implements Part. A value that somebody else changes meanwhile stays as
// they leave it: they sealed it with the active key.
func (c Column) Step(ctx context.Context, after string, most int) (string, int, error) {
	cells, err := c.read(ctx, after, most)
	if err != nil || len(cells) == 0 {
		return "", 0, err
	}
	var b db.Batch
	for _, x := range cells {
		before, fresh, err := c.fresh(x)
		if err != nil {
			return "", 0, fmt.Errorf("reseal %s of %v: %w", c.Name(), x.id, err)
		}
		args := []any{fresh, before}
		where := make([]string, len(x.id))
		for i, name := range c.keys() {
			args = append(args, x.id[i])
			where[i] = name + " = $" + strconv.Itoa(i+3)
		}
		b.Add("UPDATE "+c.Table+" SET "+c.Column+" = $1 WHERE "+c.Column+" = $2 AND "+strings.Join(where, " AND "), args...)
	}
	if err := c.DB.Send(ctx, &b); err != nil {
		return "", 0, fmt.Errorf("reseal %s: %w", c.Name(), err)
	}
	if len(cells) < most {
		return "", len(cells), nil
	}
	return join(cells[len(cells)-1].id), len(cells), nil
}

func (c Column) fresh(x cell) (before, fresh any, err error) {
	var purpose string
	if c.More != "" {
		purpose = c.PurposeOf(x.id, x.more)
	} else {
		purpose = c.Purpose(x.id)
	}
	if c.Text {
		plain, err := c.Keys.UnsealText(purpose, x.text)
		return x.text, c.Keys.SealText(purpose, plain), err
	}
	plain, err := c.Keys.Unseal(purpose, x.value)
	if err != nil {
		return nil, nil, err
	}
	return x.value, c.Keys.Seal(purpose, plain), nil
}

// read finds the next stale values after a row.
func (c Column) read(ctx context.Context, after string, most int) ([]cell, error) {
	names := c.keys()
	where, mark := c.stale(1)
	args := []any{mark}
	if from, err := split(after, len(names)); err != nil {
		return nil, err
	} else if from != nil {
		marks := make([]string, len(from))
		for i, n := range from {
			args = append(args, n)
			marks[i] = "$" + strconv.Itoa(i+2)
		}
		where = "(" + strings.Join(names, ", ") + ") > (" + strings.Join(marks, ", ") + ") AND " + where
	}
	list, more := strings.Join(names, ", "), ""
	if c.More != "" {
		more = ", " + c.More
	}
	return db.List(ctx, c.DB.Read(), func(r db.Rows) (cell, error) {
		x := cell{id: make([]int64, len(names))}
		to := make([]any, 0, len(names)+1)
		for i := range x.id {
			to = append(to, &x.id[i])
		}
		if c.Text {
			to = append(to, &x.text)
		} else {
			to = append(to, &x.value)
		}
		if c.More != "" {
			to = append(to, &x.more)
		}
		err := r.Scan(to...)
		x.value = slices.Clone(x.value)
		return x, err
	}, "SELECT "+list+", "+c.Column+more+" FROM "+c.Table+" WHERE "+where+" ORDER BY "+list+" LIMIT "+strconv.Itoa(most), args...)
}

func join(id []int64) string {
	out := make([]string, len(id))
	for i, n := range id {
		out[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(out, " ")
}

var errPlace = errors.New("reseal: a place that is none")

func split(after string, n int) ([]int64, error) {
	if after == "" {
		return nil, nil
	}
	parts := strings.Fields(after)
	if len(parts) != n {
		return nil, errPlace
	}
	out := make([]int64, n)
	for i, p := range parts {
		var err error
		if out[i], err = strconv.ParseInt(p, 10, 64); err != nil {
			return nil, errPlace
		}
	}
	return out, nil
}
