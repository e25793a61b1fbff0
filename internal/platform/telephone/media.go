package telephone

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

// Rate is the sampling rate of the telephone, in samples a second.
const Rate = 8000

const (
	frame        = 20 * time.Millisecond
	frameSamples = Rate / 50
	// behind is how far sending may lag before the clock is moved instead of
	// flooding the other side with what is late.
	behind = 10
)

// media is the sound of one call: RTP with 20 ms a packet in both directions.
type media struct {
	conn   *net.UDPConn
	remote atomic.Pointer[netip.AddrPort]
	digits chan rune

	mu     sync.Mutex
	terms  terms
	heard  func([]int16)
	header rtp.Header
}

// openMedia takes a free even port of the range.
func openMedia(ip netip.Addr, ports [2]int) (*media, error) {
	first, n := ports[0], max(1, (ports[1]-ports[0])/2+1)
	start := rand.IntN(n)
	for i := range n {
		port := first
		if first > 0 {
			port += 2 * ((start + i) % n)
		}
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: ip.AsSlice(), Port: port})
		if err == nil {
			return &media{conn: conn, digits: make(chan rune, 16), header: rtp.Header{
				Version: 2, SSRC: rand.Uint32(), SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(),
			}}, nil
		}
	}
	return nil, errors.New("no free media port")
}

// port is where the other side sends to.
func (m *media) port() uint16 { return uint16(m.conn.LocalAddr().(*net.UDPAddr).Port) }

// start begins to listen as agreed.
func (m *media) start(t terms) {
	m.mu.Lock()
	m.terms = t
	m.mu.Unlock()
	m.remote.Store(&t.remote)
	go m.listen(t)
}

// close ends listening.
func (m *media) close() { m.conn.Close() }

// listen reads until the port is closed. Sound comes from where the other
// side's network translates it to, not always from where it says (symmetric
// RTP): the first sender of a fitting packet becomes the partner, and nobody
// after it.
func (m *media) listen(t terms) {
	buf := make([]byte, 1500)
	var pad keypad
	var partner netip.AddrPort
	for {
		n, from, err := m.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		var p rtp.Packet
		if p.Unmarshal(buf[:n]) != nil {
			continue
		}
		law := Law(p.PayloadType) // gateways do change it on the way
		sound, key := law == ALaw || law == MuLaw, int(p.PayloadType) == t.events
		if !sound && !key || partner.IsValid() && partner != from {
			continue
		}
		if !partner.IsValid() {
			partner = from
			m.remote.Store(&from)
		}
		if key {
			if k, first := pad.press(p.Timestamp, p.Payload); first {
				m.press(k)
			}
			continue
		}
		m.mu.Lock()
		heard := m.heard
		m.mu.Unlock()
		if heard != nil {
			heard(law.Decode(p.Payload))
		}
	}
}

// press passes a key on; nobody waits for more than a few.
func (m *media) press(k rune) {
	select {
	case m.digits <- k:
	default:
	}
}

// play sends sound in real time until it ends or ctx does, and tells how much
// of it was sent.
func (m *media) play(ctx context.Context, pcm []int16) (time.Duration, error) {
	total, sent := (len(pcm)+frameSamples-1)/frameSamples, 0
	tick := time.NewTicker(frame)
	defer tick.Stop()
	var start time.Time
	for sent < total {
		select {
		case <-ctx.Done():
			return time.Duration(sent) * frame, ctx.Err()
		case now := <-tick.C:
			if due := int(now.Sub(start)/frame) + 1; start.IsZero() || due-sent > behind {
				start = now.Add(-time.Duration(sent) * frame)
			}
			for due := int(now.Sub(start)/frame) + 1; sent < min(due, total); sent++ {
				if err := m.send(pcm[sent*frameSamples:], sent == 0); err != nil {
					return time.Duration(sent) * frame, err
				}
			}
		}
	}
	return time.Duration(sent) * frame, nil
}

// send packs the first frame of pcm; mark says that sound begins.
func (m *media) send(pcm []int16, mark bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	payload := make([]byte, frameSamples)
	n := min(len(pcm), frameSamples)
	m.terms.law.Encode(payload, pcm[:n])
	for i := n; i < frameSamples; i++ {
		payload[i] = m.terms.law.quiet()
	}
	m.header.Marker, m.header.PayloadType = mark, uint8(m.terms.law)
	err := m.write(payload)
	m.header.Timestamp += frameSamples
	return err
}

// write sends one packet under the current header.
func (m *media) write(payload []byte) error {
	b, err := (&rtp.Packet{Header: m.header, Payload: payload}).Marshal()
	m.header.SequenceNumber++
	if err != nil {
		return err
	}
	_, err = m.conn.WriteToUDPAddrPort(b, *m.remote.Load())
	return err
}

// record passes what is heard from now on to fn, frame by frame; nil ends it.
func (m *media) record(fn func([]int16)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = fn
}
