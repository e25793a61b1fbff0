package client

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
)

// told are the events that a petitioner learns of, too; what units and bureaus
// settle among themselves is not told.
var told = []string{
	"case.registered", "case.accepted", "case.declined", "case.diverted", "case.material_requested", "case.extension_ruled",
	"case.served", "case.replied", "case.concluded", "case.supplemented", "case.withdrawn", "case.contested", "case.rated", "case.archived",
}

// Schedule registers what listens and what is sent.
func (s *Service) Schedule(j *jobs.Jobs) {
	j.Subscribe(jobs.Subscriber{Name: "client.messages", Kinds: told, Handle: func(ctx context.Context, tx db.Tx, events []jobs.Event) error {
		for _, e := range events {
			if err := queue(ctx, tx, e.Subject, message{ID: e.ID, Event: e.Kind, At: e.At}); err != nil {
				return err
			}
		}
		return nil
	}})
	j.Periodic("client.deliver", 5*time.Second, s.Deliver)
	j.Periodic("client.forget", 24*time.Hour, func(ctx context.Context) error { return s.forget(ctx, s.Clock.Now()) })
}
