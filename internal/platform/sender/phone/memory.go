package phone

import (
	"sync"

	"xinqiao/internal/platform/sender"
)

// remembered is how many calls are kept in mind.
const remembered = 4096

// outcome is how one message ended, once done is closed.
type outcome struct {
	done    chan struct{}
	left    chan struct{} // closed by a sender who could not wait
	receipt sender.Receipt
	err     error
}

// memory keeps two calls for one message apart: while the first is on the
// second waits for its end, and what was told or lost is not told again. It
// lives as long as the process; a restart in the middle of a call leaves the
// queue with an unknown outcome, which a person decides.
type memory struct {
	again bool // after a lost one

	mu    sync.Mutex
	calls map[string]*outcome
	order []string
}

// begin gives the outcome of the key's call, and whether it is the caller's to
// make.
func (m *memory) begin(key string) (o *outcome, mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, known := m.calls[key]
	if known {
		select {
		case <-o.done:
			lost := o.err != nil && sender.KindOf(o.err) == sender.Unknown
			if o.err == nil || lost && !m.again {
				return o, false
			}
		default:
			return o, false
		}
	} else {
		m.order = append(m.order, key)
	}
	o = &outcome{done: make(chan struct{}), left: make(chan struct{})}
	m.calls[key] = o
	m.forget()
	return o, true
}

// forget drops the oldest calls that are over.
func (m *memory) forget() {
	for len(m.order) > remembered {
		oldest := m.order[0]
		select {
		case <-m.calls[oldest].done:
			delete(m.calls, oldest)
			m.order = m.order[1:]
		default:
			return
		}
	}
}

// end closes the outcome.
func (o *outcome) end(r sender.Receipt, err error) {
	o.receipt, o.err = r, err
	close(o.done)
}

// abandoned tells whether nobody waits for the end any more.
func (o *outcome) abandoned() bool {
	select {
	case <-o.left:
		return true
	default:
		return false
	}
}
