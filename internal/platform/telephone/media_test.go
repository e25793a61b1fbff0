package telephone

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// TestG711 compares with values of the standard's tables, and holds every code
// to come back as itself.
func TestG711(t *testing.T) {
	for _, c := range []struct {
		law  Law
		code byte
		pcm  int16
	}{
		{ALaw, 0xd5, 8}, {ALaw, 0x55, -8}, {ALaw, 0xd4, 24}, {ALaw, 0xaa, 32256}, {ALaw, 0x2a, -32256},
		{ALaw, 0x80, 5504}, {ALaw, 0x00, -5504}, {ALaw, 0xc5, 264}, {ALaw, 0xf5, 528},
		{MuLaw, 0xff, 0}, {MuLaw, 0x7f, 0}, {MuLaw, 0x80, 32124}, {MuLaw, 0x00, -32124}, {MuLaw, 0xfe, 8},
		{MuLaw, 0xf0, 120}, {MuLaw, 0xef, 132}, {MuLaw, 0x90, 15996}, {MuLaw, 0x1f, -8316},
	} {
		if got := c.law.Decode([]byte{c.code})[0]; got != c.pcm {
			t.Errorf("law %d code %#x is %d, want %d", c.law, c.code, got, c.pcm)
		}
	}
	for _, law := range []Law{ALaw, MuLaw} {
		var code [1]byte
		for i := range 256 {
			law.Encode(code[:], law.Decode([]byte{byte(i)}))
			if code[0] != byte(i) && (law != MuLaw || i != 0x7f) { // two codes for zero
				t.Errorf("law %d code %#x comes back as %#x", law, i, code[0])
			}
		}
		for s := -32768; s < 32768; s += 7 {
			law.Encode(code[:], []int16{int16(s)})
			back := int(law.Decode(code[:])[0])
			if d := max(s-back, back-s); d > 16+max(s, -s)/28 {
				t.Fatalf("law %d: %d comes back as %d", law, s, back)
			}
		}
		if law.Decode([]byte{law.quiet()})[0] > 8 {
			t.Errorf("law %d: silence is heard", law)
		}
	}
}

func TestUnderstand(t *testing.T) {
	head := "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
	for _, c := range []struct {
		sdp    string
		remote string
		law    Law
		events int
	}{
		{head + "m=audio 4000 RTP/AVP 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n", "192.0.2.1:4000", MuLaw, 96},
		{head + "m=audio 4000 RTP/AVP 18 8\r\nc=IN IP4 192.0.2.2\r\n", "192.0.2.2:4000", ALaw, -1},
		{head + "m=video 5000 RTP/AVP 31\r\nc=IN IP4 192.0.2.3\r\nm=audio 4002 RTP/AVP 8\r\n", "192.0.2.1:4002", ALaw, -1},
		{strings.ReplaceAll(head, "IP4 192.0.2.1", "IP6 2001:db8::1") + "m=audio 4000 RTP/AVP 8\n", "[2001:db8::1]:4000", ALaw, -1},
		{head + "m=audio 0 RTP/AVP 8\r\n", "", 0, 0},
		{head + "m=audio 4000 RTP/AVP 18\r\n", "", 0, 0},
		{head + "m=audio 4000 RTP/SAVP 8\r\n", "", 0, 0},
		{"v=0\r\nm=audio 4000 RTP/AVP 8\r\n", "", 0, 0},
		{"m=\nc=\na=\n=\nm=audio x", "", 0, 0},
		{"", "", 0, 0},
	} {
		got, err := understand([]byte(c.sdp))
		if c.remote == "" {
			if err == nil {
				t.Errorf("%q was understood as %v", c.sdp, got)
			}
			continue
		}
		if err != nil || got != (terms{netip.MustParseAddrPort(c.remote), c.law, c.events}) {
			t.Errorf("%q: %v %v", c.sdp, got, err)
		}
	}
	offer, err := understand(describe(netip.MustParseAddrPort("192.0.2.7:6000"), 5, nil))
	if err != nil || offer.law != ALaw || offer.events != eventsOffered || offer.remote.Port() != 6000 {
		t.Errorf("our own offer: %v %v", offer, err)
	}
}

func FuzzUnderstand(f *testing.F) {
	f.Add("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n")
	f.Fuzz(func(t *testing.T, sdp string) {
		if got, err := understand([]byte(sdp)); err == nil && (!got.remote.IsValid() || got.remote.Port() == 0) {
			t.Errorf("%q: %v", sdp, got)
		}
	})
}

// partner is a bare RTP end.
func partner(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestSymmetric: sound goes where sound comes from, and stays there.
func TestSymmetric(t *testing.T) {
	m, err := openMedia(netip.MustParseAddr(loop), [2]int{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	named, real, intruder := partner(t), partner(t), partner(t)
	m.start(terms{named.LocalAddr().(*net.UDPAddr).AddrPort(), ALaw, 101})
	heard := make(chan []int16, 4)
	m.record(func(pcm []int16) { heard <- pcm })
	say := func(from *net.UDPConn, pt uint8, at uint32, payload ...byte) {
		b, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, Timestamp: at}, Payload: payload}).Marshal()
		from.WriteToUDPAddrPort(b, netip.AddrPortFrom(netip.MustParseAddr(loop), m.port()))
	}
	reaches := func(who *net.UDPConn) {
		t.Helper()
		if _, err := m.play(t.Context(), make([]int16, frameSamples)); err != nil {
			t.Fatal(err)
		}
		who.SetReadDeadline(time.Now().Add(time.Second))
		if n, err := who.Read(make([]byte, 1500)); err != nil || n != 172 {
			t.Fatalf("%d bytes, %v", n, err)
		}
	}
	reaches(named)
	say(real, 13, 0, 1) // comfort noise, which was not agreed on
	say(real, 8, 0, 0xd5)
	<-heard
	reaches(real)
	say(intruder, 8, 0, 0xd5)
	say(intruder, 101, 9, 1, 0, 0, 160)
	say(real, 101, 7, 5, 0, 0, 160)
	say(real, 101, 7, 5, 0x80, 1, 64)
	say(real, 101, 8, 5, 0x80, 1, 64)
	say(real, 8, 0, 0xd5)
	<-heard
	reaches(real)
	if len(heard) != 0 || len(m.digits) != 2 || <-m.digits != '5' || <-m.digits != '5' {
		t.Error("an intruder was heard, or keys were not")
	}
}

func TestPorts(t *testing.T) {
	ip := netip.MustParseAddr(loop)
	first := partner(t).LocalAddr().(*net.UDPAddr).Port &^ 1
	ports := [2]int{first, first + 3}
	used := map[uint16]bool{}
	for range 3 {
		m, err := openMedia(ip, ports)
		if err != nil {
			break
		}
		defer m.close()
		used[m.port()] = true
	}
	for p := range used {
		if int(p) < ports[0] || int(p) > ports[1] || p%2 != 0 {
			t.Errorf("port %d is none of %v", p, ports)
		}
	}
	if _, err := openMedia(ip, ports); err == nil {
		t.Error("a port was given twice")
	}
}
