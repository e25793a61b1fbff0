package notify

import (
	"context"
	"slices"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/sender"
)

// Signers are the persons who signed a case beside the one who filed it.
type Signers interface {
	// Signers pages through them; next is 0 after the last.
	Signers(ctx context.Context, caseID, after int64, limit int) (persons []int64, next int64, err error)
}

// jointNotices are of what all signers are told: the one reply, and the end.
var jointNotices = []string{"served", "concluded", "declined"}

const signersAtOnce = 200

// queueJoint adds the notices of one event to all who signed, by short
// message: they left nothing but a number.
func (s *Service) queueJoint(ctx context.Context, b *db.Batch, c casework.Case, e jobs.Event) error {
	kind := notices[e.Kind]
	if s.Signers == nil || s.senders[sender.SMS] == nil || c.People < 2 || !slices.Contains(jointNotices, kind) {
		return nil
	}
	now := s.Clock.Now()
	for after := int64(0); ; {
		persons, next, err := s.Signers.Signers(ctx, c.ID, after, signersAtOnce)
		if err != nil {
			return err
		}
		for _, id := range persons {
			enqueue(b, delivery{
				ID: s.IDs.Next(), Key: "e" + short(e.ID) + "-sms-p" + short(id), Way: sender.SMS, Template: "notice." + kind,
				CaseID: c.ID, PersonID: id, AreaID: areaOf(c), Day: calendar.On(now).String(), State: Queued, NextAt: now, CreatedAt: now,
			})
		}
		if after = next; next == 0 {
			return nil
		}
	}
}
