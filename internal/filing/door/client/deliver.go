package client

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/hook"
)

// The patience of webhooks: 30 s, 1 min, 2 min … 6 h, and after twelve tries
// the list of the dead.
const (
	firstWait    = 30 * time.Second
	longWait     = 6 * time.Hour
	mostAttempts = 12
	attemptLease = time.Minute
	atOnce       = 100
)

// Told is the body of a webhook.
type Told struct {
	ID    string    `json:"id"`    // the same at every attempt
	Event string    `json:"event"` // such as case.accepted
	No    string    `json:"no"`    // number of the case
	State string    `json:"state"` // as it stands when the message leaves
	At    time.Time `json:"at"`    // when it happened
}

// Deliver tells clients what waits for them, oldest first.
func (s *Service) Deliver(ctx context.Context) error {
	list, err := s.due(ctx, s.Clock.Now(), atOnce)
	if err != nil {
		return err
	}
	away := map[int64]bool{} // one that does not answer is not asked a hundred times
	for _, m := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if away[m.ClientID] {
			continue
		}
		ok, err := s.deliver(ctx, m)
		if err != nil {
			return err
		}
		away[m.ClientID] = !ok
	}
	return nil
}

// deliver makes one attempt; false when the other side did not take it.
func (s *Service) deliver(ctx context.Context, m message) (bool, error) {
	now := s.Clock.Now()
	if got, err := s.claim(ctx, m, now, now.Add(attemptLease)); err != nil || !got {
		return true, err
	}
	m.Attempts++
	err := s.post(ctx, m, now)
	var b db.Batch
	if err == nil {
		delivered(&b, m.ID)
	} else {
		wait := min(firstWait<<min(m.Attempts-1, 20), longWait)
		failed(&b, m.ID, now.Add(wait), m.Attempts >= mostAttempts, reason(err))
	}
	return err == nil, s.DB.Send(context.WithoutCancel(ctx), &b)
}

// reason is kept for the administrator; hook's errors name no address.
func reason(err error) string {
	if f, ok := fault.As(err); ok {
		return f.ID
	}
	return err.Error()
}

func (s *Service) post(ctx context.Context, m message, now time.Time) error {
	c, err := s.Client(ctx, m.ClientID)
	if err != nil {
		return err
	}
	secret, err := s.Keys.Unseal(secretPurpose, c.secret)
	if err != nil {
		return err
	}
	standing, err := s.Cases.Case(ctx, access.Actor{Role: access.System}, m.CaseNo)
	if err != nil {
		return err
	}
	id := strconv.FormatInt(m.ID, 10)
	body, err := json.Marshal(Told{ID: id, Event: m.Event, No: m.CaseNo, State: string(standing.State), At: m.At})
	if err != nil {
		return err
	}
	return s.Hook.Post(ctx, c.Webhook, hook.Message{ID: id, At: now, Body: body, Secret: secret})
}
