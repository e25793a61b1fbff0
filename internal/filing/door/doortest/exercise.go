package doortest

import (
	"context"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/filing/door"
)

// Subject is a door under test with its counterpart: a double of the mail
// server, the gateway, the other city's system.
type Subject struct {
	// Open makes the door, connected to the counterpart. The sink is for doors
	// that are called over HTTP, whose handler takes outside Run.
	Open func(t *testing.T, sink door.Sink) door.Door
	// Send lets the counterpart deliver message n. Called again with the same n
	// it is the same message once more; where messages lie until they are
	// fetched, that is nothing to do. Its error is what the sender was told.
	Send func(n int) error
	// Acknowledged: when Send gives no error the sender was told that the
	// message is safe, so it must be in the sink.
	Acknowledged bool
	// Break takes the counterpart away, Mend brings it back; nil when the door
	// has none.
	Break, Mend func()
	// Private must not be found in any error: what the messages say, who sent
	// them.
	Private []string
	// Patience is how long the door may take for one message; 5 s if zero.
	Patience time.Duration
}

// Exercise runs what every door must pass. Each part opens the door anew, as
// after a crash of the program.
func Exercise(t *testing.T, s Subject) {
	if s.Patience == 0 {
		s.Patience = 5 * time.Second
	}
	t.Run("the same message twice is one arrival", s.twice)
	t.Run("what the sink refuses comes again", s.refused)
	t.Run("a lost answer doubles nothing", s.lost)
	t.Run("a crash before the commit loses nothing", s.crashed)
	t.Run("the probe tells whether the counterpart is there", s.probed)
	t.Run("the door closes when it is told to", s.closes)
}

// session is one opening of the door.
type session struct {
	*testing.T
	Subject
	sink  *Sink
	stop  context.CancelFunc
	ended chan error
}

func (s Subject) start(t *testing.T, sink *Sink) *session {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	o := &session{T: t, Subject: s, sink: sink, stop: stop, ended: make(chan error, 1)}
	d := s.Open(t, sink)
	go func() { o.ended <- d.Run(ctx, sink) }()
	t.Cleanup(o.close)
	return o
}

func (o *session) close() {
	o.Helper()
	o.stop()
	select {
	case err := <-o.ended:
		o.private(err)
		o.ended <- nil
	case <-time.After(o.Patience):
		o.Error("Run does not end with its context")
		o.ended <- nil
	}
}

// private looks for what must not be in an error.
func (o *session) private(err error) {
	o.Helper()
	for _, p := range o.Private {
		if err != nil && strings.Contains(err.Error(), p) {
			o.Errorf("an error gives away what somebody said or who it was: %q is in %q", p, err)
		}
	}
}

// deliver sends until the sink has what it is to have; a sender that was told
// of a failure tries again.
func (o *session) deliver(n, want int) {
	o.Helper()
	for end := time.After(o.Patience); ; {
		err := o.Send(n)
		o.private(err)
		if o.Acknowledged && err == nil && len(o.sink.All()) < want {
			o.Fatalf("the sender of message %d was told that it is safe, and it is not", n)
		}
		for range 20 {
			if len(o.sink.All()) >= want && err == nil {
				return
			}
			select {
			case <-end:
				o.Fatalf("message %d: %d arrivals in the sink, not %d (last error: %v)", n, len(o.sink.All()), want, err)
			case err := <-o.ended:
				o.private(err)
				o.Fatalf("Run gave up: %v", err)
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

// exactly checks the number of arrivals and that each has what it needs.
func (o *session) exactly(want int) {
	o.Helper()
	time.Sleep(50 * time.Millisecond) // for one too many
	all := o.sink.All()
	if len(all) != want {
		o.Fatalf("%d arrivals, not %d", len(all), want)
	}
	for _, a := range all {
		if a.Door == "" || a.Key == "" || len(a.Key) > 200 || a.At.IsZero() {
			o.Errorf("an arrival without door, key or time: door %q, %d bytes of key, at %v", a.Door, len(a.Key), a.At)
		}
	}
}

func (s Subject) twice(t *testing.T) {
	o := s.start(t, &Sink{})
	o.deliver(1, 1)
	if err := o.Send(1); err != nil {
		o.Errorf("the same message again is refused: %v", err)
	}
	o.exactly(1)
	o.deliver(2, 2)
	o.exactly(2)
}

func (s Subject) refused(t *testing.T) {
	sink := &Sink{}
	o := s.start(t, sink)
	sink.Refuse(2)
	o.deliver(3, 1)
	for end := time.Now().Add(o.Patience); sink.Calls() < 3 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	o.once()
}

func (s Subject) lost(t *testing.T) {
	sink := &Sink{}
	o := s.start(t, sink)
	sink.Lose(1)
	o.deliver(4, 1)
	o.deliver(4, 1)
	o.once()
}

func (s Subject) crashed(t *testing.T) {
	sink := &Sink{}
	sink.Refuse(1 << 30)
	first := s.start(t, sink)
	for range 3 {
		first.private(first.Send(5))
		time.Sleep(20 * time.Millisecond)
	}
	first.close()
	if len(sink.All()) != 0 {
		t.Fatal("the sink kept what it refused")
	}
	sink.Refuse(0)
	second := s.start(t, sink)
	second.deliver(5, 1)
	second.once()
}

// once waits until things are quiet and checks that no key is there twice.
// Earlier messages may lie with the counterpart still, and so come again.
func (o *session) once() {
	o.Helper()
	time.Sleep(50 * time.Millisecond)
	seen := map[string]bool{}
	for _, a := range o.sink.All() {
		if seen[a.Door+"\x00"+a.Key] {
			o.Errorf("an arrival is there twice")
		}
		seen[a.Door+"\x00"+a.Key] = true
	}
}

func (s Subject) probed(t *testing.T) {
	o := s.start(t, &Sink{})
	d := s.Open(t, o.sink)
	probe := func() error {
		ctx, done := context.WithTimeout(t.Context(), s.Patience)
		defer done()
		err := d.Probe(ctx)
		o.private(err)
		return err
	}
	if err := probe(); err != nil {
		t.Fatalf("the counterpart is there, and the probe fails: %v", err)
	}
	if s.Break == nil {
		return
	}
	s.Break()
	if err := probe(); err == nil {
		t.Error("the counterpart is gone, and the probe finds nothing wrong")
	}
	s.Mend()
	for end := time.Now().Add(s.Patience); ; time.Sleep(20 * time.Millisecond) {
		err := probe()
		if err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the counterpart is back, and the probe fails: %v", err)
		}
	}
}

func (s Subject) closes(t *testing.T) {
	o := s.start(t, &Sink{})
	time.Sleep(20 * time.Millisecond)
	begun := time.Now()
	o.close()
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("Run took %v to end", took)
	}
}
