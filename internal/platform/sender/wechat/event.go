package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
)

// oldest is how far the time of an event may be from ours. WeChat repeats an
// unanswered event within seconds.
const oldest = 10 * time.Minute

// envelope is an event, or what hides one.
type envelope struct {
	Encrypt string
	Event   string
	MsgType string
	MsgID   string
	Status  string
	Created int64 `xml:"CreateTime"`
}

// Reports takes WeChat's events: GET when the address is configured, POST
// afterwards. Of the events only TEMPLATESENDJOBFINISH reports; the others are
// answered and left.
func (s *Sender) Reports(take sender.Take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		sent, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
		off := s.caller.Now().Sub(time.Unix(sent, 0)).Abs()
		if err != nil || off > oldest || s.c.Token == "" || !sender.Same(q.Get("signature"), s.sign(q.Get("timestamp"), q.Get("nonce"))) {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, q.Get("echostr"))
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<18))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		e, err := s.open(body, q.Get("timestamp"), q.Get("nonce"), q.Get("msg_signature"))
		if err != nil {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		if report, ok := s.report(e); ok {
			if err := take(r.Context(), report); err != nil {
				http.Error(w, "later", http.StatusServiceUnavailable)
				return
			}
		}
		_, _ = io.WriteString(w, "success")
	})
}

// sign is WeChat's signature: the SHA-1 of the sorted words, the token among
// them.
func (s *Sender) sign(words ...string) string {
	words = append(words, s.c.Token)
	slices.Sort(words)
	h := sha1.Sum([]byte(strings.Join(words, "")))
	return hex.EncodeToString(h[:])
}

// open reads an event. With a key nothing but what is encrypted with it passes.
func (s *Sender) open(body []byte, timestamp, nonce, signature string) (envelope, error) {
	var e envelope
	if err := xml.Unmarshal(body, &e); err != nil {
		return e, err
	}
	if s.key == nil {
		return e, nil
	}
	if !sender.Same(signature, s.sign(timestamp, nonce, e.Encrypt)) {
		return e, errors.New("the signature of the event is wrong")
	}
	text, err := s.decrypt(e.Encrypt)
	if err != nil {
		return e, err
	}
	e = envelope{}
	return e, xml.Unmarshal(text, &e)
}

// decrypt undoes AES-256-CBC, whose text is 16 random bytes, the length, the
// event and our AppID, padded to 32 bytes.
func (s *Sender) decrypt(text string) ([]byte, error) {
	malformed := errors.New("the event is malformed")
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < 32 || len(b)%aes.BlockSize != 0 {
		return nil, malformed
	}
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, s.key[:aes.BlockSize]).CryptBlocks(b, b)
	pad := int(b[len(b)-1])
	if pad < 1 || pad > 32 || pad > len(b)-20 {
		return nil, malformed
	}
	b = b[:len(b)-pad]
	n := int(binary.BigEndian.Uint32(b[16:20]))
	if n < 0 || n > len(b)-20 || !sender.Same(string(b[20+n:]), s.c.AppID) {
		return nil, malformed
	}
	return b[20 : 20+n], nil
}

func (s *Sender) report(e envelope) (sender.Report, bool) {
	if e.MsgType != "event" || e.Event != "TEMPLATESENDJOBFINISH" {
		return sender.Report{}, false
	}
	r := sender.Report{Way: sender.WeChat, ID: e.MsgID, Status: sender.Failed, At: s.caller.Now(), Detail: sender.Scrub(e.Status)}
	if e.Status == "success" {
		r.Status = sender.Delivered
	}
	if e.Created > 0 {
		r.At = time.Unix(e.Created, 0).UTC()
	}
	return r, true
}
