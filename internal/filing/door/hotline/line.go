package hotline

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/db"
)

// line is one open hotline of the registry.
type line struct {
	*Service
	code   string
	secret string
	origin string // where recordings may be fetched; "" nowhere
	short  time.Duration
	tick   time.Duration
}

const (
	kindName = "hotline"
	// settled is how long after its end a call counts as missed: the news that
	// it was answered may come late.
	settled    = 2 * time.Minute
	missedEach = 20 // a round
	round      = 15 * time.Second
	leastKey   = 16
)

// Kind describes the hotline to the registry.
func Kind(s *Service) door.Kind {
	return door.Kind{
		Name: kindName,
		Fields: []door.Field{
			{Name: "secret", Secret: true, Need: true},
			{Name: "recordings"},
			{Name: "missed_seconds", Default: "10"},
		},
		Open: func(st door.Setting) (door.Door, error) { return s.open(st) },
	}
}

func (s *Service) open(st door.Setting) (*line, error) {
	l := &line{Service: s, code: st.Code, secret: st.Values["secret"], origin: st.Values["recordings"], tick: round}
	if len(l.secret) < leastKey {
		return nil, fmt.Errorf("secret: at least %d characters", leastKey)
	}
	if l.origin != "" {
		if u, err := url.Parse(l.origin); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, errors.New("recordings: an address such as https://pbx.example/recordings/")
		}
	}
	seconds := 10
	if v := st.Values["missed_seconds"]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > 600 {
			return nil, errors.New("missed_seconds: a number from 0 to 600")
		}
		seconds = n
	}
	l.short = time.Duration(seconds) * time.Second
	return l, nil
}

// line gives an open line of the registry.
func (s *Service) line(ctx context.Context, code string) (*line, error) {
	all, err := s.Doors.Active(ctx, kindName)
	if err != nil {
		return nil, err
	}
	for _, st := range all {
		if st.Code == code {
			return s.open(st)
		}
	}
	return nil, ErrClosed
}

// Run hands missed calls to the tray. The posts come over HTTP, to whichever
// process they reach.
func (l *line) Run(ctx context.Context, sink door.Sink) error {
	t := time.NewTicker(l.tick)
	defer t.Stop()
	for {
		if err := l.pass(ctx, sink); err != nil && ctx.Err() == nil {
			l.Log.Warn("missed calls wait for the tray", "door", l.code, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// Probe tells whether posts can be kept; whether the call centre posts shows in
// the list of calls.
func (l *line) Probe(ctx context.Context) error { return l.DB.Ping(ctx) }

// pass hands calls that nobody answered to the tray, so that somebody rings
// back. The call's own id is the key: a crash in between hands it over twice,
// and the tray takes it once.
func (l *line) pass(ctx context.Context, sink door.Sink) error {
	now := l.Clock.Now()
	for {
		list, err := l.store.unanswered(ctx, l.code, now.Add(-settled), missedEach)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			if err := l.passOne(ctx, sink, c, now); err != nil {
				return err
			}
		}
	}
}

func (l *line) passOne(ctx context.Context, sink door.Sink, c Call, now time.Time) error {
	later, err := l.store.answeredAfter(ctx, c)
	if err != nil {
		return err
	}
	waited, known := c.Waited()
	if from := l.phone(c); from != "" && !later && (!known || waited >= l.short) {
		a := door.Arrival{Door: l.code, Key: c.External, At: c.FirstAt, Thread: "phone:" + fmt.Sprintf("%x", c.index), From: from, Draft: door.Draft{
			Channel: casework.Phone, Kind: casework.Order, Title: "未接来电，请回拨", Person: door.Person{Phone: from},
		}}
		if _, err := sink.Take(ctx, a); err != nil {
			return err
		}
	}
	var b db.Batch
	pass(&b, c.ID, now)
	return l.DB.Send(ctx, &b)
}
