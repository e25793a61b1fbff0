// Package gateway sends short messages through the interface of a public cloud.
// The clouds accept approved templates only and sign requests in one of two
// ways, which the configuration chooses: ACS3 (Alibaba Cloud's and what is
// compatible with it) or TC3 (Tencent Cloud's).
//
// Neither drops a repeated message, both carry our key (OutId, SessionContext)
// and can be asked for what they sent to a number; so Unknown ends in
// sender.Inquire. ACS3 lists a message as soon as it has it, so that its absence
// is an answer. TC3 lists it when its end is known: absence stays undecided.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
)

// Scheme is how requests are signed and what the calls are named.
type Scheme string

// The schemes.
const (
	ACS3 Scheme = "acs3"
	TC3  Scheme = "tc3"
)

// Config describes the cloud and our account there.
type Config struct {
	Scheme   Scheme
	URL      string // such as https://dysmsapi.aliyuncs.com or https://sms.tencentcloudapi.com
	ID       string // of the access key
	Secret   string
	SignName string // 短信签名, as approved
	App      string // SmsSdkAppId, TC3 only
	Region   string // such as ap-guangzhou, TC3 only

	// Forms are the approved templates for our messages. TC3 calls its blanks
	// 1, 2, 3.
	Forms sender.Forms

	// ReportSecret guards the address that the cloud reports to. The clouds sign
	// nothing there: it is configured as …?secret=….
	ReportSecret string

	Settle time.Duration // until the cloud's list is complete; 0 is 2 minutes
	Out    sender.Outgoing
}

// Sender sends through the cloud.
type Sender struct {
	c      Config
	say    dialect
	caller *sender.Caller
}

// call is one call of the cloud.
type call struct {
	action string
	query  url.Values
	body   []byte
}

// dialect is what differs between the clouds.
type dialect interface {
	request(ctx context.Context, c call, now time.Time) (*http.Request, error)
	send(m sender.Message) (call, error)
	sent(body []byte) (id string, err error)
	find(ctx context.Context, s sender.Sent, do doer) (sender.Report, error)
	reports(body []byte) ([]sender.Report, error)
}

// doer makes a call and returns a body that holds no error.
type doer func(ctx context.Context, c call) ([]byte, error)

// china is the clouds' time.
var china = time.FixedZone("CST", 8*3600)

// New makes a sender and refuses what cannot work.
func New(c Config) (*Sender, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || c.ID == "" || c.Secret == "" {
		return nil, errors.New("gateway: the address or the access key is missing")
	}
	if c.ReportSecret != "" && len(c.ReportSecret) < 16 {
		return nil, errors.New("gateway: reports need a secret of 16 characters or more")
	}
	if c.Settle == 0 {
		c.Settle = 2 * time.Minute
	}
	s := &Sender{c: c, caller: sender.NewCaller(c.Out)}
	switch c.Scheme {
	case ACS3:
		s.say = acs3{c}
	case TC3:
		if c.App == "" {
			return nil, errors.New("gateway: TC3 needs the number of the SMS application")
		}
		s.say = tc3{c}
	default:
		return nil, fmt.Errorf("gateway: the scheme %q is neither acs3 nor tc3", c.Scheme)
	}
	return s, nil
}

// Way is short message.
func (s *Sender) Way() sender.Way { return sender.SMS }

// Name names the scheme.
func (s *Sender) Name() string { return "gateway-" + string(s.c.Scheme) }

// Send asks the cloud to fill a template and send it.
func (s *Sender) Send(ctx context.Context, m sender.Message) (sender.Receipt, error) {
	if !sender.ValidKey(m.Key) {
		return sender.Receipt{}, sender.Refused("key", errors.New("the key is malformed"))
	}
	if !sender.ValidNumber(m.To) {
		return sender.Receipt{}, sender.Dead("number", errors.New("the number is malformed"))
	}
	m, err := s.c.Forms.Fill(m)
	if err != nil {
		return sender.Receipt{}, err
	}
	if m.Template == "" {
		return sender.Receipt{}, sender.Refused("template", errors.New("the cloud sends approved templates only"))
	}
	c, err := s.say.send(m)
	if err != nil {
		return sender.Receipt{}, err
	}
	body, err := s.do(ctx, c)
	if err != nil {
		return sender.Receipt{}, err
	}
	id, err := s.say.sent(body)
	if err != nil {
		return sender.Receipt{}, err
	}
	return sender.Receipt{ID: id, At: s.caller.Now()}, nil
}

// Ask looks a message up among what was sent to the number. A message that is
// not there is unheard of only once the list is complete.
func (s *Sender) Ask(ctx context.Context, sent sender.Sent) (sender.Report, error) {
	report, err := s.say.find(ctx, sent, s.do)
	if errors.Is(err, sender.ErrUnheard) && s.caller.Now().Sub(sent.At) < s.c.Settle {
		return sender.Report{}, sender.ErrUndecided
	}
	return report, err
}

// Check makes a signed call that sends nothing.
func (s *Sender) Check(ctx context.Context) error {
	var c call
	switch s.c.Scheme {
	case ACS3:
		c = call{action: "QuerySmsSignList", query: url.Values{"PageIndex": {"1"}, "PageSize": {"1"}}}
	case TC3:
		hour := s.caller.Now().In(china).Format("2006010215")
		c = tc3Call("SendStatusStatistics", map[string]any{"BeginTime": hour, "EndTime": hour,
			"SmsSdkAppId": s.c.App, "Limit": 0, "Offset": 0})
	}
	_, err := s.do(ctx, c)
	return err
}

// do makes a signed call.
func (s *Sender) do(ctx context.Context, c call) ([]byte, error) {
	req, err := s.say.request(ctx, c, s.caller.Now())
	if err != nil {
		return nil, sender.Unset("url", errors.New("the address of the cloud is malformed"))
	}
	a, err := s.caller.Do(req)
	if err != nil {
		return nil, err
	}
	code, said := refusal(a.Body)
	if said && a.Status < 500 {
		return nil, s.judge(code)
	}
	if err := s.caller.Judge(a); err != nil {
		return nil, err
	}
	return a.Body, nil
}

// listed says what the cloud's codes mean for a message, by their beginnings;
// the longest that fits decides.
var listed = map[string]func(code string) error{
	// The message or the number is at fault.
	"isv.MOBILE_NUMBER_ILLEGAL":                  dead,
	"InvalidParameterValue.IncorrectPhoneNumber": dead,
	"isv.":                  refused,
	"InvalidParameter":      refused,
	"FailedOperation.":      refused,
	"UnsupportedOperation.": refused,
	// We are: the account, the key, the clock, the balance.
	"isv.ACCOUNT_":                                   unset,
	"isv.AMOUNT_NOT_ENOUGH":                          unset,
	"isv.OUT_OF_SERVICE":                             unset,
	"isv.PRODUCT_UN_SUBSCRI":                         unset,
	"isv.RAM_PERMISSION_DENY":                        unset,
	"isv.SMS_SIGNATURE_ILLEGAL":                      unset,
	"isp.RAM_PERMISSION_DENY":                        unset,
	"Forbidden":                                      unset,
	"NoPermission":                                   unset,
	"InvalidAccessKeyId":                             unset,
	"SignatureDoesNotMatch":                          unset,
	"IncompleteSignature":                            unset,
	"InvalidTimeStamp":                               unset,
	"AuthFailure":                                    unset,
	"UnauthorizedOperation":                          unset,
	"InvalidParameterValue.SdkApp":                   unset,
	"FailedOperation.InsufficientBalance":            unset,
	"FailedOperation.SignatureIncorrectOrUnapproved": unset,
	"FailedOperation.TemplateIncorrectOrUnapproved":  unset,
	"FailedOperation.MissingSignature":               unset,
	"FailedOperation.MissingTemplateToModify":        unset,
	// Too much at once, or the cloud says that it did nothing.
	"isv.BUSINESS_LIMIT_CONTROL":          hourly,
	"isv.DAY_LIMIT_CONTROL":               daily,
	"isv.MONTH_LIMIT_CONTROL":             daily,
	"LimitExceeded.":                      hourly,
	"LimitExceeded.PhoneNumberDailyLimit": daily,
	"LimitExceeded.AppDailyLimit":         daily,
	"Throttling":                          minute,
	"RequestLimitExceeded":                minute,
	"SignatureNonceUsed":                  minute,
	"ServiceUnavailable":                  minute,
	"isp.SYSTEM_ERROR":                    minute,
}

func why(code string) error { return errors.New("the cloud refuses: " + sender.Scrub(code)) }

func dead(code string) error    { return sender.Dead(code, why(code)) }
func refused(code string) error { return sender.Refused(code, why(code)) }
func unset(code string) error   { return sender.Unset(code, why(code)) }
func minute(code string) error  { return sender.Later(code, time.Minute, why(code)) }
func hourly(code string) error  { return sender.Later(code, time.Hour, why(code)) }
func daily(code string) error   { return sender.Later(code, 12*time.Hour, why(code)) }

// judge turns the cloud's code into an error. What is not listed has an open
// outcome, as InternalError has.
func (s *Sender) judge(code string) error {
	best := ""
	for prefix := range listed {
		if strings.HasPrefix(code, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best == "" {
		e := sender.Lost(why(code))
		e.Code = code
		return e
	}
	return listed[best](code)
}

// Reports takes the cloud's calls: arrays of reports in JSON.
func (s *Sender) Reports(take sender.Take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !sender.Same(r.URL.Query().Get("secret"), s.c.ReportSecret) {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		reports, err := s.say.reports(body)
		if err != nil {
			http.Error(w, "malformed", http.StatusBadRequest)
			return
		}
		for i := range reports {
			if reports[i].At.IsZero() {
				reports[i].At = s.caller.Now()
			}
		}
		if err := take(r.Context(), reports...); err != nil {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		// One answer contents both clouds.
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"code":0,"msg":"OK","result":0,"errmsg":"OK"}`)
	})
}
