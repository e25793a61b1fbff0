package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
)

// acs3 speaks the SMS interface of 2017-05-25: parameters stand in the query,
// OutId carries our key.
type acs3 struct{ c Config }

const acs3Version = "2017-05-25"

func (d acs3) request(ctx context.Context, c call, now time.Time) (*http.Request, error) {
	u, err := url.Parse(d.c.URL)
	if err != nil {
		return nil, err
	}
	u.Path, u.RawQuery = "/", query(c.query)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("x-acs-action", c.action)
	req.Header.Set("x-acs-version", acs3Version)
	req.Header.Set("x-acs-date", now.UTC().Format("2006-01-02T15:04:05Z"))
	req.Header.Set("x-acs-signature-nonce", nonce())
	req.Header.Set("x-acs-content-sha256", digest(nil))
	acs3Sign(req, nil, d.c.ID, d.c.Secret)
	return req, nil
}

func (d acs3) send(m sender.Message) (call, error) {
	fields := m.Fields
	if fields == nil {
		fields = map[string]string{}
	}
	param, err := json.Marshal(fields)
	if err != nil {
		return call{}, sender.Refused("fields", err)
	}
	return call{action: "SendSms", query: url.Values{
		"PhoneNumbers": {acs3Number(m.To)}, "SignName": {d.c.SignName}, "TemplateCode": {m.Template},
		"TemplateParam": {string(param)}, "OutId": {m.Key},
	}}, nil
}

func (d acs3) sent(body []byte) (string, error) {
	var a struct{ BizId string }
	if err := json.Unmarshal(body, &a); err != nil || a.BizId == "" {
		return "", sender.Lost(errors.New("the cloud's answer is malformed"))
	}
	return a.BizId, nil
}

// find asks for the day of the message, and for the next if it was sent about
// midnight.
func (d acs3) find(ctx context.Context, s sender.Sent, do doer) (sender.Report, error) {
	days := []string{s.At.In(china).Format("20060102")}
	if next := s.At.Add(10 * time.Minute).In(china).Format("20060102"); next != days[0] {
		days = append(days, next)
	}
	whole := true
	for _, day := range days {
		body, err := do(ctx, call{action: "QuerySendDetails", query: url.Values{
			"PhoneNumber": {acs3Number(s.To)}, "SendDate": {day}, "PageSize": {"50"}, "CurrentPage": {"1"}}})
		if err != nil {
			return sender.Report{}, err
		}
		var a struct {
			TotalCount        json.Number
			SmsSendDetailDTOs struct{ SmsSendDetailDTO []acs3Detail }
		}
		if err := json.Unmarshal(body, &a); err != nil {
			return sender.Report{}, errors.New("the cloud's answer is malformed")
		}
		for _, x := range a.SmsSendDetailDTOs.SmsSendDetailDTO {
			if x.OutId == s.Key {
				return x.report()
			}
		}
		n, _ := a.TotalCount.Int64()
		whole = whole && n <= 50
	}
	if !whole {
		return sender.Report{}, sender.ErrUndecided
	}
	return sender.Report{}, sender.ErrUnheard
}

// acs3Detail is one line of QuerySendDetails.
type acs3Detail struct {
	OutId       string
	SendStatus  int // 1 waits for the carrier, 2 failed, 3 delivered
	ErrCode     string
	ReceiveDate string
}

func (x acs3Detail) report() (sender.Report, error) {
	status := map[int]sender.Status{2: sender.Failed, 3: sender.Delivered}[x.SendStatus]
	if status == "" {
		return sender.Report{}, sender.ErrUndecided
	}
	return sender.Report{Way: sender.SMS, Key: x.OutId, Status: status, At: clouded(x.ReceiveDate), Detail: sender.Scrub(x.ErrCode)}, nil
}

func (d acs3) reports(body []byte) ([]sender.Report, error) {
	var in []struct {
		OutID   string `json:"out_id"`
		BizID   string `json:"biz_id"`
		Success bool   `json:"success"`
		Code    string `json:"err_code"`
		At      string `json:"report_time"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	out := make([]sender.Report, 0, len(in))
	for _, x := range in {
		r := sender.Report{Way: sender.SMS, ID: x.BizID, Key: x.OutID, Status: sender.Failed, At: clouded(x.At), Detail: sender.Scrub(x.Code)}
		if x.Success {
			r.Status = sender.Delivered
		}
		out = append(out, r)
	}
	return out, nil
}

// acs3Number is how the cloud writes numbers of the mainland: without +86.
func acs3Number(s string) string { return strings.TrimPrefix(strings.TrimPrefix(s, "+86"), "+") }

// clouded reads the clouds' time; zero if there is none.
func clouded(s string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, s, china)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// refusal finds the code of an error in either cloud's answer.
func refusal(body []byte) (string, bool) {
	var a struct {
		Code     string
		Response struct {
			Error         struct{ Code string }
			SendStatusSet []struct{ Code string }
		}
	}
	if json.Unmarshal(body, &a) != nil {
		return "", false
	}
	if c := a.Response.Error.Code; c != "" {
		return c, true
	}
	for _, s := range a.Response.SendStatusSet {
		if s.Code != "Ok" {
			return s.Code, true
		}
	}
	return a.Code, a.Code != "" && a.Code != "OK"
}
