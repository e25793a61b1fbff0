package telephone

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// eventsOffered is the payload type under which keys are offered.
const eventsOffered = 101

// errNoMedia: the other side cannot talk in a way that we can.
var errNoMedia = errors.New("no common way to talk")

// terms (媒体协商) are what two sides agreed on: where the sound goes and in which
// form.
type terms struct {
	remote netip.AddrPort
	law    Law
	events int // payload type of keys; -1 where they are not understood
}

// describe offers both laws, or answers with the one of t.
func describe(local netip.AddrPort, session uint64, t *terms) []byte {
	family := "IP4"
	if local.Addr().Is6() {
		family = "IP6"
	}
	payloads, maps := "8 0", "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
	events := eventsOffered
	if t != nil {
		name := map[Law]string{ALaw: "PCMA", MuLaw: "PCMU"}[t.law]
		payloads = strconv.Itoa(int(t.law))
		maps = fmt.Sprintf("a=rtpmap:%d %s/8000\r\n", t.law, name)
		events = t.events
	}
	if events >= 0 {
		payloads += " " + strconv.Itoa(events)
		maps += fmt.Sprintf("a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", events, events)
	}
	return fmt.Appendf(nil, "v=0\r\no=- %d 1 IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n"+
		"m=audio %d RTP/AVP %s\r\n%sa=ptime:20\r\na=sendrecv\r\n",
		session, family, local.Addr(), family, local.Addr(), local.Port(), payloads, maps)
}

// description is what matters of a session description.
type description struct {
	session, media string // addresses
	port           uint64
	payloads       []string
	events         int
	section        string
}

// understand reads the other side's description.
func understand(sdp []byte) (terms, error) {
	d := description{section: "session", events: -1}
	for line := range strings.Lines(string(sdp)) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		d.read(key, value)
	}
	if d.media == "" {
		d.media = d.session
	}
	addr, err := netip.ParseAddr(d.media)
	if err != nil || d.port == 0 {
		return terms{}, errNoMedia
	}
	t := terms{remote: netip.AddrPortFrom(addr.Unmap(), uint16(d.port)), events: d.events}
	return t, t.choose(d.payloads)
}

// read takes in one line; the first section of sound counts.
func (d *description) read(key, value string) {
	switch {
	case key == "m":
		d.begin(strings.Fields(value))
	case key == "c" && d.section == "session":
		d.session = address(value)
	case key == "c" && d.section == "audio":
		d.media = address(value)
	case key == "a" && d.section == "audio":
		if pt, ok := eventType(value); ok {
			d.events = pt
		}
	}
}

// begin opens the section of "m=audio 4000 RTP/AVP 8 0".
func (d *description) begin(m []string) {
	d.section = "other"
	if d.payloads == nil && len(m) > 3 && m[0] == "audio" && strings.HasPrefix(m[2], "RTP/AVP") {
		d.section, d.payloads = "audio", m[3:]
		d.port, _ = strconv.ParseUint(m[1], 10, 16)
	}
}

// choose takes the first law that the other side names, which is the one that
// it prefers.
func (t *terms) choose(payloads []string) error {
	for _, p := range payloads {
		switch p {
		case "8":
			t.law = ALaw
			return nil
		case "0":
			t.law = MuLaw
			return nil
		}
	}
	return errNoMedia
}

// address gives the address of a c= line.
func address(value string) string {
	f := strings.Fields(value)
	if len(f) < 3 {
		return ""
	}
	addr, _, _ := strings.Cut(f[2], "/")
	return addr
}

// eventType reads "rtpmap:101 telephone-event/8000".
func eventType(attribute string) (int, bool) {
	rest, ok := strings.CutPrefix(attribute, "rtpmap:")
	if !ok {
		return 0, false
	}
	number, name, _ := strings.Cut(rest, " ")
	pt, err := strconv.Atoi(number)
	return pt, err == nil && pt >= 0 && pt < 128 && strings.EqualFold(strings.TrimSpace(name), "telephone-event/8000")
}
