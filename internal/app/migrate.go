package app

import (
	"context"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/logx"
	"xinqiao/migrations"
)

// open opens the database alone, for commands about its schema.
func open(ctx context.Context, c Config) (*db.DB, error) {
	url, err := c.DatabaseURL()
	if err != nil {
		return nil, err
	}
	return db.Open(ctx, url, db.Options{Logger: logx.New(c.Err, c.LogFormat, c.LogLevel)})
}
