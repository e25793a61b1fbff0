// Package phone (电话语音) rings somebody up and reads a message to them, over a
// SIP trunk.
//
// A call that is answered is not a message that is heard. Delivered is reported
// when the text was read to its end and the other side was still there to be
// taken leave of; Read when they pressed 1 to confirm it. A call that broke off
// without goodbye is Unknown: it is not made again for the same key unless the
// operator allows it.
package phone

import (
	"context"
	"log/slog"

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
	return &Sender{
		c: c, line: line, slots: make(chan struct{}, c.Calls),
		memory: memory{again: c.AgainAfterLost, calls: map[string]*outcome{}},
	}, nil
}

// Close ends the line.
func (s *Sender) Close() error { return s.line.Close() }

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

// Send makes the call and returns when it is over, which takes as long as it
// rings and the text is read: a minute or two. The same key again, meanwhile or
// after it was told, is the same call.
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
		r, err := s.call(ctx, m, number)
		o.end(r, err)
		return r, err
	}
	select {
	case <-o.done:
		return o.receipt, o.err
	case <-ctx.Done():
		return sender.Receipt{}, sender.Lost(ctx.Err())
	}
}

// call waits for a free line, prepares what is said, rings and reads.
func (s *Sender) call(ctx context.Context, m sender.Message, number string) (sender.Receipt, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return sender.Receipt{}, undialled(ctx.Err())
	}
	t, err := s.prepare(ctx, m)
	if err != nil {
		return sender.Receipt{}, s.voiceless(ctx, err)
	}
	call, err := s.line.Dial(ctx, telephone.Target{Key: m.Key, Number: number, Ring: s.c.Ring})
	if err != nil {
		return sender.Receipt{}, undialled(err)
	}
	h := s.converse(ctx, call, t)
	h.goodbye = call.HangUp(ctx)
	if err := h.judge(); err != nil {
		return sender.Receipt{}, err
	}
	return s.report(ctx, m.Key, call, h), nil
}

// voiceless is a failure before anybody was rung.
func (s *Sender) voiceless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return undialled(ctx.Err())
	}
	s.c.Log.Error("the telephone has no voice", "error", err)
	return sender.Unset("voice", errVoice)
}

// report tells how a good call ended.
func (s *Sender) report(ctx context.Context, key string, call *telephone.Call, h hearing) sender.Receipt {
	status, detail := sender.Delivered, "read to its end"
	if h.confirmed {
		status, detail = sender.Read, "confirmed by key 1"
	}
	r := sender.Receipt{ID: call.ID(), At: s.c.Clock.Now(), Note: detail}
	if s.c.Take != nil {
		err := s.c.Take(context.WithoutCancel(ctx), sender.Report{
			Way: sender.Phone, ID: r.ID, Key: key, Status: status, At: r.At, Detail: detail,
		})
		if err != nil { // the receipt's note still says it
			s.c.Log.LogAttrs(ctx, slog.LevelError, "the end of a call was not kept", slog.String("call", r.ID), slog.Any("error", err))
		}
	}
	return r
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
		text = m.Title + "。\n" + m.Text
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
