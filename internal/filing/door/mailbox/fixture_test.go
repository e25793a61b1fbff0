package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
)

// tray is a sink that can fail.
type tray struct {
	mu   sync.Mutex
	got  map[string]door.Arrival
	list []door.Arrival // each once
	took int            // calls
	fail error
	then func() // runs after an arrival was kept, before Take returns
}

func (s *tray) Take(_ context.Context, a door.Arrival) (door.Taken, error) {
	s.mu.Lock()
	s.took++
	if s.fail != nil {
		defer s.mu.Unlock()
		return door.Taken{}, s.fail
	}
	_, again := s.got[a.Key]
	if !again {
		if s.got == nil {
			s.got = map[string]door.Arrival{}
		}
		s.got[a.Key] = a
		s.list = append(s.list, a)
	}
	then := s.then
	s.mu.Unlock()
	if then != nil {
		then()
	}
	return door.Taken{ID: int64(len(s.list)), State: door.Held, Again: again}, nil
}

func (s *tray) arrivals() []door.Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]door.Arrival(nil), s.list...)
}

func (s *tray) set(fail error) { s.mu.Lock(); s.fail = fail; s.mu.Unlock() }

// notes is a Memory without a disk.
type notes struct {
	mu      sync.Mutex
	mark    Mark
	threads map[string]string
}

func (n *notes) Mark(context.Context, string) (Mark, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.mark, nil
}

func (n *notes) SetMark(_ context.Context, _ string, m Mark) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mark = m
	return nil
}

func (n *notes) Thread(_ context.Context, _ string, ids []string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range ids {
		if k := n.threads[id]; k != "" {
			return k, nil
		}
	}
	return "", nil
}

func (n *notes) AddThread(_ context.Context, _, id, key string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.threads == nil {
		n.threads = map[string]string{}
	}
	if n.threads[id] == "" {
		n.threads[id] = key
	}
	return nil
}

// house is a mail server in memory that can go away and come back.
type house struct {
	t    *testing.T
	user *imapmemserver.User
	caps imap.CapSet
	addr string
	srv  *imapserver.Server
	ln   net.Listener
}

func newHouse(t *testing.T, caps ...imap.Cap) *house {
	t.Helper()
	h := &house{t: t, user: imapmemserver.NewUser("mayor@example.org", "an invented password"), caps: imap.CapSet{imap.CapIMAP4rev1: {}}, addr: "127.0.0.1:0"}
	for _, c := range caps {
		h.caps[c] = struct{}{}
	}
	if err := h.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	h.start()
	t.Cleanup(func() { _ = h.srv.Close() })
	return h
}

func (h *house) start() {
	h.t.Helper()
	mem := imapmemserver.New()
	mem.AddUser(h.user)
	h.srv = imapserver.New(&imapserver.Options{Caps: h.caps, InsecureAuth: true, Logger: quiet{},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}})
	ln, err := net.Listen("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.addr, h.ln = ln.Addr().String(), ln
	go func() { _ = h.srv.Serve(ln) }()
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

func (h *house) deliver(mails ...string) {
	h.t.Helper()
	for _, m := range mails {
		if _, err := h.user.Append("INBOX", literal{strings.NewReader(m)}, &imap.AppendOptions{}); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *house) count(folder string) int {
	d, err := h.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return 0
	}
	return int(*d.NumMessages)
}

func (h *house) box(m Memory, change func(*door.Setting)) *Box {
	return openBox(h.t, m, h.addr, change)
}

func openBox(t *testing.T, m Memory, addr string, change func(*door.Setting)) *Box {
	t.Helper()
	s := door.Setting{Code: "mayor-mail", Channel: casework.Mail, Values: map[string]string{
		"server": addr, "security": plain, "user": "mayor@example.org", "password": "an invented password", "done": "Processed"}}
	if change != nil {
		change(&s)
	}
	b, err := open(Needs{Memory: m, Clock: clock.System, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// run runs a door until the test ends.
func run(t *testing.T, b *Box, s door.Sink) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx, s) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("the door ended: %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Error("the door does not end")
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not in 20 s: %s", what)
}

// letterOf is a simple mail.
func letterOf(n int) string {
	return fmt.Sprintf("From: =?UTF-8?B?546L5bCP5piO?= <reader%d@example.org>\r\nTo: mayor@example.org\r\nSubject: =?UTF-8?B?6Lev54Gv?= %d\r\nMessage-ID: <m%d@example.org>\r\nDate: Mon, 16 Nov 2026 08:00:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n第%d封：门口的路灯坏了三天，晚上看不清路。\r\n", n, n, n, n)
}

var errDisk = errors.New("the disk is full")
