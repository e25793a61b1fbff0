package voicemail

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

// Messages are this door's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Needs is what Kind wires together.
type Needs struct {
	Dir   string // of the spools, one folder a door
	Keys  Keys
	Voice speech.Speaker
	Clock clock.Clock
	Log   *slog.Logger
}

// mailbox is one open door.
type mailbox struct {
	Needs
	code     string
	line     telephone.Config
	texts    texts
	most     time.Duration // of a message
	calls    int           // at once
	spool    *spool
	sound    sounds
	retry    time.Duration
	patience time.Duration // with silence on the line
	slots    chan struct{}
	handover chan struct{}  // something lies in the spool
	on       sync.WaitGroup // calls
}

// texts are what the mailbox says.
type texts struct{ number, hours, greeting, lang string }

const (
	kindName     = "voicemail"
	longestTalk  = 10 // minutes
	mostCalls    = 50
	retryEvery   = 5 * time.Second
	deadLine     = 30 * time.Second
	flushEvery   = time.Second
	shortestTalk = time.Second // below it nothing was said
)

// Kind describes the mailbox to the registry.
func Kind(n Needs) door.Kind {
	yesNo := []string{"no", "yes"}
	return door.Kind{
		Name: kindName,
		Fields: []door.Field{
			{Name: "trunk", Need: true},
			{Name: "transport", Default: "udp", Choices: []string{"udp", "tcp", "tls"}},
			{Name: "user"}, {Name: "secret", Secret: true}, {Name: "domain"},
			{Name: "register", Default: "no", Choices: yesNo},
			{Name: "local"}, {Name: "public"}, {Name: "ports"},
			{Name: "number", Need: true, Default: "12345"},
			{Name: "hours", Default: "周一至周五上午八点半到下午五点半"},
			{Name: "greeting"},
			{Name: "language", Default: "zh", Choices: []string{"zh", "en"}},
			{Name: "minutes", Default: "3"},
			{Name: "calls", Default: "4"},
		},
		Open: func(st door.Setting) (door.Door, error) { return open(n, st) },
	}
}

func open(n Needs, st door.Setting) (*mailbox, error) {
	v := st.Values
	m := &mailbox{Needs: n, code: st.Code, retry: retryEvery, patience: deadLine, handover: make(chan struct{}, 1),
		texts: texts{v["number"], v["hours"], v["greeting"], v["language"]},
		line: telephone.Config{
			Trunk: v["trunk"], Transport: v["transport"], Domain: v["domain"], User: v["user"], Secret: v["secret"],
			Register: v["register"] == "yes", Local: v["local"], Public: v["public"],
		}}
	if m.line.Trunk == "" {
		return nil, errors.New("trunk: the address of the exchange")
	}
	if m.line.Register && (m.line.User == "" || m.line.Secret == "") {
		return nil, errors.New("register: needs a user and a secret")
	}
	if p := v["ports"]; p != "" {
		if k, err := fmt.Sscanf(p+";", "%d-%d;", &m.line.Ports[0], &m.line.Ports[1]); err != nil || k != 2 || m.line.Ports[0] > m.line.Ports[1] {
			return nil, errors.New("ports: a range such as 21000-21099")
		}
	}
	minutes, err := within(v["minutes"], 3, longestTalk)
	if err != nil {
		return nil, fmt.Errorf("minutes: %w", err)
	}
	m.most = time.Duration(minutes) * time.Minute
	if m.calls, err = within(v["calls"], 4, mostCalls); err != nil {
		return nil, fmt.Errorf("calls: %w", err)
	}
	m.slots = make(chan struct{}, m.calls)
	return m, nil
}

func within(text string, otherwise, most int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("a number from 1 to %d", most)
	}
	return n, nil
}

// Run answers calls and hands over what was said, also what an earlier run
// left in the spool.
func (m *mailbox) Run(ctx context.Context, sink door.Sink) error {
	var err error
	if m.spool, err = openSpool(filepath.Join(m.Dir, m.code), m.Keys); err != nil {
		return err
	}
	if m.sound, err = m.speak(ctx); err != nil {
		return err
	}
	line, err := telephone.Open(m.line, m.answer)
	if err != nil {
		return err
	}
	t := time.NewTicker(m.retry)
	defer t.Stop()
	for {
		if err := m.deliver(ctx, sink); err != nil && ctx.Err() == nil {
			m.Log.Warn("recordings wait in the spool", "door", m.code, "error", err)
		}
		select {
		case <-ctx.Done():
			err := line.Close()
			m.on.Wait() // what was being said lies in the spool now
			return err
		case <-m.handover:
		case <-t.C:
		}
	}
}

// Probe asks the trunk, and the voice for a word.
func (m *mailbox) Probe(ctx context.Context) error {
	c := m.line
	if host, _, err := net.SplitHostPort(c.Local); err == nil {
		c.Local = host // the door itself has the port
	}
	c.Register = false // or the trunk would take the probe for the mailbox
	line, err := telephone.Open(c, nil)
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }()
	if err := line.Check(ctx); err != nil {
		return err
	}
	return m.Voice.Check(ctx)
}

// answer holds one conversation.
func (m *mailbox) answer(ctx context.Context, call *telephone.Call) {
	m.on.Add(1)
	defer m.on.Done()
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	default:
		_, _ = call.Play(ctx, m.sound.busy)
		return
	}
	now := m.Clock.Now()
	t, err := m.spool.begin(about{Key: keyOf(call.ID(), now), From: call.From(), At: now})
	if err != nil {
		m.Log.Error("a call cannot be recorded", "door", m.code, "error", err)
		_, _ = call.Play(ctx, m.sound.broken)
		return
	}
	defer m.wake()
	defer t.end()
	if m.say(ctx, call, m.sound.greeting) != nil {
		return
	}
	if _, err := call.Play(ctx, m.sound.beep); err != nil {
		return
	}
	if err := m.listen(ctx, call, t); err != nil {
		m.Log.Error("a recording was cut short", "door", m.code, "error", err)
		_, _ = call.Play(ctx, m.sound.broken)
		return
	}
	_, _ = call.Play(ctx, m.sound.thanks) // nothing if they hung up
}

// keyOf names a call. An exchange that uses a Call-ID twice does not make the
// second call disappear.
func keyOf(id string, at time.Time) string {
	if len(id) > 150 {
		id = id[:150]
	}
	return id + "/" + strconv.FormatInt(at.UnixMilli(), 10)
}

func (m *mailbox) wake() {
	select {
	case m.handover <- struct{}{}:
	default:
	}
}

// say plays until the end or the key #.
func (m *mailbox) say(ctx context.Context, call *telephone.Call, pcm []int16) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan error, 1)
	go func() {
		_, err := call.Play(ctx, pcm)
		over <- err
	}()
	for {
		select {
		case err := <-over:
			return err
		case k := <-call.Keys():
			if k == '#' {
				stop()
				<-over
				return nil
			}
		}
	}
}

// deliver hands what lies in the spool to the tray.
func (m *mailbox) deliver(ctx context.Context, sink door.Sink) error {
	names, err := m.spool.waiting()
	if err != nil {
		return err
	}
	var failed error
	for _, name := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a, pcm, err := m.spool.read(name)
		switch {
		case errors.Is(err, errTorn):
			m.Log.Error("a recording without a beginning was laid aside", "door", m.code, "file", name)
			failed = errors.Join(failed, m.spool.lay(name))
			continue
		case err != nil:
			failed = errors.Join(failed, err)
			continue
		}
		if _, err := sink.Take(ctx, m.arrival(a, pcm)); err != nil {
			failed = err // the next may fare better
			continue
		}
		failed = errors.Join(failed, m.spool.drop(name))
	}
	return failed
}

// arrival makes of a recording what the tray takes.
func (m *mailbox) arrival(a about, pcm []int16) door.Arrival {
	out := door.Arrival{Door: m.code, Key: a.Key, At: a.At, From: a.From, Draft: door.Draft{Channel: casework.Phone, Kind: casework.Order, Title: "语音留言"}}
	if p, err := identity.ParsePhone(a.From); err == nil {
		out.From, out.Draft.Person.Phone = p.Number, p.Number
	}
	if len(pcm) < int(shortestTalk.Seconds()*speech.Rate) {
		out.Aside = "no_message"
	}
	if len(pcm) > 0 {
		var b bytes.Buffer
		if err := speech.WriteWAV(&b, pcm); err == nil { // a buffer takes everything
			out.Raw = door.Part{Name: "voicemail.wav", Type: "audio/wav", Data: b.Bytes()}
		}
	}
	return out
}
