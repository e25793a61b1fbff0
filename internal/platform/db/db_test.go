package db_test

import (
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

func TestExercise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { dbtest.Exercise(t, d) })
}
