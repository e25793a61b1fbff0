package phone

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/sendertest"
	"xinqiao/internal/platform/speech"
)

// message goes to a number of its own.
func message(key string) sender.Message {
	h := fnv.New32()
	h.Write([]byte(key))
	return sender.Message{Key: key, To: fmt.Sprintf("999%08d", h.Sum32()%1e8), Title: "信访事项", Text: "您的信访事项MC26-0A1B-7K3F已受理。", Lang: "zh"}
}

func TestPromises(t *testing.T) {
	sendertest.Exercise(t, func(t *testing.T) *sendertest.Bench {
		t.Parallel()
		x := newExchange(t, "open-sesame")
		c := config(x.port)
		c.Line.Secret = x.account
		answer := func(code int, after string) decision {
			return func(*taken) (int, string) { return code, after }
		}
		return &sendertest.Bench{
			Sender:  dialler(t, c),
			Message: message,
			Secrets: []string{x.account, "99900000000"},
			Arrived: func(key string) int { return len(x.to(message(key).To)) },
			Down:    x.close,
			Up:      x.open,
			Busy:    func(wait time.Duration) { x.next(answer(486, strconv.Itoa(int(wait.Seconds())))) },
			Refused: func(key string) sender.Message { x.next(answer(604, "")); return message(key) },
			Hang:    func() { x.next(func(c *taken) (int, string) { c.deaf = true; return 200, "" }) },
			Misset: func() sender.Sender {
				c := c
				c.Line.Secret = "guessed"
				return dialler(t, c)
			},
		}
	})
}

// reported collects what a sender tells later.
type reported struct {
	mu   sync.Mutex
	list []sender.Report
}

func (r *reported) take(_ context.Context, reports ...sender.Report) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, reports...)
	return nil
}

func (r *reported) all() []sender.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}

// TestHeardAsSpoken compares what arrives with what the voice said.
func TestHeardAsSpoken(t *testing.T) {
	t.Parallel()
	x := newExchange(t, "")
	c := config(x.port)
	s := dialler(t, c)
	m := message("sound")
	r, err := s.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	said, err := c.Voice.Speak(t.Context(), speech.Utterance{Text: m.Title + "。\n" + m.Text, Lang: "zh"})
	if err != nil {
		t.Fatal(err)
	}
	said = append(speech.Silence(c.Pause), said...)
	call := x.to(m.To)[0]
	heard := call.sound()
	if len(heard) < len(said) {
		t.Fatalf("%d samples said, %d heard", len(said), len(heard))
	}
	if k := correlation(said, heard[:len(said)]); k < 0.999 {
		t.Errorf("what was heard resembles what was said by %.4f", k)
	}
	if r.ID != call.id {
		t.Error("the receipt does not name the call")
	}
	packets := call.heard()
	for i, p := range packets[1:] {
		if p.SSRC != packets[0].SSRC || len(p.Payload) != 160 || p.SequenceNumber != packets[i].SequenceNumber+1 {
			t.Fatalf("packet %d: %v", i+1, p.Header)
		}
	}
}

// correlation is 1 for equal shapes.
func correlation(a, b []int16) float64 {
	var ab, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}

// TestConfirmed: key 1 counts after the text and not before.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		key   byte
		after int
		want  sender.Status
	}{
		{"after the text", 1, 16, sender.Read},
		{"in the middle", 1, 5, sender.Delivered},
		{"another key", 3, 16, sender.Delivered},
		{"none", 0, 0, sender.Delivered},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, "")
			x.next(func(call *taken) (int, string) { call.key, call.after = c.key, c.after; return 200, "" })
			var got reported
			s := dialler(t, config(x.port))
			s.Tell(got.take)
			if _, err := s.Send(t.Context(), message("key")); err != nil {
				t.Fatal(err)
			}
			if list := got.all(); len(list) != 1 || list[0].Status != c.want || list[0].Key != "key" {
				t.Errorf("reported %v, want %s", list, c.want)
			}
		})
	}
}

// TestAgain: key 2 reads the text once more.
func TestAgain(t *testing.T) {
	t.Parallel()
	x := newExchange(t, "")
	x.next(func(call *taken) (int, string) { call.key, call.after = 2, 16; return 200, "" })
	s := dialler(t, config(x.port))
	if _, err := s.Send(t.Context(), message("again")); err != nil {
		t.Fatal(err)
	}
	if n := len(x.to(message("again").To)[0].heard()); n < 42 {
		t.Errorf("%d packets: read once", n)
	}
}

// TestOneCallPerKey: the same key at the same time is one call, and so it is
// after it was told.
func TestOneCallPerKey(t *testing.T) {
	t.Parallel()
	x := newExchange(t, "")
	s := dialler(t, config(x.port))
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if _, err := s.Send(t.Context(), message("once")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if _, err := s.Send(t.Context(), message("once")); err != nil {
		t.Error(err)
	}
	if n := len(x.to(message("once").To)); n != 1 {
		t.Fatalf("rang %d times", n)
	}
	// Another process cannot know; the exchange can, by the Call-ID.
	if _, err := dialler(t, config(x.port)).Send(t.Context(), message("once")); err != nil {
		t.Error(err)
	}
	if calls := x.to(message("once").To); len(calls) != 2 || calls[0].id != calls[1].id {
		t.Error("the same key is another call to the exchange")
	}
}

// TestLostIsNotRepeated but when the operator allows it.
func TestLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	for again, want := range map[bool]int{false: 1, true: 2} {
		t.Run(fmt.Sprint(again), func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, "")
			x.next(func(c *taken) (int, string) { c.deaf = true; return 200, "" })
			c := config(x.port)
			c.AgainAfterLost = again
			s := dialler(t, c)
			if _, err := s.Send(t.Context(), message("lost")); sender.KindOf(err) != sender.Unknown {
				t.Fatal(err)
			}
			_, err := s.Send(t.Context(), message("lost"))
			if n := len(x.to(message("lost").To)); n != want {
				t.Errorf("rang %d times, want %d (%v)", n, want, err)
			}
		})
	}
}

// TestGoesOn: who sends may lose patience in the middle of a conversation, but
// not those who converse. The end is reported.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		deaf bool
		want []sender.Status
	}{
		{"to its end", false, []sender.Status{sender.Delivered}},
		{"and is lost", true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, "")
			x.next(func(call *taken) (int, string) { call.deaf = c.deaf; return 200, "" })
			var got reported
			s := dialler(t, config(x.port))
			s.Tell(got.take)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if _, err := s.Send(ctx, message("on")); sender.KindOf(err) != sender.Unknown {
				t.Fatal(err)
			}
			if list := got.all(); len(list) > 0 {
				t.Fatalf("reported too early: %v", list)
			}
			s.calls.Wait()
			list := got.all()
			if len(list) != len(c.want) || len(list) > 0 && list[0].Status != c.want[0] {
				t.Errorf("reported %v, want %v", list, c.want)
			}
			if n := len(x.to(message("on").To)[0].heard()); n < 30 {
				t.Errorf("%d packets: broken off", n)
			}
		})
	}
}

// TestInterrupted: ringing does end with its sender, and the house takes leave
// when it closes.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	x := newExchange(t, "")
	var got reported
	s := dialler(t, config(x.port))
	s.Tell(got.take)
	time.AfterFunc(150*time.Millisecond, func() { s.Close() })
	if _, err := s.Send(t.Context(), message("closed")); sender.KindOf(err) != sender.Retryable {
		t.Error(err)
	}
	if list := got.all(); len(list) != 0 {
		t.Errorf("reported %v to a sender who waits", list)
	}
}

// TestLines: no more calls at once than there are lines.
func TestLines(t *testing.T) {
	t.Parallel()
	x := newExchange(t, "")
	c := config(x.port)
	c.Calls = 1
	s := dialler(t, c)
	begin := time.Now()
	var group sync.WaitGroup
	for _, key := range []string{"a", "b"} {
		group.Go(func() {
			if _, err := s.Send(t.Context(), message(key)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if d := time.Since(begin); d < 1100*time.Millisecond {
		t.Errorf("two calls of 0.6 s over one line took %v", d)
	}
}

func TestNumber(t *testing.T) {
	c := Config{Prefix: "9"}
	for in, want := range map[string]string{
		"139 9990-0000":   "913999900000",
		"(010)9990000":    "90109990000",
		"+8613999900000":  "+8613999900000",
		"12345":           "912345",
		"110":             "",
		"+110":            "",
		"+15550100":       "",
		"0015550100":      "",
		"12":              "",
		"1399990000;x=1":  "",
		"sip:10@evil.com": "",
		"":                "",
	} {
		if got, _ := c.number(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	c.Abroad = true
	if got, _ := c.number("+15550100"); got != "+15550100" {
		t.Error("abroad is allowed, yet refused")
	}
}

// TestRealVoice rings with espeak-ng, and somebody hears what it said.
func TestRealVoice(t *testing.T) {
	t.Parallel()
	voice := speech.Espeak{}
	if err := voice.Check(t.Context()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	x := newExchange(t, "")
	said, err := voice.Speak(t.Context(), speech.Utterance{Text: "您好。", Lang: "zh"})
	if err != nil {
		t.Fatal(err)
	}
	x.next(func(call *taken) (int, string) {
		call.key, call.after = 1, len(said)/160+10
		return 200, ""
	})
	c := config(x.port)
	c.Voice = voice
	m := message("voice")
	m.Title, m.Text = "", "您好。"
	if r, err := dialler(t, c).Send(t.Context(), m); err != nil || r.Note != "confirmed by key 1" {
		t.Fatal(r, err)
	}
	said = append(speech.Silence(c.Pause), said...)
	if k := correlation(said, x.to(m.To)[0].sound()[:len(said)]); k < 0.99 {
		t.Errorf("what was heard resembles what was said by %.4f", k)
	}
}
