//go:build linux

package kannel

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
	"sort"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"
)

// The real gateway: Debian's kannel and, for the carrier, kannel-extras.
const (
	bearerbox = "/usr/sbin/bearerbox"
	smsbox    = "/usr/sbin/smsbox"
	fakesmsc  = "/usr/lib/kannel/test/fakesmsc"
)

// rig is a running Kannel with a carrier behind it and a listener for reports.
type rig struct {
	t                        *testing.T
	dir                      string
	admin, boxes, smsc, http string // ports
	gateway, box, carrier    *process
	reports                  *httptest.Server

	mu      sync.Mutex
	texts   []string            // as delivered to phones, put together
	pieces  map[string][]string // of long texts, by their reference
	calls   []*http.Request
	deaf    int // so many reports are answered with 503
	stopped bool
}

func newRig(t *testing.T) *rig {
	for _, p := range []string{bearerbox, smsbox, fakesmsc} {
		if _, err := os.Stat(p); err != nil {
			msg := "the gateway is tested against the real Kannel: apt-get install kannel kannel-extras (" + p + " is missing)"
			if os.Getenv("CI") != "" {
				t.Fatal(msg)
			}
			t.Skip(msg)
		}
	}
	r := &rig{t: t, dir: t.TempDir(), pieces: map[string][]string{}}
	r.reports = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls = append(r.calls, q)
		if r.deaf > 0 {
			r.deaf--
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(r.reports.Close)
	ports := freePorts(t, 4)
	r.admin, r.boxes, r.smsc, r.http = ports[0], ports[1], ports[2], ports[3]
	conf := fmt.Sprintf(`group = core
admin-port = %s
admin-password = invented
admin-interface = 127.0.0.1
smsbox-port = %s
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
dlr-storage = internal
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
http-request-retry = 5
http-queue-delay = 1
sendsms-chars = "01234569 +-"

group = sendsms-user
username = xinqiao
password = an-invented-password
concatenation = true
max-messages = 6
`, r.admin, r.boxes, r.dir, r.smsc, r.http)
	if err := os.WriteFile(r.conf(), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.end)
	r.gateway = start(t, nil, bearerbox, r.conf())
	r.await("bearerbox", func() bool { return r.status() != "" })
	r.startBox()
	r.startCarrier()
	return r
}

func (r *rig) conf() string { return filepath.Join(r.dir, "kannel.conf") }

func (r *rig) startBox() {
	r.box = start(r.t, nil, smsbox, r.conf())
	r.await("smsbox", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+r.http)
		if err != nil {
			return false
		}
		_ = c.Close()
		return strings.Contains(r.status(), "smsbox:")
	})
}

func (r *rig) startCarrier() {
	r.carrier = start(r.t, r.hear, fakesmsc, "-H", "127.0.0.1", "-r", r.smsc, "-m", "0", "1 2 text unused")
	r.await("fakesmsc", func() bool { return strings.Contains(r.status(), "(online") })
}

// end stops what was started, by its id, from the outside in.
func (r *rig) end() {
	for _, p := range []*process{r.carrier, r.box, r.gateway} {
		p.end()
	}
}

func (r *rig) await(what string, ready func() bool) {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ready(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("%s does not come up; the gateway says:\n%s", what, r.status())
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

func (r *rig) down() { r.box.end() }
func (r *rig) up()   { r.startBox() }

// hang stops the gateway in its tracks: smsbox takes requests and hands them on,
// but has nothing to answer.
func (r *rig) hang() {
	_ = r.gateway.cmd.Process.Signal(syscall.SIGSTOP)
	r.stopped = true
}

func (r *rig) wake() {
	if r.stopped {
		_ = r.gateway.cmd.Process.Signal(syscall.SIGCONT)
		r.stopped = false
	}
}

// got is how fakesmsc prints a message that reached the phone.
var got = regexp.MustCompile(`Got message \d+: <(\S*) (\S+) (?:udh (\S+) )?(\S+) (\S*)>`)

// hear reads fakesmsc and puts long texts together by their header: 05 00 03
// reference, parts, number of this part.
func (r *rig) hear(line string) {
	m := got.FindStringSubmatch(line)
	if m == nil {
		return
	}
	raw, err := url.QueryUnescape(m[5])
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m[3] == "" {
		if m[4] == "ucs-2" {
			raw = decode(raw)
		}
		r.texts = append(r.texts, raw)
		return
	}
	udh, _ := url.QueryUnescape(m[3])
	ref := m[2] + udh[3:4]
	r.pieces[ref] = append(r.pieces[ref], udh[5:6]+raw)
	if len(r.pieces[ref]) == int(udh[4]) {
		sort.Strings(r.pieces[ref])
		whole := ""
		for _, p := range r.pieces[ref] {
			whole += p[1:]
		}
		r.texts = append(r.texts, decode(whole))
		delete(r.pieces, ref)
	}
}

func decode(s string) string {
	var u []uint16
	for i := 0; i+1 < len(s); i += 2 {
		u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(u))
}

// with gives the texts that reached phones and hold the word.
func (r *rig) with(word string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, t := range r.texts {
		if strings.Contains(t, word) {
			out = append(out, t)
		}
	}
	return out
}

// call waits for Kannel's report of a status about a key.
func (r *rig) call(key, status string) *http.Request {
	r.t.Helper()
	var found *http.Request
	r.await("report "+status+" about "+key, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, c := range r.calls {
			if q := c.URL.Query(); q.Get("key") == key && q.Get("status") == status {
				found = httptest.NewRequest(c.Method, c.URL.String(), nil)
			}
		}
		return found != nil
	})
	return found
}

// process is a child that is ended by its id.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
}

func start(t *testing.T, hear func(string), name string, args ...string) *process {
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
	if p == nil {
		return
	}
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGCONT)
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
	var out []string
	var open []net.Listener
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, l)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		out = append(out, port)
	}
	for _, l := range open {
		_ = l.Close()
	}
	return out
}
