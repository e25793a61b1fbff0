package voicemail

import (
	"context"
	"math"
	"sync"
	"time"

	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

// sounds are what the mailbox says, made before the first call.
type sounds struct{ greeting, beep, thanks, busy, broken []int16 }

// speak makes the sounds. Recorded prompts go by the names voicemail-greeting,
// -thanks, -busy and -broken.
func (m *mailbox) speak(ctx context.Context) (s sounds, err error) {
	en := m.texts.lang == "en"
	pick := func(zh, english string) string {
		if en {
			return english
		}
		return zh
	}
	greeting := m.texts.greeting
	if greeting == "" {
		greeting = pick("您好，这里是"+m.texts.number+"热线语音信箱。人工服务时间是"+m.texts.hours+"。请在提示音后说明您的姓名、地址和反映的事情，说完请按井号键或直接挂机。我们会尽快与您联系。",
			"Hello, this is the voice mailbox of "+m.texts.number+". Our staff answer from "+m.texts.hours+". After the tone please say your name, the place and what it is about. Press hash or hang up when you are done. We will call you back.")
	}
	for _, one := range []struct {
		to         *[]int16
		name, text string
	}{
		{&s.greeting, "greeting", greeting},
		{&s.thanks, "thanks", pick("您的留言已收到，再见。", "Your message is kept. Goodbye.")},
		{&s.busy, "busy", pick("线路正忙，请稍后再拨，或通过网站反映。", "All lines are busy. Please call again later, or use our website.")},
		{&s.broken, "broken", pick("抱歉，暂时无法录音，请稍后再拨。", "Sorry, we cannot record just now. Please call again later.")},
	} {
		*one.to, err = m.Voice.Speak(ctx, speech.Utterance{Text: one.text, Lang: pick("zh", "en"), Template: "voicemail-" + one.name,
			Fields: map[string]string{"number": m.texts.number, "hours": m.texts.hours}})
		if err != nil {
			return s, err
		}
	}
	s.beep = beep()
	return s, nil
}

// beep is the tone after which to speak: 0.4 s at 1 kHz.
func beep() []int16 {
	pcm := make([]int16, speech.Rate*2/5)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*1000*float64(i)/speech.Rate))
	}
	return pcm
}

// heard collects sound between two writes to the disk.
type heard struct {
	mu  sync.Mutex
	pcm []int16
}

func (h *heard) add(pcm []int16) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pcm = append(h.pcm, pcm...)
}

func (h *heard) take() []int16 {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.pcm
	h.pcm = nil
	return out
}

// listen records to the disk until the caller hangs up, presses #, has spoken
// for long enough, or the line is dead.
func (m *mailbox) listen(ctx context.Context, call *telephone.Call, t *tape) error {
	var h heard
	call.Record(h.add)
	defer call.Record(nil)
	tick, end := time.NewTicker(flushEvery), time.NewTimer(m.most)
	defer tick.Stop()
	defer end.Stop()
	var silent time.Duration
	for {
		over := false
		select {
		case k := <-call.Keys():
			over = k == '#'
		case <-call.Over():
			over = true
		case <-ctx.Done():
			over = true
		case <-end.C:
			over = true
		case <-tick.C:
		}
		sound := h.take()
		if err := t.say(sound); err != nil {
			return err
		}
		if silent += flushEvery; len(sound) > 0 {
			silent = 0
		}
		if over || silent >= m.patience {
			return nil
		}
	}
}
