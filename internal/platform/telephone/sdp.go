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

// understand reads the other side's description.
func understand(sdp []byte) (terms, error) {
	t := terms{events: -1}
	var session, media string // addresses
	var port uint64
	var payloads []string
	in := "session"
	for line := range strings.Lines(string(sdp)) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		switch {
		case key == "m":
			in = "other"
			f := strings.Fields(value)
			if payloads == nil && len(f) > 3 && f[0] == "audio" && strings.HasPrefix(f[2], "RTP/AVP") {
				in, payloads = "audio", f[3:]
				port, _ = strconv.ParseUint(f[1], 10, 16)
			}
		case key == "c" && in == "session":
			session = address(value)
		case key == "c" && in == "audio":
			media = address(value)
		case key == "a" && in == "audio":
			if pt, ok := eventType(value); ok {
				t.events = pt
			}
		}
	}
	if media == "" {
		media = session
	}
	addr, err := netip.ParseAddr(media)
	if err != nil || port == 0 {
		return t, errNoMedia
	}
	t.remote = netip.AddrPortFrom(addr.Unmap(), uint16(port))
	return t, t.choose(payloads)
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
