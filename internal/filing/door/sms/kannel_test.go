//go:build linux

package sms

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"xinqiao/internal/filing/door/doortest"
)

// The real gateway: Debian's kannel and, for the carrier, kannel-extras.
const (
	bearerbox = "/usr/sbin/bearerbox"
	smsbox    = "/usr/sbin/smsbox"
	fakesmsc  = "/usr/lib/kannel/test/fakesmsc"
)

// rig is a running Kannel that posts to a door of ours.
type rig struct {
	t           *testing.T
	dir         string
	admin, smsc string
	gateway     *process
	box         *process
	phone       *process
	sent        int
	house       *house
	server      *httptest.Server

	mu      sync.Mutex
	answers []string
	posts   int
	down    int  // so many posts are answered with 503 before they reach the door
	dead    bool // connections break off
	lose    int  // so many answers of the door are thrown away
}

func newRig(t *testing.T) *rig {
	for _, p := range []string{bearerbox, smsbox, fakesmsc} {
		if _, err := os.Stat(p); err != nil {
			msg := "the door is tested against the real Kannel: apt-get install kannel kannel-extras (" + p + " is missing)"
			if os.Getenv("CI") != "" {
				t.Fatal(msg)
			}
			t.Skip(msg)
		}
	}
	r := &rig{t: t, dir: t.TempDir(), house: newHouse(&doortest.Sink{})}
	door := r.house.handler(t)
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		r.posts++
		dead, refuse, lose := r.dead, r.down > 0, r.lose > 0
		if refuse {
			r.down--
		} else if lose {
			r.lose--
		}
		r.mu.Unlock()
		switch {
		case dead:
			panic(http.ErrAbortHandler)
		case refuse:
			w.WriteHeader(http.StatusServiceUnavailable)
		case lose:
			door.ServeHTTP(httptest.NewRecorder(), q)
			w.WriteHeader(http.StatusBadGateway)
		default:
			door.ServeHTTP(w, q)
		}
	}))
	t.Cleanup(r.server.Close)
	ports := freePorts(t, 4)
	r.admin, r.smsc = ports[0], ports[2]
	conf := fmt.Sprintf(`group = core
admin-port = %s
admin-password = invented
admin-interface = 127.0.0.1
smsbox-port = %s
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
store-type = file
store-location = %s/store

group = smsc
smsc = fake
smsc-id = fake
port = %s
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %s
sendsms-interface = 127.0.0.1
global-sender = 12345
http-request-retry = 1000
http-queue-delay = 1

group = sms-service
keyword = default
catch-all = true
post-url = "%s/doors/sms/sms?key=%s&id=%%I&from=%%p&at=%%T"
accept-x-kannel-headers = true
concatenation = true
max-messages = 4
omit-empty = true
`, ports[0], ports[1], r.dir, ports[2], ports[3], r.server.URL, url.QueryEscape(secret))
	if err := os.WriteFile(r.conf(), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	r.gateway = start(t, nil, bearerbox, r.conf())
	t.Cleanup(r.gateway.end)
	r.await("bearerbox", func() bool { return r.status() != "" })
	r.startBox()
	t.Cleanup(func() { r.box.end() })
	return r
}

func (r *rig) conf() string { return filepath.Join(r.dir, "kannel.conf") }

func (r *rig) startBox() {
	r.box = start(r.t, nil, smsbox, r.conf())
	r.await("smsbox", func() bool { return strings.Contains(r.status(), "smsbox:") })
}

// send lets a telephone write in UCS-2.
func (r *rig) send(from, text string) {
	r.t.Helper()
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%%%02X%%%02X", u>>8, u&0xff)
	}
	r.write(from + " 12345 ucs2 " + hex.String())
}

// sendParts lets a telephone write a long message, of which each part says
// which of how many it is.
func (r *rig) sendParts(from string, parts ...string) {
	r.t.Helper()
	for i, text := range parts {
		r.write(fmt.Sprintf("%s 12345 udh-text %%05%%00%%03%%2A%%%02X%%%02X %s", from, len(parts), i+1, text))
	}
}

// write takes the place of the telephone before: the false carrier has one.
func (r *rig) write(m string) {
	r.t.Helper()
	if r.phone != nil {
		r.phone.end()
		r.await("end of the call before", func() bool { return !strings.Contains(r.status(), "(online") })
	}
	r.sent++
	r.phone = start(r.t, r.hear, fakesmsc, "-H", "127.0.0.1", "-r", r.smsc, "-m", "1", m)
	r.t.Cleanup(r.phone.end)
	r.await("message at the gateway", func() bool { return strings.Contains(r.status(), fmt.Sprintf("rcvd: sms %d ", r.sent)) })
}

// got is how fakesmsc prints a message that reached the telephone.
var got = regexp.MustCompile(`Got message \d+: <(\S*) (\S+) (?:udh (\S+) )?(\S+) (\S*)>`)

func (r *rig) hear(line string) {
	m := got.FindStringSubmatch(line)
	if m == nil {
		return
	}
	raw, err := url.QueryUnescape(m[5])
	if err != nil {
		return
	}
	if m[4] == "ucs-2" {
		var u []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			u = append(u, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		raw = string(utf16.Decode(u))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, raw)
}

func (r *rig) answered(word string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(strings.Join(r.answers, ""), word)
}

func (r *rig) await(what string, ready func() bool) {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ready(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("no %s; answers %q; the gateway says:\n%s", what, r.answers, r.status())
		}
	}
}

func (r *rig) status() string {
	resp, err := http.Get("http://127.0.0.1:" + r.admin + "/status.txt")
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return string(b)
}

func (r *rig) arrivals(n int) {
	r.t.Helper()
	r.await(fmt.Sprint(n, " arrivals"), func() bool { return len(r.house.sink.All()) >= n })
	time.Sleep(100 * time.Millisecond)
	if got := len(r.house.sink.All()); got != n {
		r.t.Fatalf("%d arrivals, want %d", got, n)
	}
}

// TestKannel lets telephones write through the real gateway.
func TestKannel(t *testing.T) {
	r := newRig(t)
	t.Run("a message is received and answered", func(t *testing.T) {
		r.send("13900000042", "三号楼暖气不热")
		r.arrivals(1)
		a := r.house.sink.All()[0]
		if a.From != "13900000042" || a.Draft.Words != "三号楼暖气不热" || a.Key == "" || strings.HasPrefix(a.Key, "sum:") || a.Ready {
			t.Errorf("from %q, key %q, words %q", a.From, a.Key, a.Draft.Words)
		}
		r.await("answer", func() bool { return r.answered("您的短信已收到") })
	})
	t.Run("a long message is one", func(t *testing.T) {
		long := strings.Repeat("The street light is broken. ", 10) + "End"
		r.sendParts("13900000043", long[:150], long[150:])
		r.arrivals(2)
		if got := r.house.sink.All()[1].Draft.Words; got != long {
			t.Errorf("%q", got)
		}
	})
	t.Run("a query", func(t *testing.T) {
		r.send("13900000042", "查询 "+caseNo+" "+code)
		r.await("state", func() bool { return r.answered(caseNo) && r.answered("2026-03-20") })
		r.arrivals(2)
	})
	t.Run("while we are down, and when our answer is lost", func(t *testing.T) {
		r.mu.Lock()
		r.down, r.lose = 3, 1
		r.mu.Unlock()
		r.house.sink.Refuse(1)
		r.send("13900000044", "垃圾没人清运")
		r.arrivals(3)
		r.await("answer after the loss", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.lose == 0 })
		time.Sleep(1500 * time.Millisecond)
		r.arrivals(3)
	})
	t.Run("while we are dead", func(t *testing.T) {
		r.mu.Lock()
		r.dead, r.posts = true, 0
		r.mu.Unlock()
		r.send("13900000045", "井盖丢失")
		r.await("three tries", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.posts > 2 })
		r.mu.Lock()
		r.dead = false
		r.mu.Unlock()
		r.arrivals(4)
	})
}

// process is a child that is ended by its id.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
}

func start(t *testing.T, hear func(string), name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.cmd.Dir = t.TempDir()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, w := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			if hear != nil {
				hear(s.Text())
			}
		}
	}()
	go func() {
		_ = p.cmd.Wait()
		_ = w.Close()
		close(p.done)
	}()
	return p
}

func (p *process) end() {
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(2 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	})
}

func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		out = append(out, port)
	}
	return out
}
