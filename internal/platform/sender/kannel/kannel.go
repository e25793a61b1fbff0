// Package kannel sends short messages through Kannel, the gateway that speaks
// SMPP, CMPP and the like with the carriers, by the HTTP interface of its
// smsbox.
//
// Kannel neither drops a repeated message nor can be asked about one, so Unknown
// ends in sender.Wait. But it reports each step of every message it has taken,
// with our key in the address of the report: Accepted comes within seconds, and
// its absence tells the operator that nothing was taken.
package kannel

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
)

// Config describes the smsbox and us.
type Config struct {
	URL      string // of sendsms, such as http://127.0.0.1:13013/cgi-bin/sendsms
	User     string // group = sendsms-user
	Password string
	From     string // our number; empty leaves it to Kannel
	Prefix   string // the signature that carriers ask for, such as 【名川市信访局】

	// ReportURL is where Kannel reaches Reports, and Secret what signs each
	// report's address. Without them nothing is reported.
	ReportURL string
	Secret    string

	MostParts int // short messages per text; 0 is 6. Kannel's max-messages must not be less
	Out       sender.Outgoing
}

// Sender sends through Kannel.
type Sender struct {
	c      Config
	caller *sender.Caller
}

// New makes a sender and refuses what cannot work.
func New(c Config) (*Sender, error) {
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" {
		return nil, errors.New("kannel: the address of sendsms is none")
	}
	if c.ReportURL != "" && len(c.Secret) < 16 {
		return nil, errors.New("kannel: reports need a secret of 16 characters or more")
	}
	if c.MostParts == 0 {
		c.MostParts = 6
	}
	return &Sender{c: c, caller: sender.NewCaller(c.Out)}, nil
}

// Way is short message.
func (s *Sender) Way() sender.Way { return sender.SMS }

// Name names the gateway.
func (s *Sender) Name() string { return "kannel" }

// Send hands one text to Kannel.
//
// POST rather than GET: number and password stay out of the address, which
// smsbox writes to its access log, and Go never repeats a POST by itself.
func (s *Sender) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	if !sender.ValidKey(m.Key) {
		return sender.Receipt{}, sender.Refused("key", errors.New("the key is malformed"))
	}
	if !sender.ValidNumber(m.To) {
		return sender.Receipt{}, sender.Dead("number", errors.New("the number is malformed"))
	}
	text := s.c.Prefix + sender.ShortText(m)
	parts, ucs2 := sender.Parts(text)
	if parts > s.c.MostParts || text == "" {
		return sender.Receipt{}, sender.Refused("length", fmt.Errorf("a text of %d short messages", parts))
	}
	h := http.Header{}
	h.Set("X-Kannel-To", m.To)
	h.Set("X-Kannel-Coding", map[bool]string{false: "0", true: "2"}[ucs2])
	if s.c.From != "" {
		h.Set("X-Kannel-From", s.c.From)
	}
	if s.c.ReportURL != "" {
		h.Set("X-Kannel-DLR-Mask", strconv.Itoa(delivered|undeliverable|queued|accepted|rejected))
		h.Set("X-Kannel-DLR-URL", s.reportURL(m.Key))
	}
	a, err := s.post(ctx, h, text)
	if err == nil {
		err = s.judge(a)
	}
	if err != nil {
		return sender.Receipt{}, err
	}
	return sender.Receipt{At: s.caller.Now(), Note: sender.Scrub(string(a.Body))}, nil
}

// Check asks for a message to nobody: smsbox looks at the credentials first,
// then misses the number.
func (s *Sender) Check(ctx context.Context) error {
	a, err := s.post(ctx, http.Header{}, "")
	if err != nil {
		return err
	}
	if a.Status == http.StatusBadRequest && strings.Contains(string(a.Body), "Missing receiver") {
		return nil
	}
	if err := s.judge(a); err != nil {
		return err
	}
	return sender.Unset("answer", errors.New("this is not Kannel's sendsms"))
}

func (s *Sender) post(ctx context.Context, h http.Header, text string) (sender.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.c.URL, strings.NewReader(text))
	if err != nil {
		return sender.Answer{}, sender.Unset("url", errors.New("the address of sendsms is malformed"))
	}
	req.Header = h
	req.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	req.Header.Set("X-Kannel-Username", s.c.User)
	req.Header.Set("X-Kannel-Password", s.c.Password)
	return s.caller.Do(req)
}

// judge reads smsbox's answer: 202 is taken, "0: Accepted" or "3: Queued".
func (s *Sender) judge(a sender.Answer) error {
	if a.Status == http.StatusNotFound {
		return sender.Unset("404", errors.New("no sendsms at this address"))
	}
	return s.caller.Judge(a)
}

// The bits of dlr-mask, and what %d says in a report.
const (
	delivered     = 1
	undeliverable = 2
	queued        = 4
	accepted      = 8
	rejected      = 16
)

var statuses = map[string]sender.Status{
	strconv.Itoa(delivered): sender.Delivered, strconv.Itoa(undeliverable): sender.Failed,
	strconv.Itoa(queued): sender.Accepted, strconv.Itoa(accepted): sender.Accepted, strconv.Itoa(rejected): sender.Failed,
}

// reportURL is where Kannel reports about one message. Its signature holds for
// that message only, so that a leaked address betrays no other.
func (s *Sender) reportURL(key string) string {
	sep := "?"
	if strings.Contains(s.c.ReportURL, "?") {
		sep = "&"
	}
	return s.c.ReportURL + sep + "key=" + key + "&sig=" + s.sign(key) + "&status=%d&id=%F&at=%T&answer=%A"
}

func (s *Sender) sign(key string) string {
	h := hmac.New(sha256.New, []byte(s.c.Secret))
	h.Write([]byte("kannel\n" + key))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Reports takes Kannel's calls.
func (s *Sender) Reports(take sender.Take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		key := q.Get("key")
		if s.c.Secret == "" || !sender.ValidKey(key) || !sender.Same(q.Get("sig"), s.sign(key)) {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		status, ok := statuses[q.Get("status")]
		if !ok {
			http.Error(w, "status", http.StatusBadRequest)
			return
		}
		report := sender.Report{Way: sender.SMS, ID: q.Get("id"), Key: key, Status: status, At: s.caller.Now(),
			Detail: sender.Scrub(strings.TrimSuffix(q.Get("status")+" "+q.Get("answer"), "/"))}
		if n, err := strconv.ParseInt(q.Get("at"), 10, 64); err == nil && n > 0 {
			report.At = time.Unix(n, 0).UTC()
		}
		if err := take(r.Context(), report); err != nil {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}
