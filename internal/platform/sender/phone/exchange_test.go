package phone

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
	"github.com/pion/rtp"

	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

// exchange is a telephone exchange with subscribers who pick up, press keys,
// are busy or vanish. It speaks SIP by the library's own server side and reads
// RTP from the wire.
type exchange struct {
	t       *testing.T
	port    int
	account string // secret that calls must prove; empty asks for none
	close   func()

	mu    sync.Mutex
	plan  decision
	calls []*taken
}

// decision is what a subscriber does about one call: the answer's code and its
// Retry-After. Without one they pick up.
type decision func(call *taken) (code int, after string)

// next decides about the next call.
func (x *exchange) next(d decision) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.plan = d
}

// taken is one call that arrived.
type taken struct {
	number, id string
	answered   bool
	deaf       bool // answers no request any more
	key        byte // pressed after
	after      int  // packets

	mu      sync.Mutex
	packets []rtp.Packet
}

// heard are the packets so far.
func (c *taken) heard() []rtp.Packet {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.packets)
}

// sound is everything that was said, lined up by the packets' timestamps.
func (c *taken) sound() []int16 {
	var pcm []int16
	packets := c.heard()
	for _, p := range packets {
		at := int(p.Timestamp - packets[0].Timestamp)
		for len(pcm) < at+len(p.Payload) {
			pcm = append(pcm, 0)
		}
		copy(pcm[at:], telephone.Law(p.PayloadType).Decode(p.Payload))
	}
	return pcm
}

func newExchange(t *testing.T, account string) *exchange {
	t.Helper()
	x := &exchange{t: t, account: account}
	x.open()
	t.Cleanup(func() { x.close() })
	return x
}

// open listens, on the port of last time if there was one.
func (x *exchange) open() {
	x.t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: x.port})
	if err != nil {
		x.t.Fatal(err)
	}
	x.port = conn.LocalAddr().(*net.UDPAddr).Port
	ua, err := sipgo.NewUA()
	if err != nil {
		x.t.Fatal(err)
	}
	s, err := sipgo.NewServer(ua)
	if err != nil {
		x.t.Fatal(err)
	}
	s.OnInvite(x.invite)
	s.OnAck(func(*sip.Request, sip.ServerTransaction) {})
	s.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		if c := x.find(req.CallID().Value()); c != nil && !c.deaf {
			tx.Respond(sip.NewResponseFromRequest(req, 200, "OK", nil))
		}
	})
	s.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		if x.proven(req, tx) {
			tx.Respond(sip.NewResponseFromRequest(req, 200, "OK", nil))
		}
	})
	go s.ServeUDP(conn)
	x.close = sync.OnceFunc(func() { conn.Close(); ua.Close() })
}

func (x *exchange) find(id string) *taken {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range x.calls {
		if c.id == id {
			return c
		}
	}
	return nil
}

// to gives the calls that reached a number and were answered.
func (x *exchange) to(number string) (calls []*taken) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range x.calls {
		if c.number == number && c.answered {
			calls = append(calls, c)
		}
	}
	return calls
}

// proven asks for credentials and checks them.
func (x *exchange) proven(req *sip.Request, tx sip.ServerTransaction) bool {
	if x.account == "" {
		return true
	}
	challenge := &digest.Challenge{Realm: "exchange", Nonce: "n0", Algorithm: "MD5"}
	if h := req.GetHeader("Proxy-Authorization"); h != nil {
		got, err := digest.ParseCredentials(h.Value())
		if err == nil {
			want, err := digest.Digest(challenge, digest.Options{Method: req.Method.String(), URI: got.URI, Username: "10086", Password: x.account})
			if err == nil && want.Response == got.Response {
				return true
			}
		}
		tx.Respond(sip.NewResponseFromRequest(req, 403, "Forbidden", nil))
		return false
	}
	res := sip.NewResponseFromRequest(req, 407, "Proxy Authentication Required", nil)
	res.AppendHeader(sip.NewHeader("Proxy-Authenticate", challenge.String()))
	tx.Respond(res)
	return false
}

// invite decides about one call.
func (x *exchange) invite(req *sip.Request, tx sip.ServerTransaction) {
	if !x.proven(req, tx) {
		return
	}
	c := &taken{number: req.Recipient.User, id: req.CallID().Value()}
	x.mu.Lock()
	decide := x.plan
	x.plan = nil
	x.mu.Unlock()
	code, after := 200, ""
	if decide != nil {
		code, after = decide(c)
	}
	tx.Respond(sip.NewResponseFromRequest(req, 180, "Ringing", nil))
	if code != 200 {
		res := sip.NewResponseFromRequest(req, code, "to 99900000000 not possible", nil)
		if after != "" {
			res.AppendHeader(sip.NewHeader("Retry-After", after))
		}
		tx.Respond(res)
		<-tx.Done()
		return
	}
	x.mu.Lock()
	c.answered = true
	x.calls = append(x.calls, c)
	x.mu.Unlock()
	res := sip.NewSDPResponseFromRequest(req, c.listen(x.t, req.Body()))
	res.AppendHeader(&sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "x", Host: "127.0.0.1", Port: x.port}})
	tx.Respond(res)
}

// listen opens the sound of a call, records it and presses the key when it has
// heard enough. It gives the answer's description.
func (c *taken) listen(t *testing.T, offer []byte) []byte {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() { conn.Close() })
	partner := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: mediaPort(offer)}
	go func() {
		buf := make([]byte, 1500)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			var p rtp.Packet
			if p.Unmarshal(append([]byte(nil), buf[:n]...)) != nil {
				t.Error("not RTP")
				continue
			}
			c.mu.Lock()
			c.packets = append(c.packets, p)
			press := c.key != 0 && len(c.packets) == c.after
			c.mu.Unlock()
			if press {
				pressKey(conn, partner, c.key)
			}
		}
	}()
	return fmt.Appendf(nil, "v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"+
		"m=audio %d RTP/AVP 8 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\n",
		conn.LocalAddr().(*net.UDPAddr).Port)
}

// pressKey sends a key as RFC 4733 has it, with a packet lost and the end three
// times.
func pressKey(conn *net.UDPConn, to *net.UDPAddr, key byte) {
	for i, duration := range []uint16{320, 480, 640, 640, 640} {
		payload := []byte{key, 10, 0, 0}
		if i > 1 {
			payload[1] |= 0x80
		}
		binary.BigEndian.PutUint16(payload[2:], duration)
		b, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: uint16(i), Timestamp: 8000, SSRC: 7}, Payload: payload}).Marshal()
		conn.WriteToUDP(b, to)
	}
}

// mediaPort reads where an offer wants to hear.
func mediaPort(sdp []byte) int {
	for line := range strings.Lines(string(sdp)) {
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok {
			port, _ := strconv.Atoi(strings.Fields(rest)[0])
			return port
		}
	}
	return 0
}

// chirp is a voice that says everything in a fifth of a second.
type chirp struct{}

func (chirp) Check(context.Context) error { return nil }

func (chirp) Speak(_ context.Context, u speech.Utterance) ([]int16, error) {
	pcm := make([]int16, telephone.Rate/5)
	pitch := 300 + float64(len(u.Text))*7
	for i := range pcm {
		t := float64(i) / telephone.Rate
		pcm[i] = int16(9000 * math.Sin(2*math.Pi*(pitch+600*t)*t))
	}
	return pcm, nil
}

// config calls over an exchange without long pauses.
func config(port int) Config {
	return Config{
		Line:  telephone.Config{Trunk: "127.0.0.1:" + strconv.Itoa(port), User: "10086", Local: "127.0.0.1", Reply: 600 * time.Millisecond},
		Voice: chirp{}, Pause: 20 * time.Millisecond, Wait: 200 * time.Millisecond, Ring: 3 * time.Second, Rounds: 1,
		Log: slog.New(slog.DiscardHandler),
	}
}

// dialler opens a sender for the test.
func dialler(t *testing.T, c Config) *Sender {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
