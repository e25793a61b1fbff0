package db

import (
	"strconv"
	"strings"
)

// Cond compares one column with one value. A nil value compares with NULL.
type Cond struct {
	Column string
	Not    bool
	Value  any
}

// Where writes conditions that must all hold, with placeholders counted from
// firstArg; without conditions it is TRUE. A negated condition holds for NULL
// too, as it does in memory.
func Where(conds []Cond, firstArg int) (query string, args []any) {
	if len(conds) == 0 {
		return "TRUE", nil
	}
	var b strings.Builder
	for i, c := range conds {
		if i > 0 {
			b.WriteString(" AND ")
		}
		if c.Value == nil {
			b.WriteString(c.Column + map[bool]string{false: " IS NULL", true: " IS NOT NULL"}[c.Not])
			continue
		}
		args = append(args, c.Value)
		arg := "$" + strconv.Itoa(firstArg+len(args)-1)
		if c.Not {
			b.WriteString("(" + c.Column + " <> " + arg + " OR " + c.Column + " IS NULL)")
		} else {
			b.WriteString(c.Column + " = " + arg)
		}
	}
	return b.String(), args
}
