package casepage

import (
	"context"
	"strconv"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
)

func personOf(ctx context.Context, q db.Queryer, id int64) (Person, error) {
	return db.One(ctx, q, func(r db.Rows) (Person, error) {
		var p Person
		err := r.Scan(&p.ID, &p.Kind, &p.Name, &p.OrgName, &p.Phone, &p.IDNo, &p.Address, &p.Household)
		return p, err
	}, `SELECT id, kind, name_mask, org_name_mask, phone_mask, id_no_mask, address_mask, household_mask FROM person WHERE id = $1`, id)
}

// staffNames names those who acted on a case.
func staffNames(ctx context.Context, q db.Queryer, events []casework.Event) (map[int64]string, error) {
	names := map[int64]string{}
	var ids []any
	for _, e := range events {
		if _, known := names[e.ActorID]; e.ActorID != 0 && !known {
			names[e.ActorID] = ""
			ids = append(ids, e.ActorID)
		}
	}
	if len(ids) == 0 {
		return names, nil
	}
	_, err := db.List(ctx, q, func(r db.Rows) (struct{}, error) {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		names[id] = name
		return struct{}{}, err
	}, `SELECT id, name FROM staff WHERE id IN (`+marks(len(ids))+`)`, ids...)
	return names, err
}

// marks writes "$1, $2, …".
func marks(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(out, ", ")
}
