package notify

import (
	"context"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
)

// Threads gives the mail with which a petitioner came, so that ours answers it.
type Threads interface {
	MessageID(ctx context.Context, caseID int64) (string, error) // "" when it was none
}

// BindAlong notes, in the unit of work that registers a case, the address from
// which its petitioner wrote: there they are told. A way that is not
// configured, and an address that is none, change nothing; a short message
// follows then, as for everybody.
func (s *Service) BindAlong(b *db.Batch, caseID int64, way sender.Way, text string, now time.Time) {
	address, mask, wrong := normalAddress(way, text)
	if s.senders[way] == nil || wrong != "" {
		return
	}
	bindPoint(b, s.seal(point{CaseID: caseID, Way: way}, address, mask, now), choice{Way: way, Lang: i18n.ZH}, now)
}

// answering makes a mail the answer to the one that a petitioner came with,
// and, at its registration, gives the query code: who writes by mail sees no
// receipt page.
func (s *Service) answering(ctx context.Context, m *sender.Message, d delivery, receipt bool, no string) error {
	if d.Way != sender.Mail || s.Threads == nil {
		return nil
	}
	id, err := s.Threads.MessageID(ctx, d.CaseID)
	if err != nil || id == "" {
		return err
	}
	m.InReplyTo = id
	if receipt && s.Codes != nil {
		m.Text += s.Words.Text(m.Lang, "notify.notice.receipt.code", s.Codes(no))
	}
	return nil
}
