package db

import (
	"strconv"
	"strings"
)

// In writes the placeholders of a list of ids, from $first on, and gives the
// ids as arguments. A list is never empty where it is asked for.
func In(first int, ids []int64) (list string, args []any) {
	marks := make([]string, len(ids))
	args = make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "$"+strconv.Itoa(first+i), id
	}
	return strings.Join(marks, ", "), args
}
