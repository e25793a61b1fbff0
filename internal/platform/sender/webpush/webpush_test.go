package webpush

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/sendertest"
)

// browser is a push service and the browser behind it: it opens messages with
// the subscription's private key.
type browser struct {
	t      *testing.T
	door   *sendertest.Door
	key    *ecdh.PrivateKey
	auth   []byte
	server string // the applicationServerKey it subscribed with

	mu     sync.Mutex
	topics map[string]string  // tag → topic
	shown  map[string]Payload // by tag: the same tag replaces
	twice  map[string]int     // notifications beside each other with one tag: topics that differ
	next   int                // status of the next message
	wait   string             // with its Retry-After
	hang   bool
	free   chan struct{}
}

func newBrowser(t *testing.T, server string) *browser {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, key: key, auth: make([]byte, 16), server: server, free: make(chan struct{}),
		topics: map[string]string{}, shown: map[string]Payload{}, twice: map[string]int{}}
	_, _ = rand.Read(b.auth)
	b.door = sendertest.NewDoor(t, b, true)
	t.Cleanup(func() { close(b.free) })
	return b
}

func (b *browser) subscription(path string) string {
	s, _ := json.Marshal(map[string]any{"endpoint": b.door.URL + path, "expirationTime": nil,
		"keys": map[string]string{"p256dh": encode(b.key.PublicKey().Bytes()), "auth": encode(b.auth)}})
	return string(s)
}

func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case r.URL.Path == "/push/gone":
		w.WriteHeader(http.StatusGone)
		return
	}
	if err := b.knows(r); err != nil {
		b.t.Log(err)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, _ := io.ReadAll(r.Body)
	p, err := b.open(body)
	if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" || len(r.Header.Get("Topic")) > 32 {
		b.t.Errorf("message: %v, %v", err, r.Header)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	next, wait, hang := b.next, b.wait, b.hang
	b.next, b.wait, b.hang = 0, "", false
	if next == 0 {
		if topic := b.topics[p.Tag]; topic != "" && topic != r.Header.Get("Topic") {
			b.twice[p.Tag]++
		}
		b.topics[p.Tag], b.shown[p.Tag] = r.Header.Get("Topic"), p
	}
	b.mu.Unlock()
	switch {
	case next != 0:
		w.Header().Set("Retry-After", wait)
		w.WriteHeader(next)
	case hang:
		<-b.free
	default:
		w.Header().Set("Location", b.door.URL+"/message/1")
		w.WriteHeader(http.StatusCreated)
	}
}

// knows verifies RFC 8292 from the header alone.
func (b *browser) knows(r *http.Request) error {
	var token, key string
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "vapid ")
	for p := range strings.SplitSeq(rest, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		switch k {
		case "t":
			token = v
		case "k":
			key = v
		}
	}
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 || key != b.server {
		return errors.New("the subscription is bound to another key")
	}
	point, _ := decode(key)
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	signature, _ := decode(parts[2])
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if len(signature) != 64 || !ecdsa.Verify(public, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the signature is wrong")
	}
	var head struct{ Typ, Alg string }
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	h, _ := decode(parts[0])
	c, _ := decode(parts[1])
	if json.Unmarshal(h, &head) != nil || json.Unmarshal(c, &claims) != nil || head.Alg != "ES256" || head.Typ != "JWT" {
		return errors.New("the token is malformed")
	}
	left := time.Until(time.Unix(claims.Exp, 0))
	if claims.Aud != b.door.URL || left <= 0 || left > 24*time.Hour || !strings.HasPrefix(claims.Sub, "mailto:") {
		return fmt.Errorf("claims %+v", claims)
	}
	return nil
}

// expand is HKDF of one block, written out so that it is not the sender's.
func expand(salt, secret []byte, info string, n int) []byte {
	mac := func(key, text []byte) []byte { h := hmac.New(sha256.New, key); h.Write(text); return h.Sum(nil) }
	return mac(mac(salt, secret), []byte(info+"\x01"))[:n]
}

// open is the browser's half of RFC 8291.
func (b *browser) open(body []byte) (Payload, error) {
	var p Payload
	plain, err := b.decrypt(body)
	if err != nil {
		return p, err
	}
	end := bytes.LastIndexByte(plain, 2)
	if end < 0 || strings.Trim(string(plain[end+1:]), "\x00") != "" {
		return p, errors.New("the padding is wrong")
	}
	return p, json.Unmarshal(plain[:end], &p)
}

func (b *browser) decrypt(body []byte) ([]byte, error) {
	if len(body) < 86 || len(body) > 4096 || body[20] != 65 {
		return nil, fmt.Errorf("%d bytes", len(body))
	}
	theirs, err := ecdh.P256().NewPublicKey(body[21:86])
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	ikm := expand(b.auth, shared, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(body[21:86]), 32)
	block, _ := aes.NewCipher(expand(body[:16], ikm, "Content-Encoding: aes128gcm\x00", 16))
	gcm, _ := cipher.NewGCM(block)
	return gcm.Open(nil, expand(body[:16], ikm, "Content-Encoding: nonce\x00", 12), body[86:], nil)
}

func setting(t *testing.T) (*browser, *Sender) {
	private, public, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, public)
	return b, b.sender(private)
}

func (b *browser) sender(private string) *Sender {
	s, err := New(Config{Key: private, Subject: "mailto:notice@xinfang.example", Hosts: []string{strings.TrimPrefix(b.door.URL, "https://")},
		Out: sender.Outgoing{Timeout: 700 * time.Millisecond, Roots: b.door.Roots}})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *browser) message(key string) sender.Message {
	return sender.Message{Key: key, To: b.subscription("/push/secret-path"), Title: "信访件有新进展", Text: "您的信访件 MC26-0A1B-7K3F 已受理",
		URL: "https://xinfang.example/follow", Lang: "zh"}
}

func TestExercise(t *testing.T) {
	sendertest.Exercise(t, func(t *testing.T) *sendertest.Bench {
		b, s := setting(t)
		return &sendertest.Bench{
			Sender: s, Message: b.message, Secrets: []string{"secret-path", encode(b.auth)},
			Arrived: func(key string) int {
				b.mu.Lock()
				defer b.mu.Unlock()
				if _, ok := b.shown[key]; !ok {
					return 0
				}
				return 1 + b.twice[key]
			},
			Text: func(key string) string { b.mu.Lock(); defer b.mu.Unlock(); return b.shown[key].Body },
			Down: b.door.Down, Up: b.door.Up,
			Busy: func(d time.Duration) {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.next, b.wait = http.StatusTooManyRequests, time.Now().Add(d).UTC().Format(http.TimeFormat)
			},
			Refused: func(key string) sender.Message { m := b.message(key); m.To = b.subscription("/push/gone"); return m },
			Hang:    func() { b.mu.Lock(); b.hang = true; b.mu.Unlock() },
		}
	})
}

func TestAnswers(t *testing.T) {
	b, s := setting(t)
	m := b.message("answers-1")
	m.To = b.subscription("/push/gone")
	if _, err := s.Send(t.Context(), m); !sender.Gone(err) {
		t.Errorf("410: %v", err)
	}
	for status, want := range map[int]sender.Kind{413: sender.Permanent, 400: sender.Permanent, 503: sender.Retryable, 500: sender.Unknown, 302: sender.Retryable} {
		b.next = status
		if _, err := s.Send(t.Context(), b.message("answers-1")); sender.KindOf(err) != want {
			t.Errorf("%d: %v", status, err)
		}
	}
	other, _, _ := NewKey()
	if _, err := b.sender(other).Send(t.Context(), b.message("answers-1")); sender.KindOf(err) != sender.Retryable || sender.RetryAfter(err) < time.Minute {
		t.Errorf("another key: %v", err)
	}
	m = b.message("answers-1")
	m.Text = strings.Repeat("字", 1400)
	if _, err := s.Send(t.Context(), m); sender.KindOf(err) != sender.Permanent {
		t.Errorf("too long: %v", err)
	}
	m.Text = strings.Repeat("字", 1200)
	if _, err := s.Send(t.Context(), m); err != nil || b.shown["answers-1"].Body != m.Text {
		t.Errorf("just fits: %v", err)
	}
}

// TestSubscriptions: what a visitor hands in must not make us call anybody.
func TestSubscriptions(t *testing.T) {
	b, s := setting(t)
	good := b.subscription("/push/1")
	if !s.Valid(good) {
		t.Fatal(good)
	}
	host := strings.TrimPrefix(b.door.URL, "https://")
	for _, bad := range []string{
		"", "{}", `{"endpoint":1}`, strings.Replace(good, "https:", "http:", 1), strings.Replace(good, host, "169.254.169.254", 1),
		strings.Replace(good, host, "user@"+host, 1), strings.Replace(good, host, host+".evil.example", 1), strings.Replace(good, host, "127.0.0.1", 1),
		strings.Replace(good, encode(b.auth), "AAAA", 1), strings.Replace(good, `"p256dh":"B`, `"p256dh":"A`, 1), good + strings.Repeat(" ", 5000),
	} {
		m := b.message("bad-1")
		m.To = bad
		if _, err := s.Send(t.Context(), m); s.Valid(bad) || !sender.Gone(err) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	s.c.Hosts = Known
	for host, want := range map[string]bool{"fcm.googleapis.com": true, "FCM.googleapis.com:443": true, "wns2-db5p.notify.windows.com": true,
		"a.b.notify.windows.com": true, "notify.windows.com.evil.example": false, "evilnotify.windows.com": false, "fcm.googleapis.com:8443": false} {
		text := strings.Replace(good, strings.TrimPrefix(b.door.URL, "https://"), host, 1)
		if s.Valid(text) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}

// TestRFC8291 is the example of the standard's appendix A.
func TestRFC8291(t *testing.T) {
	bytesOf := func(s string) []byte {
		b, err := decode(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ours, err := ecdh.P256().NewPrivateKey(bytesOf("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := ecdh.P256().NewPublicKey(bytesOf("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"))
	if err != nil {
		t.Fatal(err)
	}
	sub := subscription{public: theirs, auth: bytesOf("BTBZMqHH6r4Tts7J_aSIgg")}
	got, err := seal([]byte("When I grow up, I want to be a watermelon\x02"), sub, ours, bytesOf("DGv6ra1nlYgDCS1FRnbzlw"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if encode(got) != want {
		t.Errorf("got %s", encode(got))
	}
}
