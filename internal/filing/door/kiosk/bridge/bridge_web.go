// Package bridge is the program beside a kiosk's browser: it reads cards, scans
// and prints, and speaks to the page over a WebSocket on this machine alone.
// docs/kiosk.md describes the messages.
package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Version of the protocol.
const Version = 1

// largest bounds a message: a scanned page in base64.
const largest = 24 << 20

// Card is what an identity card says.
type Card struct {
	Name    string `json:"name"`
	IDNo    string `json:"id_no"`
	Address string `json:"address,omitempty"`
	Sex     string `json:"sex,omitempty"` // GB/T 2261.1
}

// Image is a scanned page.
type Image struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"` // base64 in JSON
}

// Devices are what the machine has. A missing one gives ErrNone.
type Devices interface {
	Card(ctx context.Context) (Card, error)
	Scan(ctx context.Context) (Image, error)
	Print(ctx context.Context, slip []byte) error
	Has() []string // card, scan, print
	Name() string
}

// What can go wrong, as the page is told it.
var (
	ErrNone    = errors.New("no_device")
	ErrTimeout = errors.New("timeout")
	ErrPaper   = errors.New("paper_out")
	errUnknown = errors.New("unknown")
	errBusy    = errors.New("busy")
)

// request is a message of the page.
type request struct {
	ID   string `json:"id"`
	Do   string `json:"do"`             // hello, card, scan, print, cancel
	Wait int    `json:"wait,omitempty"` // seconds, of card and scan
	Slip []byte `json:"slip,omitempty"` // of print, base64
}

// answer is a message to the page, one for each request.
type answer struct {
	ID    string   `json:"id"`
	OK    bool     `json:"ok"`
	Error string   `json:"error,omitempty"`
	V     int      `json:"v,omitempty"`
	Name  string   `json:"name,omitempty"`
	Has   []string `json:"has,omitempty"`
	Card  *Card    `json:"card,omitempty"`
	Image *Image   `json:"image,omitempty"`
}

// Bridge serves one page at a time. Make it with New.
type Bridge struct {
	devices Devices
	origins []string
	using   sync.Mutex // one device at a time
}

// New makes a bridge for the pages of some origins, given as host patterns:
// another site that the browser might open gets no card.
func New(d Devices, origins ...string) *Bridge { return &Bridge{devices: d, origins: origins} }

// ServeHTTP implements http.Handler.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() || r.Header.Get("Origin") == "" {
		http.Error(w, "this machine's own pages only", http.StatusForbidden)
		return
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: b.origins})
	if err != nil {
		return // Accept has answered
	}
	defer c.CloseNow()
	c.SetReadLimit(largest)
	b.serve(r.Context(), c)
}

func (b *Bridge) serve(ctx context.Context, c *websocket.Conn) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var writing sync.Mutex
	cancel := func() {}
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			return
		}
		var q request
		if json.Unmarshal(data, &q) != nil {
			q.Do = ""
		}
		if q.Do == "cancel" {
			cancel()
			continue
		}
		work, done := context.WithTimeout(ctx, patience(q))
		cancel = done
		go func() {
			defer done()
			text, err := json.Marshal(b.answer(work, q))
			if err != nil {
				return
			}
			writing.Lock()
			defer writing.Unlock()
			_ = c.Write(ctx, websocket.MessageText, text) // a page that went away is no matter
		}()
	}
}

func patience(q request) time.Duration {
	if q.Wait < 1 || q.Wait > 120 {
		return 30 * time.Second
	}
	return time.Duration(q.Wait) * time.Second
}

func (b *Bridge) answer(ctx context.Context, q request) answer {
	a := answer{ID: q.ID}
	if q.Do == "hello" {
		a.OK, a.V, a.Name, a.Has = true, Version, b.devices.Name(), b.devices.Has()
		return a
	}
	err := errBusy
	if b.using.TryLock() {
		defer b.using.Unlock()
		err = b.use(ctx, q, &a)
	}
	if ctx.Err() != nil {
		err = ErrTimeout
	}
	a.OK = err == nil
	if err != nil {
		a.Error = word(err)
	}
	return a
}

func (b *Bridge) use(ctx context.Context, q request, a *answer) error {
	switch q.Do {
	case "card":
		card, err := b.devices.Card(ctx)
		a.Card = &card
		return err
	case "scan":
		image, err := b.devices.Scan(ctx)
		a.Image = &image
		return err
	case "print":
		return b.devices.Print(ctx, q.Slip)
	}
	return errUnknown
}

// word is what the page is told: one of a few words, never a device's own
// message, which could hold what it read.
func word(err error) string {
	for _, known := range []error{ErrNone, ErrTimeout, ErrPaper, errUnknown, errBusy} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "failed"
}
