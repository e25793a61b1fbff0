package voicemail

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

const (
	caller = "13900000042"
	loop   = "127.0.0.1"
)

// voice is a short hum in the place of espeak-ng.
type voice struct{}

func (voice) Speak(context.Context, speech.Utterance) ([]int16, error) {
	return tone(300, 200*time.Millisecond), nil
}
func (voice) Check(context.Context) error { return nil }

func tone(hertz float64, d time.Duration) []int16 {
	pcm := make([]int16, int(d.Seconds()*speech.Rate))
	for i := range pcm {
		pcm[i] = int16(9000 * math.Sin(2*math.Pi*hertz*float64(i)/speech.Rate))
	}
	return pcm
}

// loudness measures a pitch (Goertzel), 0 to 1 of a full tone of ours.
func loudness(pcm []int16, hertz float64) float64 {
	var re, im float64
	for i, s := range pcm {
		a := 2 * math.Pi * hertz * float64(i) / speech.Rate
		re, im = re+float64(s)*math.Cos(a), im+float64(s)*math.Sin(a)
	}
	return 2 * math.Hypot(re, im) / float64(max(1, len(pcm))) / 9000
}

func freePort(t testing.TB) int {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).Port
}

func setting(trunk, port int) door.Setting {
	return door.Setting{Code: "voicemail", Channel: casework.Phone, Values: map[string]string{
		"trunk": loop + ":" + strconv.Itoa(trunk), "local": loop + ":" + strconv.Itoa(port), "number": "12345", "hours": "九点到五点"}}
}

func needs(dir string, keys Keys) Needs {
	return Needs{Dir: dir, Keys: keys, Voice: voice{}, Clock: clock.System, Log: slog.New(slog.DiscardHandler)}
}

// desk is an open mailbox and its sink.
type desk struct {
	port int
	sink *doortest.Sink
	dir  string
	keys Keys
	m    *mailbox
	stop func()
}

func openDesk(t *testing.T, change func(*mailbox)) *desk {
	t.Helper()
	d := &desk{port: freePort(t), sink: &doortest.Sink{}, dir: t.TempDir(), keys: seal.Random()}
	d.run(t, change)
	return d
}

func (d *desk) run(t *testing.T, change func(*mailbox)) {
	t.Helper()
	m, err := open(needs(d.dir, d.keys), setting(9, d.port))
	if err != nil {
		t.Fatal(err)
	}
	m.retry = 50 * time.Millisecond
	if change != nil {
		change(m)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx, d.sink) }()
	d.m = m
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(d.stop)
	d.listens(t)
}

// listens waits until the mailbox answers.
func (d *desk) listens(t *testing.T) {
	t.Helper()
	line, err := telephone.Open(telephone.Config{Trunk: loop + ":" + strconv.Itoa(d.port), Local: loop, Reply: 100 * time.Millisecond}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	for range 100 {
		if err = line.Check(t.Context()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the mailbox does not answer: %v", err)
}

func (d *desk) arrivals(t *testing.T, n int) []door.Arrival {
	t.Helper()
	for range 1000 {
		if len(d.sink.All()) >= n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(80 * time.Millisecond)
	all := d.sink.All()
	if len(all) != n {
		t.Fatalf("%d arrivals, want %d", len(all), n)
	}
	return all
}

// sound reads what an arrival holds.
func sound(t *testing.T, a door.Arrival) []int16 {
	t.Helper()
	pcm, err := speech.ReadWAV(bytes.NewReader(a.Raw.Data))
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

// empty checks that nothing is left to hand over.
func (d *desk) empty(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(d.dir, "voicemail"))
	if err != nil || len(left) != 0 {
		t.Errorf("%d files are left in the spool, %v", len(left), err)
	}
}

// sipp calls with SIPp, the test tool of SIP vendors: it speaks a tone for as
// long as say, and hangs up unless told otherwise.
func sipp(t *testing.T, port, calls int, say time.Duration, ending string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath("sipp")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("sipp is not installed (Debian: sip-tester)")
		}
		t.Skip("sipp is not installed (Debian: sip-tester)")
	}
	dir := t.TempDir()
	raw := make([]byte, int(say.Seconds()*telephone.Rate))
	telephone.ALaw.Encode(raw, tone(440, say))
	scenario := fmt.Sprintf(calling, (say + 900*time.Millisecond).Milliseconds(), ending)
	for name, b := range map[string][]byte{"said.al": raw, "caller.xml": []byte(scenario)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, loop+":"+strconv.Itoa(port), "-sf", "caller.xml", "-i", loop, "-p", strconv.Itoa(freePort(t)), "-m", strconv.Itoa(calls),
		"-r", strconv.Itoa(calls), "-nostdin", "-timeout", "25s", "-timeout_error", "-s", "12345",
		"-mp", strconv.Itoa(freePort(t)))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TERM=dumb")
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

func passed(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Wait(); err != nil {
		out := cmd.Stderr.(*bytes.Buffer).String() + cmd.Stdout.(*bytes.Buffer).String()
		t.Errorf("sipp: %v %s", err, out[max(0, len(out)-1500):])
	}
}

// The steps of a caller. The greeting of the tests takes 0.6 s with the tone.
const (
	calling = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
      INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:` + caller + `@[local_ip]:[local_port]>;tag=[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:` + caller + `@[local_ip]:[local_port]>
      Max-Forwards: 70
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=u 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [rtpstream_audio_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
      ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:` + caller + `@[local_ip]:[local_port]>;tag=[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

]]></send>
  <pause milliseconds="700"/>
  <nop><action><exec rtp_stream="said.al,1,8,PCMA/8000"/></action></nop>
  <pause milliseconds="%d"/>
%s
</scenario>`
	hangUp = `  <send retrans="500"><![CDATA[
      BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:` + caller + `@[local_ip]:[local_port]>;tag=[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 3 BYE
      Max-Forwards: 70
      Content-Length: 0

]]></send>
  <recv response="200"/>`
	pressHash = `  <send retrans="500"><![CDATA[
      INFO sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:` + caller + `@[local_ip]:[local_port]>;tag=[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 2 INFO
      Max-Forwards: 70
      Content-Type: application/dtmf-relay
      Content-Length: [len]

      Signal=#
      Duration=160
]]></send>
  <recv response="200"/>
  <recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

]]></send>`
)

// TestSIPp lets a SIP stack that is not ours leave messages: one ends with #,
// one with the receiver put down in the middle of a word, two come at once.
func TestSIPp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, ending string
		calls        int
		say          time.Duration
	}{
		{"ends with the hash key", pressHash, 1, 2 * time.Second},
		{"hangs up in the middle of a word", hangUp, 1, 2500 * time.Millisecond},
		{"two at once", hangUp, 2, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := openDesk(t, nil)
			passed(t, sipp(t, d.port, c.calls, c.say, c.ending))
			for _, a := range d.arrivals(t, c.calls) {
				pcm := sound(t, a)
				length := time.Duration(len(pcm)) * time.Second / speech.Rate
				if a.From != caller || a.Draft.Person.Phone != caller || a.Aside != "" || a.Ready || a.Draft.Kind != casework.Order {
					t.Errorf("from %q, aside %q", a.From, a.Aside)
				}
				if length < c.say*8/10 || length > c.say+2*time.Second {
					t.Errorf("%v were recorded of %v", length, c.say)
				}
				if middle := pcm[len(pcm)/4 : len(pcm)/2]; loudness(middle, 440) < 0.7 || loudness(middle, 900) > 0.1 {
					t.Errorf("the tone does not sound: %.2f at 440 Hz, %.2f at 900 Hz", loudness(middle, 440), loudness(middle, 900))
				}
			}
			d.empty(t)
		})
	}
}

// dial calls with our own line; it says a tone for so long and hangs up.
func dial(t testing.TB, port int, key string, say time.Duration) error {
	line, err := telephone.Open(telephone.Config{Trunk: loop + ":" + strconv.Itoa(port), User: caller, Local: loop}, nil)
	if err != nil {
		return err
	}
	defer line.Close()
	c, err := line.Dial(t.Context(), telephone.Target{Key: key, Number: "12345", Ring: 2 * time.Second})
	if err != nil {
		return err
	}
	if say == 0 {
		time.Sleep(100 * time.Millisecond)
	} else {
		time.Sleep(650 * time.Millisecond) // the greeting
		if _, err := c.Play(t.Context(), tone(440, say)); err != nil {
			return err
		}
	}
	return c.HangUp(context.Background())
}

// TestNothingSaid: who hangs up over the greeting leaves a number, set aside.
func TestNothingSaid(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	if err := dial(t, d.port, "short", 0); err != nil {
		t.Fatal(err)
	}
	if a := d.arrivals(t, 1)[0]; a.Aside != "no_message" || a.From != caller {
		t.Errorf("aside %q", a.Aside)
	}
}

// TestBusy: the third of two lines is told so, and the two are recorded.
func TestBusy(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(m *mailbox) { m.slots = make(chan struct{}, 2) })
	var group sync.WaitGroup
	for i := range 3 {
		group.Go(func() {
			time.Sleep(time.Duration(i) * 100 * time.Millisecond)
			_ = dial(t, d.port, fmt.Sprint("busy", i), 1500*time.Millisecond)
		})
	}
	group.Wait()
	d.arrivals(t, 2)
}

// TestDeadLine: a caller whose network died does not keep the line.
func TestDeadLine(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(m *mailbox) { m.patience = time.Second })
	line, err := telephone.Open(telephone.Config{Trunk: loop + ":" + strconv.Itoa(d.port), User: caller, Local: loop}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	if _, err := line.Dial(t.Context(), telephone.Target{Key: "dead", Number: "12345", Ring: time.Second}); err != nil {
		t.Fatal(err)
	}
	d.arrivals(t, 1)
}

// TestConformance runs what every door must pass, with calls of our own.
func TestConformance(t *testing.T) {
	t.Parallel()
	dir, keys, port, trunkPort := t.TempDir(), seal.Random(), freePort(t), freePort(t)
	openTrunk := func() *telephone.Line {
		l, err := telephone.Open(telephone.Config{Trunk: loop + ":9", Local: loop + ":" + strconv.Itoa(trunkPort)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	trunk := openTrunk()
	defer func() { trunk.Close() }()
	sent := map[int]bool{}
	doortest.Exercise(t, doortest.Subject{
		Open: func(t *testing.T, _ door.Sink) door.Door {
			clear(sent)
			m, err := open(needs(dir, keys), setting(trunkPort, port))
			if err != nil {
				t.Fatal(err)
			}
			m.retry, m.line.Reply = 50*time.Millisecond, 300*time.Millisecond
			return m
		},
		Send: func(n int) error {
			// A call cannot be sent again: it lies in the spool until it is
			// fetched.
			if sent[n] || n == 5 && spooled(dir) {
				return nil
			}
			err := dial(t, port, fmt.Sprint("call", n), 1200*time.Millisecond)
			sent[n] = err == nil
			return err
		},
		Break:    func() { trunk.Close() },
		Mend:     func() { trunk = openTrunk() },
		Private:  []string{caller},
		Patience: 12 * time.Second,
	})
}

func spooled(dir string) bool {
	list, _ := os.ReadDir(filepath.Join(dir, "voicemail"))
	return len(list) > 0
}

// The program that is killed in TestKilled is this test, started anew.
const (
	envDir  = "VOICEMAIL_TEST_DIR"
	envPort = "VOICEMAIL_TEST_PORT"
)

// fixed are the keys that both lives of the program have.
type fixed struct{}

func (fixed) gcm() cipher.AEAD {
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		panic(err)
	}
	g, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return g
}

func (f fixed) Seal(purpose string, plain []byte) []byte {
	return f.gcm().Seal(nil, nil, plain, []byte(purpose))
}

func (f fixed) Unseal(purpose string, sealed []byte) ([]byte, error) {
	return f.gcm().Open(nil, nil, sealed, []byte(purpose))
}

// refusing is a tray whose disk is full, so that nothing leaves the spool.
type refusing struct{}

func (refusing) Take(context.Context, door.Arrival) (door.Taken, error) {
	return door.Taken{}, errors.New("the disk is full")
}

func TestMain(m *testing.M) {
	dir := os.Getenv(envDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	port, _ := strconv.Atoi(os.Getenv(envPort))
	box, err := open(needs(dir, fixed{}), setting(9, port))
	if err == nil {
		err = box.Run(context.Background(), refusing{})
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilled kills the program twice with kill -9: in the middle of a word, and
// between the recording and the commit. After the next start all that was said
// is there, once.
func TestKilled(t *testing.T) {
	t.Parallel()
	d := &desk{port: freePort(t), sink: &doortest.Sink{}, dir: t.TempDir()}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), envDir+"="+d.dir, envPort+"="+strconv.Itoa(d.port))
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() })
	d.listens(t)
	if err := dial(t, d.port, "whole", 1500*time.Millisecond); err != nil { // over, and not committed
		t.Fatal(err)
	}
	go func() { _ = dial(t, d.port, "torn", 6*time.Second) }()
	time.Sleep(3700 * time.Millisecond)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	readable(t, d.dir)

	d.keys = fixed{}
	d.sink.Lose(1) // the commit happens, its answer is lost
	d.run(t, nil)
	var lengths []time.Duration
	for _, a := range d.arrivals(t, 2) {
		pcm := sound(t, a)
		lengths = append(lengths, time.Duration(len(pcm))*time.Second/speech.Rate)
		if loudness(pcm[:len(pcm)/2], 440) < 0.5 || a.From != caller {
			t.Errorf("from %q: %.2f of the tone", a.From, loudness(pcm[:len(pcm)/2], 440))
		}
	}
	if lengths[0] < 1200*time.Millisecond || lengths[1] < time.Second || lengths[1] > 4*time.Second {
		t.Errorf("%v were recovered", lengths)
	}
	d.empty(t)
	if d.sink.Calls() < 3 {
		t.Error("the lost answer was not asked for again")
	}
}

// readable looks for the caller's number and the sound in the spool.
func readable(t *testing.T, dir string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "voicemail", "*"))
	if len(files) != 2 {
		t.Fatalf("%d files in the spool", len(files))
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil || bytes.Contains(b, []byte(caller)) || strings.Contains(f, caller) {
			t.Error("the spool lies open", err)
		}
	}
}

func TestSettings(t *testing.T) {
	k := Kind(needs(t.TempDir(), seal.Random()))
	for _, v := range []map[string]string{{}, {"trunk": "pbx", "minutes": "99"}, {"trunk": "pbx", "calls": "0"}, {"trunk": "pbx", "ports": "5"}, {"trunk": "pbx", "register": "yes"}} {
		if _, err := k.Open(door.Setting{Code: "voicemail", Values: v}); err == nil {
			t.Errorf("%v was taken", v)
		}
	}
	if _, err := k.Open(door.Setting{Code: "voicemail", Values: map[string]string{"trunk": "pbx", "minutes": "5", "ports": "21000-21098"}}); err != nil {
		t.Error(err)
	}
}

// FuzzSpool: whatever a disk gives back, reading it ends and gives no more than
// what is sealed there.
func FuzzSpool(f *testing.F) {
	s, err := openSpool(f.TempDir(), seal.Random())
	if err != nil {
		f.Fatal(err)
	}
	tape, err := s.begin(about{Key: "k", From: caller, At: time.Unix(1, 0)})
	if err != nil || tape.say([]int16{1, 2, 3}) != nil {
		f.Fatal(err)
	}
	tape.end()
	whole, err := os.ReadFile(filepath.Join(s.dir, tape.name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(s.dir, tape.name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		a, pcm, err := s.read(tape.name)
		if err == nil && (a.Key != "k" || len(pcm) > 3) {
			t.Errorf("%q, %d samples", a.Key, len(pcm))
		}
	})
}
