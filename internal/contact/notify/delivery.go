package notify

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"time"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/sender"
)

// State is where a message stands.
type State string

// The states. Sending is claimed by a worker, or left without an answer: which
// of the two, the next one who takes it finds out before anything is sent.
const (
	Queued    State = "queued"
	Sending   State = "sending"
	Sent      State = "sent" // the carrier has it
	Delivered State = "delivered"
	Read      State = "read"
	Failed    State = "failed"  // given up, by a person or for a dead address
	Stuck     State = "stuck"   // a person must decide
	Dropped   State = "dropped" // no longer true, or nobody to send to
)

// States lists them in display order.
var States = []State{Queued, Sending, Sent, Delivered, Read, Stuck, Failed, Dropped}

// Class says why a message did not get through.
type Class string

// The classes.
const (
	NoError     Class = ""
	Busy        Class = "busy"        // the carrier did not take it yet
	Exhausted   Class = "exhausted"   // it never did
	Refused     Class = "refused"     // the carrier will not take it
	Unknown     Class = "unknown"     // no answer: it may have left
	Undelivered Class = "undelivered" // taken, but reported as failed
	DeadAddress Class = "dead"        // the address is no more
	NoAddress   Class = "no_address"  // nothing to send to
	Moot        Class = "moot"        // no longer true when its turn came
	Unwanted    Class = "unwanted"    // given up by a person
)

// inappKey is the key of what lies in a tray.
func inappKey(reminderID, staffID int64) string {
	return "r" + short(reminderID) + "-inapp-" + short(staffID)
}

// delivery is one message to one address.
type delivery struct {
	ID        int64
	Key       string
	Way       sender.Way
	Template  string
	StaffID   int64 // 0 = the petitioner of the case
	CaseID    int64 // 0 = a digest
	PointID   int64 // 0 = the phone that the case was filed with
	PersonID  int64 // one who signed too; 0 = the one who filed
	AreaID    int64
	Day       string
	Digest    bool
	Hidden    bool // of the confidential lane
	State     State
	Attempts  int
	NextAt    time.Time
	Carrier   string
	CarrierID string
	Class     Class
	Code      string

	CreatedAt, SentAt, DeliveredAt, ReadAt time.Time
}

const (
	lease       = 2 * time.Minute  // longer than any sender may take
	sendTime    = 45 * time.Second // for one message
	mostTries   = 8
	reportWait  = time.Hour // how long a report may take that decides an unknown outcome
	firstPause  = 30 * time.Second
	longestWait = 2 * time.Hour
)

// backoff is the pause before the next try: doubling, within a quarter more or
// less, so that what failed together does not come back together. The jitter
// is the message's own: the same message waits the same.
func backoff(id int64, attempt int) time.Duration {
	pause := firstPause
	for i := 1; i < attempt && pause < longestWait; i++ {
		pause *= 2
	}
	pause = min(pause, longestWait)
	h := fnv.New32a()
	h.Write([]byte(short(id) + "/" + short(int64(attempt))))
	return pause*3/4 + pause/2*time.Duration(h.Sum32()%1000)/1000
}

// lane is what has workers of its own: a call takes most of a minute, and must
// not hold back messages.
type lane int

const (
	messages lane = iota
	calls
)

// workers are how many of a lane are on their way at once.
var workers = map[lane]int{messages: 4, calls: 2}

// Deliver sends everything that is due, oldest first, calls last. Several
// processes may do it at once.
func (s *Service) Deliver(ctx context.Context) error {
	if err := s.deliverAll(ctx, messages); err != nil {
		return err
	}
	return s.deliverAll(ctx, calls)
}

func (s *Service) deliverAll(ctx context.Context, l lane) error {
	for ctx.Err() == nil {
		if more, err := s.deliverOne(ctx, l); err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

// deliverOne claims one message and sends it. It is one at a time, so that a
// worker that is killed leaves one message in doubt and no more.
func (s *Service) deliverOne(ctx context.Context, l lane) (bool, error) {
	var mine []claimed
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		mine, err = s.store.claim(ctx, tx, s.Clock.Now(), l, 1)
		return err
	})
	for _, c := range mine {
		if err == nil {
			err = s.handle(ctx, c)
		}
	}
	return len(mine) > 0, err
}

// claimed is a message that this worker holds. Lost ones were being sent when
// their worker ended, or got no answer.
type claimed struct {
	delivery
	lost bool
}

// handle brings one claimed message one step further.
func (s *Service) handle(ctx context.Context, c claimed) error {
	out, ok := s.senders[c.Way]
	if !ok {
		return s.end(ctx, c, Stuck, Refused, "not_configured")
	}
	if c.lost {
		return s.recover(ctx, c, out)
	}
	return s.send(ctx, c, out)
}

// send composes the message from what is true now and hands it over.
func (s *Service) send(ctx context.Context, c claimed, out sender.Sender) error {
	now := s.Clock.Now()
	m, verdict, err := s.compose(ctx, c.delivery, now)
	switch {
	case err != nil:
		return s.later(ctx, c, now.Add(backoff(c.ID, c.Attempts)), "internal", err)
	case verdict.drop != NoError:
		return s.end(ctx, c, Dropped, verdict.drop, "")
	case verdict.wait.After(now):
		return s.store.putBack(ctx, c.delivery, verdict.wait)
	}
	sending, done := context.WithTimeout(ctx, sendTime)
	receipt, err := out.Send(sending, m)
	done()
	if err != nil {
		return s.failed(ctx, c, out, err)
	}
	return s.store.markSent(context.WithoutCancel(ctx), c.delivery, out.Name(), receipt.ID, s.Clock.Now())
}

// failed decides what an error of a sender means for the message.
func (s *Service) failed(ctx context.Context, c claimed, out sender.Sender, err error) error {
	ctx, now := context.WithoutCancel(ctx), s.Clock.Now()
	code := codeOf(err)
	switch sender.KindOf(err) {
	case sender.Permanent:
		if sender.Gone(err) && c.PointID != 0 {
			return s.store.bury(ctx, c.delivery, code)
		}
		return s.end(ctx, c, Stuck, Refused, code)
	case sender.Retryable:
		if c.Attempts >= mostTries {
			return s.end(ctx, c, Stuck, Exhausted, code)
		}
		pause := max(backoff(c.ID, c.Attempts), sender.RetryAfter(err))
		return s.later(ctx, c, now.Add(pause), code, err)
	}
	s.Log.WarnContext(ctx, "a message left without an answer", "delivery", c.ID, "way", string(c.Way), "carrier", out.Name(), "error", err)
	pause := backoff(c.ID, c.Attempts)
	if sender.AfterUnknown(out) == sender.Wait {
		pause = reportWait
	}
	return s.store.markUnknown(ctx, c.delivery, now.Add(pause), code)
}

// recover finds out what became of a message that was left without an answer,
// and sends it again only where that cannot make it two.
func (s *Service) recover(ctx context.Context, c claimed, out sender.Sender) error {
	now := s.Clock.Now()
	if c.Attempts >= mostTries {
		return s.end(ctx, c, Stuck, Unknown, c.Code)
	}
	switch sender.AfterUnknown(out) {
	case sender.Again:
		if d := out.(sender.Deduplicator).Deduplicates(); now.Sub(c.SentAt) < d {
			return s.send(ctx, c, out)
		}
	case sender.Inquire:
		return s.inquire(ctx, c, out.(sender.Asker), out)
	default:
		if c.Class != Unknown { // its worker ended: give the report its time
			return s.store.markUnknown(ctx, c.delivery, now.Add(reportWait), "")
		}
	}
	return s.end(ctx, c, Stuck, Unknown, c.Code)
}

// inquire asks the carrier about a message.
func (s *Service) inquire(ctx context.Context, c claimed, asker sender.Asker, out sender.Sender) error {
	now := s.Clock.Now()
	to, err := s.address(ctx, c.delivery, now)
	if err != nil {
		return s.store.markUnknown(ctx, c.delivery, now.Add(backoff(c.ID, c.Attempts)), "internal")
	}
	asking, done := context.WithTimeout(ctx, sendTime)
	report, err := asker.Ask(asking, sender.Sent{Key: c.Key, To: to, At: c.SentAt})
	done()
	switch {
	case err == nil:
		report.Key, report.Way = c.Key, c.Way
		if err := s.store.markSent(ctx, c.delivery, out.Name(), report.ID, c.SentAt); err != nil {
			return err
		}
		return s.Take(ctx, report)
	case errors.Is(err, sender.ErrUnheard):
		return s.send(ctx, c, out)
	}
	return s.store.markUnknown(ctx, c.delivery, now.Add(backoff(c.ID, c.Attempts)), codeOf(err))
}

func codeOf(err error) string {
	var e *sender.Error
	if errors.As(err, &e) {
		return clip(e.Code, 60)
	}
	return ""
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// later puts a message back for another try.
func (s *Service) later(ctx context.Context, c claimed, at time.Time, code string, cause error) error {
	s.Log.WarnContext(ctx, "a message waits", "delivery", c.ID, "way", string(c.Way), "attempt", c.Attempts, "error", cause)
	if c.Attempts >= mostTries {
		return s.end(ctx, c, Stuck, Exhausted, code)
	}
	return s.store.requeue(context.WithoutCancel(ctx), c.delivery, at, Busy, code)
}

// end settles a message for now.
func (s *Service) end(ctx context.Context, c claimed, to State, class Class, code string) error {
	return s.store.settle(context.WithoutCancel(ctx), c.delivery, to, class, code)
}

// errEarly asks a carrier to report again: the message that it speaks of is
// still being sent, and its receipt not yet noted.
var errEarly = errors.New("notify: a report of a message that is not noted yet")

// Take implements sender.Take: it notes what carriers report. A report may
// come twice, late, or before our own note; a message never moves back.
func (s *Service) Take(ctx context.Context, reports ...sender.Report) error {
	var early error
	for _, r := range reports {
		d, known, err := s.store.reported(ctx, r)
		if err != nil {
			return err
		}
		if !known {
			waiting, err := s.store.anySending(ctx, r.Way)
			if err != nil {
				return err
			}
			if waiting && r.Key == "" {
				early = errEarly
			}
			continue
		}
		if r.At.IsZero() {
			r.At = s.Clock.Now()
		}
		if err := s.store.note(ctx, d, r); err != nil {
			return err
		}
	}
	return early
}

// Run sends whenever messages are queued here, and looks for those of other
// processes and for retries from time to time. It returns when ctx ends. Every
// worker goes its own way, so that a slow carrier holds up one of them.
func (s *Service) Run(ctx context.Context, every time.Duration) {
	var all sync.WaitGroup
	for l, n := range workers {
		for range n {
			all.Go(func() { s.work(ctx, l, every) })
		}
	}
	all.Wait()
}

func (s *Service) work(ctx context.Context, l lane, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake[l]:
		case <-tick.C:
		}
		if err := s.deliverAll(ctx, l); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "messages wait", "error", err)
		}
	}
}
