package person

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"xinqiao/internal/platform/db"
)

// Names opens the names of some persons so that they can be taken out of a
// text before an index keeps it. They are for that alone: whoever shows one to
// somebody goes through Reveal.
func (s *Service) Names(ctx context.Context, q db.Queryer, ids []int64) (map[int64][]string, error) {
	found := make(map[int64][]string, len(ids))
	for len(ids) > 0 {
		some := ids[:min(len(ids), batchSize)]
		ids = ids[len(some):]
		rows, err := sealedNames(ctx, q, some)
		if err != nil {
			return nil, fmt.Errorf("names of persons: %w", err)
		}
		for _, r := range rows {
			p, err := s.open(r)
			if err != nil {
				return nil, err
			}
			found[r.id] = []string{p.Name, p.OrgName}
		}
	}
	return found, nil
}

func sealedNames(ctx context.Context, q db.Queryer, ids []int64) ([]row, error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	return db.List(ctx, q, func(rows db.Rows) (row, error) {
		var r row
		err := rows.Scan(&r.id, &r.sealed[fieldName], &r.sealed[fieldOrgName])
		return r, err
	}, `SELECT id, name_sealed, org_name_sealed FROM person WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...)
}
