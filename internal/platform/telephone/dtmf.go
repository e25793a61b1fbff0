package telephone

// keys are the sixteen keys in the order of RFC 4733.
const keys = "0123456789*#ABCD"

// keypad turns RFC 4733 event packets into pressed keys. An event comes in
// several packets with one timestamp, its last one three times, any of which
// may get lost: the first to arrive counts.
type keypad struct {
	pressed bool
	last    uint32
}

// press gives the key that a packet is the first of.
func (k *keypad) press(timestamp uint32, payload []byte) (rune, bool) {
	if len(payload) < 4 || int(payload[0]) >= len(keys) {
		return 0, false
	}
	if k.pressed && timestamp == k.last {
		return 0, false
	}
	k.pressed, k.last = true, timestamp
	return rune(keys[payload[0]]), true
}
