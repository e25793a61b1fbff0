package person

import (
	"context"

	"xinqiao/internal/platform/db"
)

// mostNear bounds with how many others one person is compared.
const mostNear = 50

const nearQuery = `SELECT id FROM person WHERE phone_index = (SELECT phone_index FROM person WHERE id = $1) AND id <> $1 ORDER BY id DESC LIMIT $2`

func (s store) near(ctx context.Context, id int64) ([]int64, error) {
	return db.List(ctx, s.db.Read(), db.Value[int64], nearQuery, id, mostNear)
}
