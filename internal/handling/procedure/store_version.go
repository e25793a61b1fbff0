package procedure

import (
	"context"

	"xinqiao/internal/platform/db"
)

// countedAtMost bounds the count of cases under one version of the rules.
const countedAtMost = 10_000

// OpenUnder counts the open cases that run under a version of the rules, up to
// a bound; more tells that there are others. Who reads it sees no cases, so
// those of the confidential lane are left out.
func (s *Service) OpenUnder(ctx context.Context, version string) (n int, more bool, err error) {
	count, err := db.One(ctx, s.db.Read(), db.Value[int64], `
		SELECT count(*) FROM (SELECT 1 FROM case_file WHERE open AND lane = 'open' AND rule_version = $1 LIMIT $2) AS bounded`,
		version, countedAtMost+1)
	return min(int(count), countedAtMost), count > countedAtMost, err
}
