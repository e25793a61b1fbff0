package account

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// visitors slows down addresses that fail to sign in. Only failures count: a
// hundred clerks behind one office address are no attack.
type visitors struct {
	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

const (
	failureBurst = 20
	failureEvery = 6 * time.Second
	visitorCount = 10_000
)

func newVisitors() *visitors { return &visitors{seen: map[string]*rate.Limiter{}} }

// welcome tells whether the address may try.
func (v *visitors) welcome(ip string, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	l, known := v.seen[network(ip)]
	return !known || l.TokensAt(now) >= 1
}

// failed counts a failure of the address.
func (v *visitors) failed(ip string, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := network(ip)
	l, known := v.seen[key]
	if !known {
		v.makeRoom(now)
		l = rate.NewLimiter(rate.Every(failureEvery), failureBurst)
		v.seen[key] = l
	}
	l.AllowN(now, 1)
}

// makeRoom forgets those who have calmed down, and all if none has.
func (v *visitors) makeRoom(now time.Time) {
	if len(v.seen) < visitorCount {
		return
	}
	for key, l := range v.seen {
		if l.TokensAt(now) >= failureBurst {
			delete(v.seen, key)
		}
	}
	if len(v.seen) >= visitorCount {
		clear(v.seen)
	}
}

// network is the address, or the /64 of an IPv6 address: one subscriber.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if addr = addr.Unmap(); addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
