package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Failure is a delivery that failed and waits for its next try, or was given
// up.
type Failure struct {
	ID         int64 // for Retry
	Subscriber string
	Event      Event
	Tries      int
	Reason     string    // the last error
	Next       time.Time // of the next try; zero when given up
}

// Failures lists the failed deliveries, up to limit: the stuck list.
func (j *Jobs) Failures(ctx context.Context, limit int) ([]Failure, error) {
	q, err := j.open()
	if err != nil {
		return nil, err
	}
	rows, err := q.failed(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("list failed deliveries: %w", err)
	}
	list := make([]Failure, 0, len(rows))
	for _, row := range rows {
		var d delivery
		if err := json.Unmarshal(row.EncodedArgs, &d); err != nil {
			return nil, fmt.Errorf("read failed delivery %d: %w", row.ID, err)
		}
		f := Failure{ID: row.ID, Subscriber: d.Subscriber, Event: d.Event, Tries: row.Attempt}
		if n := len(row.Errors); n > 0 {
			f.Reason = row.Errors[n-1].Error
		}
		if row.State != rivertype.JobStateDiscarded {
			f.Next = row.ScheduledAt
		}
		list = append(list, f)
	}
	return list, nil
}

// Retry makes a failed delivery due at once.
func (j *Jobs) Retry(ctx context.Context, id int64) error {
	q, err := j.open()
	if err != nil {
		return err
	}
	if err := q.retryNow(ctx, id); err != nil {
		return fmt.Errorf("retry delivery %d: %w", id, err)
	}
	return nil
}

func (c *client[T]) failed(ctx context.Context, limit int) ([]*rivertype.JobRow, error) {
	result, err := c.JobList(ctx, river.NewJobListParams().Kinds(delivery{}.Kind()).
		States(rivertype.JobStateAvailable, rivertype.JobStateRetryable, rivertype.JobStateDiscarded).First(limit))
	if err != nil {
		return nil, err
	}
	return result.Jobs, nil
}

func (c *client[T]) retryNow(ctx context.Context, id int64) error {
	_, err := c.JobRetry(ctx, id)
	return err
}
