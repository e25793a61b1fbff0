package bridge

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xinqiao/internal/core/identity"
)

// page is the kiosk's page: it asks and waits for the answer.
type page struct {
	*testing.T
	conn *websocket.Conn
}

func open(t *testing.T, d Devices, origin string) (*page, *http.Response) {
	t.Helper()
	server := httptest.NewServer(New(d, "kiosk.example"))
	t.Cleanup(server.Close)
	c, answer, err := websocket.Dial(t.Context(), server.URL, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
	if err != nil {
		return nil, answer
	}
	c.SetReadLimit(largest)
	t.Cleanup(func() { _ = c.CloseNow() })
	return &page{t, c}, answer
}

func (p *page) ask(q request) (a answer) {
	p.Helper()
	text, _ := json.Marshal(q)
	if err := p.conn.Write(p.Context(), websocket.MessageText, text); err != nil {
		p.Fatal(err)
	}
	_, text, err := p.conn.Read(p.Context())
	if err != nil || json.Unmarshal(text, &a) != nil || a.ID != q.ID {
		p.Fatalf("answer %s: %v", text, err)
	}
	return a
}

func TestSimulator(t *testing.T) {
	s := &Simulator{}
	p, _ := open(t, s, "https://kiosk.example")
	if a := p.ask(request{ID: "1", Do: "hello"}); !a.OK || a.V != Version || strings.Join(a.Has, " ") != "card print scan" {
		t.Errorf("hello: %+v", a)
	}
	a := p.ask(request{ID: "2", Do: "card"})
	if _, err := identity.ParseID(a.Card.IDNo, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)); !a.OK || err != nil || !strings.HasPrefix(a.Card.IDNo, "990000") {
		t.Errorf("card: %+v %v", a.Card, err)
	}
	if a := p.ask(request{ID: "3", Do: "scan"}); !a.OK || http.DetectContentType(a.Image.Data) != "image/png" {
		t.Error("scan: no image")
	}
	if a := p.ask(request{ID: "4", Do: "print", Slip: []byte("\x1b@receipt")}); !a.OK || string(s.Slip) != "\x1b@receipt" {
		t.Errorf("print: %+v", a)
	}
	if a := p.ask(request{ID: "5", Do: "format"}); a.OK || a.Error != "unknown" {
		t.Errorf("what it does not know: %+v", a)
	}
}

func TestOtherSitesGetNothing(t *testing.T) {
	for _, origin := range []string{"https://evil.example", "null", ""} {
		if p, answer := open(t, &Simulator{}, origin); p != nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v", origin, answer)
		}
	}
}

// stuck is a reader before which nobody lays a card.
type stuck struct{ Simulator }

func (*stuck) Card(ctx context.Context) (Card, error) {
	<-ctx.Done()
	return Card{}, ctx.Err()
}

func TestNobodyLaysACard(t *testing.T) {
	p, _ := open(t, &stuck{}, "https://kiosk.example")
	if a := p.ask(request{ID: "1", Do: "card", Wait: 1}); a.OK || a.Error != "timeout" {
		t.Errorf("%+v", a)
	}
}

func TestCommands(t *testing.T) {
	printer := filepath.Join(t.TempDir(), "lp0")
	if err := os.WriteFile(printer, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, _ := open(t, Commands{Printer: printer}, "https://kiosk.example")
	if a := p.ask(request{ID: "1", Do: "print", Slip: []byte("slip")}); !a.OK {
		t.Errorf("%+v", a)
	}
	if got, _ := os.ReadFile(printer); string(got) != "slip" {
		t.Errorf("the printer got %q", got)
	}
	if a := p.ask(request{ID: "2", Do: "card"}); a.OK || a.Error != "no_device" {
		t.Errorf("no reader: %+v", a)
	}
}
