// Package phone (电话语音) rings somebody up and reads a message to them, over a
// SIP trunk.
//
// A call that is answered is not a message that is heard. Delivered is reported
// when the text was read to its end and the other side was still there to be
// taken leave of; Read when they pressed 1 to confirm it. A call that broke off
// without goodbye is Unknown: it is not made again for the same key unless the
// operator allows it.
//
// A conversation may outlast the patience of whoever sends. Once somebody has
// picked up it goes on without them: they get Unknown, and the report when it
// is over.
package phone

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

// Sender calls people.
type Sender struct {
	c      Config
	line   *telephone.Line
	slots  chan struct{}
	memory memory
	take   atomic.Pointer[sender.Take]

	ctx   context.Context // of conversations; ends with Close
	stop  context.CancelFunc
	calls sync.WaitGroup
}

var _ sender.Sender = (*Sender)(nil)

// New opens the line. Close it when done.
func New(c Config) (*Sender, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	line, err := telephone.Open(c.Line, nil)
	if err != nil {
		return nil, err
	}
	s := &Sender{
		c: c, line: line, slots: make(chan struct{}, c.Calls),
		memory: memory{again: c.AgainAfterLost, calls: map[string]*outcome{}},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// Tell makes take learn how calls ended, from now on.
func (s *Sender) Tell(take sender.Take) { s.take.Store(&take) }

// Close takes leave of everybody on the line, and ends it.
func (s *Sender) Close() error {
	s.stop()
	s.calls.Wait()
	return s.line.Close()
}

// lineWait is how long a message waits for a free line before its place in the
// queue is given to others.
const lineWait = 15 * time.Second

// Way is the telephone.
func (s *Sender) Way() sender.Way { return sender.Phone }

// Name is that of the protocol.
func (s *Sender) Name() string { return "sip" }

// Check tells whether the trunk accepts us and the voice can speak.
func (s *Sender) Check(ctx context.Context) error {
	if err := s.c.Voice.Check(ctx); err != nil {
		return err
	}
	return s.line.Check(ctx)
}

// Send rings up and, as far as ctx allows, waits for the end of the call: up to
// two minutes. The same key again, meanwhile or after it was told, is the same
// call.
func (s *Sender) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return sender.Receipt{}, undialled(err)
	}
	number, err := s.c.number(m.To)
	if err != nil {
		return sender.Receipt{}, sender.Refused("number", err)
	}
	o, mine := s.memory.begin(m.Key)
	if mine {
		if err := s.reach(ctx, m, number, o); err != nil {
			o.end(sender.Receipt{}, err)
			return sender.Receipt{}, err
		}
	}
	select {
	case <-o.done:
		return o.receipt, o.err
	case <-ctx.Done():
	}
	if mine {
		close(o.left)
	}
	select {
	case <-o.done: // at the same moment
		return o.receipt, o.err
	default:
		return sender.Receipt{}, sender.Lost(errGoesOn)
	}
}

// reach waits for a free line, prepares what is said and rings. What follows an
// answer is no more the caller's.
func (s *Sender) reach(ctx context.Context, m sender.Message, number string, o *outcome) error {
	patience := time.NewTimer(lineWait)
	defer patience.Stop()
	select {
	case s.slots <- struct{}{}:
	case <-patience.C:
		return sender.Later("lines-busy", afterOverload, errLines)
	case <-ctx.Done():
		return undialled(ctx.Err())
	}
	t, err := s.prepare(ctx, m)
	if err != nil {
		<-s.slots
		return s.voiceless(ctx, err)
	}
	call, err := s.line.Dial(ctx, telephone.Target{Key: m.Key, Number: number, Ring: s.c.Ring})
	if err != nil {
		<-s.slots
		return undialled(err)
	}
	s.calls.Go(func() {
		defer func() { <-s.slots }()
		h := s.converse(s.ctx, call, t)
		h.goodbye = call.HangUp(s.ctx)
		s.conclude(m.Key, call.ID(), h, o)
	})
	return nil
}

// voiceless is a failure before anybody was rung.
func (s *Sender) voiceless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return undialled(ctx.Err())
	}
	s.c.Log.Error("the telephone has no voice", "error", err)
	return sender.Unset("voice", errVoice)
}

// conclude settles what a call came to, and tells who listens: always of a good
// end, of a bad one only if nobody waits for it any more.
func (s *Sender) conclude(key, id string, h hearing, o *outcome) {
	r := sender.Report{Way: sender.Phone, ID: id, Key: key, Status: sender.Delivered, At: s.c.Clock.Now(), Detail: "read to its end"}
	err := h.judge()
	switch {
	case err != nil:
		o.end(sender.Receipt{}, err)
		if !o.abandoned() || sender.KindOf(err) == sender.Unknown {
			return
		}
		r.Status, r.Detail = sender.Failed, err.Error()
	case h.confirmed:
		r.Status, r.Detail = sender.Read, "confirmed by key 1"
	}
	if take := s.take.Load(); take != nil {
		// Notes of a call are kept even when the house closes meanwhile.
		if err := (*take)(context.WithoutCancel(s.ctx), r); err != nil {
			s.c.Log.Error("the end of a call was not kept", "call", id, "error", err)
		}
	}
	if err == nil {
		o.end(sender.Receipt{ID: id, At: r.At, Note: r.Detail}, nil)
	}
}

// spoken are the parts of a call, as sound.
type spoken struct {
	text, ask, thanks []int16
}

// phrases frame the text, by language. Recorded prompts of these template names
// take their place.
var phrases = map[string]map[string]string{
	"zh": {"phone-confirm": "听完请按1确认，重听请按2。", "phone-thanks": "谢谢，再见。"},
	"en": {"phone-confirm": "Press 1 to confirm that you have heard this. Press 2 to hear it again.", "phone-thanks": "Thank you, goodbye."},
}

// prepare turns the message into sound before anybody is rung, so that nobody
// picks up to silence.
func (s *Sender) prepare(ctx context.Context, m sender.Message) (spoken, error) {
	lang := "zh"
	if m.Lang == "en" {
		lang = "en"
	}
	text := m.Text
	if m.Title != "" {
		text = m.Title + map[string]string{"zh": "。\n", "en": ".\n"}[lang] + m.Text
	}
	var t spoken
	for _, p := range []struct {
		into *[]int16
		u    speech.Utterance
	}{
		{&t.text, speech.Utterance{Text: text, Lang: lang, Template: m.Template, Fields: m.Fields}},
		{&t.ask, speech.Utterance{Text: phrases[lang]["phone-confirm"], Lang: lang, Template: "phone-confirm"}},
		{&t.thanks, speech.Utterance{Text: phrases[lang]["phone-thanks"], Lang: lang, Template: "phone-thanks"}},
	} {
		pcm, err := s.c.Voice.Speak(ctx, p.u)
		if err != nil {
			return t, err
		}
		*p.into = pcm
	}
	// People need a moment to bring the handset to the ear.
	t.text = append(speech.Silence(s.c.Pause), t.text...)
	t.ask = append(append(speech.Silence(s.c.Pause), t.ask...), speech.Silence(s.c.Wait)...)
	return t, nil
}
