package phone

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/telephone"
)

// sippProgram finds SIPp, the test tool of SIP vendors (Debian: sip-tester).
// Where tests must be complete its absence is a failure.
func sippProgram(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("sipp is not installed (Debian: sip-tester)")
		}
		t.Skip("sipp is not installed (Debian: sip-tester)")
	}
	return path
}

// The steps that scenarios are made of.
const (
	dialogHeaders = `
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port];transport=[transport]>
`
	recvInvite = `<recv request="INVITE"/>`
	ringing    = `<send><![CDATA[
      SIP/2.0 180 Ringing` + dialogHeaders + `      Content-Length: 0

]]></send>`
	pickUp = `<send retrans="500"><![CDATA[
      SIP/2.0 200 OK` + dialogHeaders + `      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=u 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [sound] RTP/AVP 0 101
      a=rtpmap:0 PCMU/8000
      a=rtpmap:101 telephone-event/8000
]]></send>
  <recv request="ACK"/>`
	goodbye = `<recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

]]></send>`
	// fromUs addresses a request of the called side to the caller.
	fromUs = `
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: [$3];tag=[call_number]
      To: [$2]
      [last_Call-ID:]
      Max-Forwards: 70
`
	invited = `<recv request="INVITE">
    <action>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="2"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="3"/>
      <ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="4"/>
    </action>
  </recv>`
	hangUp = `<pause milliseconds="60"/>
  <send retrans="500"><![CDATA[
      BYE [$4] SIP/2.0` + fromUs + `      CSeq: 7 BYE
      Content-Length: 0

]]></send>
  <recv response="200"/>`
	pressOne = `<pause milliseconds="330"/>
  <send retrans="500"><![CDATA[
      INFO [$4] SIP/2.0` + fromUs + `      CSeq: 6 INFO
      Content-Type: application/dtmf-relay
      Content-Length: [len]

      Signal=1
      Duration=160
]]></send>
  <recv response="200"/>`
	cancelled = `<recv request="CANCEL"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

]]></send>
  <send retrans="500"><![CDATA[
      SIP/2.0 487 Request Terminated
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      CSeq: 1 INVITE
      Content-Length: 0

]]></send>
  <recv request="ACK"/>`
	// refresh asks in the middle of a call whether it is still on.
	refresh = `<pause milliseconds="100"/>
  <send retrans="500"><![CDATA[
      INVITE [$4] SIP/2.0` + fromUs + `      CSeq: 5 INVITE
      Contact: <sip:[local_ip]:[local_port]>
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=u 1 2 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [sound] RTP/AVP 0
]]></send>
  <recv response="200"><action><ereg regexp="m=audio [0-9]+ RTP/AVP 0 101" search_in="body" check_it="true" assign_to="5"/></action></recv>
  <send><![CDATA[
      ACK [$4] SIP/2.0` + fromUs + `      CSeq: 5 ACK
      Content-Length: 0

]]></send>
  <Reference variables="5"/>`
	// late picks up when it has been told that we gave up.
	late = `<recv request="CANCEL"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

]]></send>
  <send retrans="500"><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      CSeq: 1 INVITE
      Contact: <sip:[local_ip]:[local_port]>
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=u 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [sound] RTP/AVP 8
]]></send>
  <recv request="ACK"/>`
	sleepy  = `<pause milliseconds="800"/>`
	askAuth = `<recv request="REGISTER"/>
  <send><![CDATA[
      SIP/2.0 401 Unauthorized` + dialogHeaders + `      WWW-Authenticate: Digest realm="trunk", nonce="47ebe028cda119c35d4877b383027d28", algorithm=MD5, qop="auth"
      Content-Length: 0

]]></send>
  <recv request="REGISTER">
    <action><verifyauth assign_to="1" username="10086" password="open-sesame"/></action>
  </recv>
  <send condexec="1"><![CDATA[
      SIP/2.0 200 OK` + dialogHeaders + `      Expires: 60
      Content-Length: 0

]]></send>
  <send condexec="1" condexec_inverse="true"><![CDATA[
      SIP/2.0 403 Forbidden` + dialogHeaders + `      Content-Length: 0

]]></send>`
)

// unregister expects leave to be taken.
const unregister = `<recv request="REGISTER">
    <action><ereg regexp="^[^1-9]*$" search_in="hdr" header="Expires:" check_it="true" assign_to="6"/></action>
  </recv>
  <send><![CDATA[
      SIP/2.0 200 OK` + dialogHeaders + `      Content-Length: 0

]]></send>
  <Reference variables="6"/>`

// answerWith ends the ringing with a code.
func answerWith(code int) string {
	return fmt.Sprintf("<send retrans=\"500\"><![CDATA[\n      SIP/2.0 %d No%s      Content-Length: 0\n\n]]></send>\n  <recv request=\"ACK\"/>", code, dialogHeaders)
}

// subscriber is one SIPp at the other end, and the sound that reaches it.
type subscriber struct {
	port    int
	ended   chan error
	packets atomic.Int32
}

// subscribe starts SIPp with a scenario and waits for it to listen.
func subscribe(t *testing.T, transport string, steps ...string) *subscriber {
	t.Helper()
	program, dir := sippProgram(t), t.TempDir()
	file := filepath.Join(dir, "scenario.xml")
	text := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scenario name=\"subscriber\">\n  " + strings.Join(steps, "\n  ") + "\n</scenario>\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &subscriber{ended: make(chan error, 1), port: freePort(t)}
	sound := s.hear(t)
	cmd := exec.Command(program, "-sf", file, "-i", "127.0.0.1", "-p", strconv.Itoa(s.port), "-m", "1", "-nostdin",
		"-t", map[string]string{"udp": "u1", "tcp": "t1"}[transport], "-timeout", "15s", "-timeout_error", "-key", "sound", strconv.Itoa(sound))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=dumb")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	go func() {
		err := cmd.Wait()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out.Bytes()[max(0, out.Len()-1500):])
		}
		s.ended <- err
	}()
	for range 300 {
		if occupied(transport, s.port) {
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("sipp does not listen: %s", out.String())
	return nil
}

// occupied tells whether somebody listens. Trying to listen there oneself
// could be what keeps SIPp from it.
func occupied(transport string, port int) bool {
	sockets, _ := os.ReadFile("/proc/net/" + transport)
	return bytes.Contains(sockets, fmt.Appendf(nil, " 0100007F:%04X ", port))
}

// freePort finds a port that nobody uses.
func freePort(t *testing.T) int {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).Port
}

// hear counts the packets of sound.
func (s *subscriber) hear(t *testing.T) int {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		for buf := make([]byte, 1500); ; {
			if n, err := conn.Read(buf); err != nil {
				return
			} else if n == 172 && buf[1]&0x7f == 0 {
				s.packets.Add(1)
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).Port
}

// passed checks that the scenario came to its end.
func (s *subscriber) passed(t *testing.T) {
	t.Helper()
	if err := <-s.ended; err != nil {
		t.Errorf("sipp: %v", err)
	}
}

// TestAgainstSIPp makes calls to a SIP stack that is not ours.
func TestAgainstSIPp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		steps []string
		kind  sender.Kind
		code  string
		want  sender.Status
		heard int32 // packets at least
		over  string
	}{
		{name: "answered", steps: []string{recvInvite, ringing, pickUp, goodbye}, want: sender.Delivered, heard: 30},
		{name: "confirmed by INFO", steps: []string{invited, ringing, pickUp, pressOne, goodbye}, want: sender.Read, heard: 15},
		{name: "hangs up", steps: []string{invited, ringing, pickUp, hangUp}, kind: sender.Retryable, code: "hung-up"},
		{name: "busy", steps: []string{recvInvite, answerWith(486)}, kind: sender.Retryable, code: "486"},
		{name: "switched off", steps: []string{recvInvite, ringing, answerWith(480)}, kind: sender.Retryable, code: "480"},
		{name: "declined", steps: []string{recvInvite, ringing, answerWith(603)}, kind: sender.Permanent, code: "603"},
		{name: "no such number", steps: []string{recvInvite, answerWith(404)}, kind: sender.Permanent, code: "404"},
		{name: "overloaded", steps: []string{recvInvite, answerWith(503)}, kind: sender.Retryable, code: "503"},
		{name: "not answered", steps: []string{recvInvite, ringing, cancelled}, kind: sender.Retryable, code: "no-answer"},
		{name: "chatty", steps: append([]string{recvInvite}, append(strings.SplitAfterN(strings.Repeat(ringing, 15), "</send>", 15), pickUp, goodbye)...), want: sender.Delivered},
		{name: "picks up too late", steps: []string{recvInvite, ringing, late, goodbye}, kind: sender.Retryable, code: "no-answer"},
		{name: "trunk wakes up late", steps: []string{recvInvite, sleepy, ringing, cancelled}, kind: sender.Retryable, code: "unreachable"},
		{name: "refreshed", steps: []string{invited, ringing, pickUp, refresh, goodbye}, want: sender.Delivered, heard: 30},
		{name: "over TCP", steps: []string{recvInvite, ringing, pickUp, goodbye}, want: sender.Delivered, heard: 30, over: "tcp"},
		{name: "dies", steps: []string{recvInvite, ringing, pickUp}, kind: sender.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			over := cmp.Or(c.over, "udp")
			sub := subscribe(t, over, c.steps...)
			var got reported
			conf := config(sub.port)
			conf.Line.Transport = over
			conf.Ring = 1200 * time.Millisecond
			s := dialler(t, conf)
			s.Tell(got.take)
			_, err := s.Send(t.Context(), message("sipp"))
			if c.want == "" {
				if sender.KindOf(err) != c.kind || c.code != "" && !strings.Contains(fmt.Sprint(err), " "+c.code) {
					t.Errorf("%v, want %v %s", err, c.kind, c.code)
				}
			} else if err != nil || len(got.all()) != 1 || got.all()[0].Status != c.want {
				t.Errorf("%v, reported %v, want %s", err, got.all(), c.want)
			}
			sub.passed(t)
			if n := sub.packets.Load(); n < c.heard {
				t.Errorf("%d packets of sound", n)
			}
		})
	}
}

// TestRegisters proves to SIPp who we are.
func TestRegisters(t *testing.T) {
	t.Parallel()
	for secret, right := range map[string]bool{"open-sesame": true, "guessed": false} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			steps := []string{askAuth}
			if right {
				steps = append(steps, unregister)
			}
			sub := subscribe(t, "udp", steps...)
			file := filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			c := config(sub.port)
			c.Line.Register, c.SecretFile = true, file
			if err := c.complete(); err != nil {
				t.Fatal(err)
			}
			line, err := telephone.Open(c.Line, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer line.Close()
			for range 100 {
				if line.Registered() == nil {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if err := line.Registered(); (err == nil) != right {
				t.Errorf("registered: %v", err)
			}
			line.Close() // which takes leave
			sub.passed(t)
		})
	}
}
