package person

import (
	"context"

	"xinqiao/internal/platform/db"
)

// mostNear bounds with how many others one person is compared.
const mostNear = 50

// nearQuery follows each blind index of a record to the others that share it.
const nearQuery = `SELECT p.id FROM person q JOIN person p ON p.phone_index = q.phone_index WHERE q.id = $1 AND p.id <> $1
	UNION SELECT p.id FROM person q JOIN person p ON p.id_no_index = q.id_no_index WHERE q.id = $1 AND p.id <> $1
	UNION SELECT p.id FROM person q JOIN person p ON p.name_birth_index = q.name_birth_index WHERE q.id = $1 AND p.id <> $1
	ORDER BY 1 DESC LIMIT $2`

func (s store) near(ctx context.Context, id int64) ([]int64, error) {
	return db.List(ctx, s.db.Read(), db.Value[int64], nearQuery, id, mostNear)
}
