package reseal

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/seal"
)

// Keyed is a sealed column of a table whose rows no whole number names.
type Keyed struct {
	DB     *db.DB
	Keys   *seal.Keyring
	Table  string
	Column string
	Names  []string // columns that name a row
	// Row reads Names and then the value, and tells the purpose.
	Row func(r db.Rows, value *[]byte) (names []any, purpose string, err error)
	// Fleeting values that nobody can open any more are thrown away.
	Fleeting bool
}

// Name implements Part.
func (k Keyed) Name() string { return k.Table + "." + k.Column }

func (k Keyed) stale() string {
	return " FROM " + k.Table + " WHERE substr(" + k.Column + ", 2, 2) <> $1"
}

// Stale implements Part.
func (k Keyed) Stale(ctx context.Context) (int64, error) {
	return db.One(ctx, k.DB.Read(), db.Value[int64], "SELECT count(*)"+k.stale(), k.Keys.Mark())
}

type named struct {
	names   []any
	purpose string
	value   []byte
}

// Step implements Part. What is done is stale no more, so each step begins at
// the front.
func (k Keyed) Step(ctx context.Context, _ string, most int) (string, int, error) {
	rows, err := db.List(ctx, k.DB.Read(), func(r db.Rows) (n named, err error) {
		n.names, n.purpose, err = k.Row(r, &n.value)
		n.value = bytes.Clone(n.value)
		return n, err
	}, "SELECT "+strings.Join(k.Names, ", ")+", "+k.Column+k.stale()+" ORDER BY "+strings.Join(k.Names, ", ")+" LIMIT "+strconv.Itoa(most), k.Keys.Mark())
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	var b db.Batch
	for _, n := range rows {
		args, where := []any{n.value}, ""
		for i, name := range n.names {
			args = append(args, name)
			where += " AND " + k.Names[i] + " = $" + strconv.Itoa(i+2)
		}
		plain, err := k.Keys.Unseal(n.purpose, n.value)
		switch {
		case err == nil:
			args = append(args, k.Keys.Seal(n.purpose, plain))
			b.Add("UPDATE "+k.Table+" SET "+k.Column+" = $"+strconv.Itoa(len(args))+" WHERE "+k.Column+" = $1"+where, args...)
		case k.Fleeting:
			b.Add("DELETE FROM "+k.Table+" WHERE "+k.Column+" = $1"+where, args...)
		default:
			return "", 0, fmt.Errorf("reseal %s: %w", k.Name(), err)
		}
	}
	if err := k.DB.Send(ctx, &b); err != nil {
		return "", 0, fmt.Errorf("reseal %s: %w", k.Name(), err)
	}
	if len(rows) < most {
		return "", len(rows), nil
	}
	return "more", len(rows), nil
}
