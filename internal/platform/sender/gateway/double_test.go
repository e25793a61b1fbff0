package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/platform/sender/sendertest"
)

// cloud is the carrier's side of both schemes. It recomputes each signature in
// its own way, refuses old requests and repeated nonces, and fails on demand.
type cloud struct {
	t      *testing.T
	scheme Scheme
	door   *sendertest.Door
	nonces map[string]bool

	mu     sync.Mutex
	sent   []delivery
	next   func(w http.ResponseWriter) bool // answers the next sending instead; true if it was taken all the same
	closed bool
	free   chan struct{} // ends hanging calls
}

type delivery struct {
	id, key, to, template string
	values                string
	at                    time.Time
}

const (
	accessID     = "example-id"
	accessSecret = "an-invented-access-secret"
	signName     = "名川市信访局"
	app          = "1400000000"
)

func newCloud(t *testing.T, scheme Scheme) *cloud {
	c := &cloud{t: t, scheme: scheme, nonces: map[string]bool{}, free: make(chan struct{})}
	c.door = sendertest.NewDoor(t, c, false)
	t.Cleanup(func() { close(c.free) })
	return c
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed { // as a cable that is cut
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	body, _ := io.ReadAll(r.Body)
	fault, action := c.verify(r, body)
	if fault != "" {
		c.fail(w, fault)
		return
	}
	switch action {
	case "SendSms":
		c.send(w, r, body)
	case "QuerySendDetails":
		c.details(w, r.URL.Query())
	case "PullSmsSendStatusByPhoneNumber":
		c.ends(w, body)
	case "QuerySmsSignList":
		answer(w, `{"Code":"OK","RequestId":"r"}`)
	case "SendStatusStatistics":
		answer(w, `{"Response":{"SendStatusStatistics":{"FeeCount":0},"RequestId":"r"}}`)
	default:
		c.t.Errorf("call of %q", action)
	}
}

func answer(w http.ResponseWriter, s string, a ...any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, s, a...)
}

// fail answers as the clouds do: one by status and code, one by code only.
func (c *cloud) fail(w http.ResponseWriter, code string) {
	if c.scheme == TC3 {
		answer(w, `{"Response":{"Error":{"Code":%q,"Message":"no, 13900000001"},"RequestId":"r"}}`, code)
		return
	}
	w.WriteHeader(http.StatusBadRequest)
	answer(w, `{"Code":%q,"Message":"no, 13900000001","RequestId":"r"}`, code)
}

func sum(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	_, _ = io.WriteString(h, text)
	return string(h.Sum(nil))
}

func hash(b string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(b))) }

// verify recomputes the signature from what arrived.
func (c *cloud) verify(r *http.Request, body []byte) (fault, action string) {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	part := map[string]string{}
	for p := range strings.SplitSeq(rest, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		part[k] = v
	}
	names := strings.Split(part["SignedHeaders"], ";")
	if !sort.StringsAreSorted(names) {
		return "IncompleteSignature", ""
	}
	text := r.Method + "\n" + r.URL.Path + "\n" + ordered(r.URL.Query()) + "\n"
	for _, n := range names {
		v := r.Header.Get(n)
		if n == "host" {
			v = r.Host
		}
		text += n + ":" + v + "\n"
	}
	text += "\n" + part["SignedHeaders"] + "\n" + hash(string(body))
	if c.scheme == ACS3 {
		return c.verifyACS3(r, scheme, part, text)
	}
	return c.verifyTC3(r, scheme, part, text)
}

func ordered(q url.Values) string {
	var out []string
	for k := range q {
		out = append(out, url.PathEscape(k)+"="+strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(q.Get(k))))
	}
	sort.Strings(out)
	return strings.Join(out, "&")
}

func (c *cloud) verifyACS3(r *http.Request, scheme string, part map[string]string, text string) (fault, action string) {
	for _, must := range []string{"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"} {
		if !strings.Contains(";"+part["SignedHeaders"]+";", ";"+must+";") {
			return "IncompleteSignature", ""
		}
	}
	at, err := time.Parse(time.RFC3339, r.Header.Get("x-acs-date"))
	if err != nil || math.Abs(time.Since(at).Minutes()) > 15 {
		return "InvalidTimeStamp.Expired", ""
	}
	want := hex.EncodeToString([]byte(sum(accessSecret, "ACS3-HMAC-SHA256\n"+hash(text))))
	if scheme != "ACS3-HMAC-SHA256" || part["Signature"] != want || r.Header.Get("x-acs-content-sha256") != hash("") {
		return "SignatureDoesNotMatch", ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := r.Header.Get("x-acs-signature-nonce")
	if part["Credential"] != accessID {
		return "InvalidAccessKeyId.NotFound", ""
	}
	if len(n) < 16 || c.nonces[n] {
		return "SignatureNonceUsed", ""
	}
	c.nonces[n] = true
	return "", r.Header.Get("x-acs-action")
}

func (c *cloud) verifyTC3(r *http.Request, scheme string, part map[string]string, text string) (fault, action string) {
	seconds, _ := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64)
	at := time.Unix(seconds, 0).UTC()
	if math.Abs(time.Since(at).Minutes()) > 5 {
		return "AuthFailure.SignatureExpire", ""
	}
	id, scope, _ := strings.Cut(part["Credential"], "/")
	day := at.Format(time.DateOnly)
	if scope != day+"/sms/tc3_request" || id != accessID {
		return "AuthFailure.SecretIdNotFound", ""
	}
	key := sum(sum(sum("TC3"+accessSecret, day), "sms"), "tc3_request")
	want := hex.EncodeToString([]byte(sum(key, "TC3-HMAC-SHA256\n"+r.Header.Get("X-TC-Timestamp")+"\n"+scope+"\n"+hash(text))))
	if scheme != "TC3-HMAC-SHA256" || part["Signature"] != want {
		return "AuthFailure.SignatureFailure", ""
	}
	return "", r.Header.Get("X-TC-Action")
}

func (c *cloud) send(w http.ResponseWriter, r *http.Request, body []byte) {
	d := delivery{at: time.Now()}
	var sign string
	if c.scheme == ACS3 {
		q := r.URL.Query()
		d.key, d.to, d.template, d.values, sign = q.Get("OutId"), q.Get("PhoneNumbers"), q.Get("TemplateCode"), q.Get("TemplateParam"), q.Get("SignName")
	} else {
		var in struct {
			PhoneNumberSet, TemplateParamSet                  []string
			SmsSdkAppId, SignName, TemplateId, SessionContext string
		}
		if err := json.Unmarshal(body, &in); err != nil || len(in.PhoneNumberSet) != 1 || in.SmsSdkAppId != app {
			c.fail(w, "InvalidParameter")
			return
		}
		values, _ := json.Marshal(in.TemplateParamSet)
		d.key, d.to, d.template, d.values, sign = in.SessionContext, in.PhoneNumberSet[0], in.TemplateId, string(values), in.SignName
	}
	c.mu.Lock()
	next := c.next
	c.next = nil
	c.mu.Unlock()
	if next != nil {
		if next(w) {
			c.take(&d)
			<-c.free
		}
		return
	}
	switch {
	case sign != signName && c.scheme == ACS3:
		c.fail(w, "isv.SMS_SIGNATURE_ILLEGAL")
	case strings.HasSuffix(d.to, "0000"):
		c.fail(w, map[Scheme]string{ACS3: "isv.MOBILE_NUMBER_ILLEGAL", TC3: "InvalidParameterValue.IncorrectPhoneNumber"}[c.scheme])
	case c.scheme == ACS3:
		c.take(&d)
		answer(w, `{"Code":"OK","Message":"OK","BizId":%q,"RequestId":"r"}`, d.id)
	default:
		c.take(&d)
		answer(w, `{"Response":{"SendStatusSet":[{"SerialNo":%q,"PhoneNumber":%q,"Fee":1,"SessionContext":%q,"Code":"Ok","Message":"send success","IsoCode":"CN"}],"RequestId":"r"}}`, d.id, d.to, d.key)
	}
}

func (c *cloud) take(d *delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.id = fmt.Sprintf("biz-%d", len(c.sent)+1)
	c.sent = append(c.sent, *d)
}

// details lists what was sent to a number on a day.
func (c *cloud) details(w http.ResponseWriter, q url.Values) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, d := range c.sent {
		day := d.at.In(china).Format("20060102")
		if d.to == q.Get("PhoneNumber") && (day == q.Get("SendDate") || d.at.Add(-time.Hour).In(china).Format("20060102") == q.Get("SendDate")) {
			lines = append(lines, fmt.Sprintf(`{"OutId":%q,"SendStatus":3,"ErrCode":"DELIVERED","ReceiveDate":%q}`, d.key, d.at.In(china).Format(time.DateTime)))
		}
	}
	answer(w, `{"Code":"OK","TotalCount":"%d","SmsSendDetailDTOs":{"SmsSendDetailDTO":[%s]}}`, len(lines), strings.Join(lines, ","))
}

// ends lists the ends of what was sent to a number.
func (c *cloud) ends(w http.ResponseWriter, body []byte) {
	var in struct {
		PhoneNumber string
		BeginTime   int64
	}
	_ = json.Unmarshal(body, &in)
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, d := range c.sent {
		if d.to == in.PhoneNumber && d.at.Unix() >= in.BeginTime {
			lines = append(lines, fmt.Sprintf(`{"SessionContext":%q,"SerialNo":%q,"ReportStatus":"SUCCESS","Description":"DELIVRD","UserReceiveTime":%d}`, d.key, d.id, d.at.Unix()))
		}
	}
	answer(w, `{"Response":{"PullSmsSendStatusSet":[%s],"RequestId":"r"}}`, strings.Join(lines, ","))
}
