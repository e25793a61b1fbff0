package hotline

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// EventKind says what happened to a call.
type EventKind string

// The kinds of event.
const (
	Rang        EventKind = "ringing"   // 振铃
	Picked      EventKind = "answered"  // 接听
	Ended       EventKind = "ended"     // 挂断
	HasRecorded EventKind = "recording" // 录音就绪
)

// Event is one post of the call centre.
type Event struct {
	ID   string
	Kind EventKind
	Call string // the call centre's own id of the call
	At   time.Time
	From string // the caller's number; empty or malformed: withheld
	Seat string // who answers, as the call centre names it
	URL  string // of the recording
	Sum  string // SHA-256 of the recording, hexadecimal, if known
}

const (
	// window is how old or early a post may be.
	window = 5 * time.Minute
	// longest is how long ago an event may have happened: a call centre that
	// was cut off hands in what it kept.
	longest = 7 * 24 * time.Hour
	idBytes = 100
)

// Sign makes the signature of a post: HMAC-SHA256 over the time in Unix
// seconds, a full stop, and the body. That of a recording signs the call's id
// and another full stop before the body.
func Sign(secret string, at time.Time, call string, body []byte) string {
	return "v1=" + hex.EncodeToString(mac(secret, strconv.FormatInt(at.Unix(), 10), call, body))
}

func mac(secret, stamp, call string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(stamp + "."))
	if call != "" {
		h.Write([]byte(call + "."))
	}
	h.Write(body)
	return h.Sum(nil)
}

// post is what a signature covers; call is empty but for a recording.
type post struct {
	stamp, signature, call string
	body                   []byte
}

// genuine checks a signature and its time. Several signatures, separated by
// spaces, let a secret be changed without a gap.
func genuine(secret string, p post, now time.Time) bool {
	n, err := strconv.ParseInt(p.stamp, 10, 64)
	if err != nil || secret == "" || len(p.stamp) > 12 {
		return false
	}
	if age := now.Sub(time.Unix(n, 0)); age > window || age < -window {
		return false
	}
	want := mac(secret, p.stamp, p.call, p.body)
	for _, one := range strings.Fields(p.signature) {
		given, err := hex.DecodeString(strings.TrimPrefix(one, "v1="))
		if err == nil && hmac.Equal(given, want) {
			return true
		}
	}
	return false
}

// check names what is wrong with an event.
func (e Event) check(now time.Time) error {
	f := fault.New(errEvent.Kind, errEvent.ID)
	if !plainID(e.ID) {
		f.Field("id", "hotline.id")
	}
	if !plainID(e.Call) {
		f.Field("call", "hotline.id")
	}
	switch e.Kind {
	case Rang, Picked, Ended, HasRecorded:
	default:
		f.Field("type", "hotline.kind")
	}
	if e.At.After(now.Add(window)) || e.At.Before(now.Add(-longest)) {
		f.Field("at", "hotline.moment")
	}
	if len(e.Seat) > idBytes {
		f.Field("agent", "hotline.id")
	}
	if len(e.URL) > 2000 || e.Sum != "" && !hexSum(e.Sum) {
		f.Field("recording", "hotline.recording")
	}
	return f.OrNil()
}

// plainID is visible ASCII: ids end up in logs of others.
func plainID(s string) bool {
	if s == "" || len(s) > idBytes {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func hexSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

// apply fills in what an event tells. It never takes anything back, so events
// may come in any order.
func (s *Service) apply(c Call, e Event) Call {
	if c.FirstAt.IsZero() || e.At.Before(c.FirstAt) {
		c.FirstAt = e.At
	}
	if c.from == nil {
		if p, err := identity.ParsePhone(e.From); err == nil && e.From != "" {
			c.from = s.Keys.Seal(purpose(c.ID, "from"), []byte(p.Number))
			c.index, c.Mask = s.Keys.Index(phonePurpose, p.Number), identity.MaskPhone(p.Number)
		}
	}
	if c.Seat == "" {
		c.Seat = e.Seat
	}
	switch e.Kind {
	case Rang:
		c.RangAt = earlier(c.RangAt, e.At)
	case Picked:
		c.AnsweredAt = earlier(c.AnsweredAt, e.At)
		if e.Seat != "" {
			c.Seat = e.Seat
		}
	case Ended:
		if c.EndedAt.IsZero() || e.At.After(c.EndedAt) {
			c.EndedAt = e.At
		}
	case HasRecorded:
		if c.Recording == "" && e.URL != "" {
			c.Recording, c.RecordingDue, c.RecordingSum = "wanted", e.At, strings.ToLower(e.Sum)
			c.url = s.Keys.Seal(purpose(c.ID, "url"), []byte(e.URL))
		}
	}
	return c
}

func earlier(have, at time.Time) time.Time {
	if have.IsZero() || at.Before(have) {
		return at
	}
	return have
}

// Tell takes one event of a line and gives the call it belongs to. The same
// event again changes nothing.
func (s *Service) Tell(ctx context.Context, door string, e Event, now time.Time) (Call, bool, error) {
	if err := e.check(now); err != nil {
		return Call{}, false, err
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	for try := 0; ; try++ {
		c, again, err := s.tell(ctx, door, e, now)
		// Two first events at once: the second finds the call of the first.
		if err == nil || !db.IsUnique(err) || try > 2 {
			return c, again, err
		}
	}
}

func (s *Service) tell(ctx context.Context, door string, e Event, now time.Time) (c Call, again bool, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		id, err := s.store.told(ctx, tx, door, e.ID)
		if err != nil {
			return err
		}
		if again = id != 0; again {
			c, err = s.store.byID(ctx, tx, id)
			return err
		}
		var b db.Batch
		before, found, err := s.store.byExternal(ctx, tx, door, e.Call)
		if err != nil {
			return err
		}
		if !found {
			before = Call{ID: s.IDs.Next(), Door: door, External: e.Call}
		}
		c = s.apply(before, e)
		if found {
			updateTold(&b, c)
		} else {
			insertCall(&b, c)
		}
		insertEvent(&b, c, e, now)
		return tx.Send(ctx, &b)
	})
	return c, again, err
}
