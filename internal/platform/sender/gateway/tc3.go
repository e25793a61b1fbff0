package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/platform/sender"
)

// tc3 speaks the SMS interface of 2021-01-11: parameters stand in a JSON body,
// SessionContext carries our key.
type tc3 struct{ c Config }

const tc3Version = "2021-01-11"

func tc3Call(action string, in map[string]any) call {
	b, _ := json.Marshal(in) // strings, numbers and lists of them: cannot fail
	return call{action: action, body: b}
}

func (d tc3) request(ctx context.Context, c call, now time.Time) (*http.Request, error) {
	u, err := url.Parse(d.c.URL)
	if err != nil {
		return nil, err
	}
	u.Path, u.RawQuery = "/", ""
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("X-TC-Action", c.action)
	req.Header.Set("X-TC-Version", tc3Version)
	req.Header.Set("X-TC-Timestamp", strconv.FormatInt(now.Unix(), 10))
	if d.c.Region != "" {
		req.Header.Set("X-TC-Region", d.c.Region)
	}
	tc3Sign(req, c.body, tc3Key{id: d.c.ID, secret: d.c.Secret, service: "sms", at: now}, "content-type", "host", "x-tc-action")
	return req, nil
}

func (d tc3) send(m sender.Message) (call, error) {
	values, err := d.order(m)
	if err != nil {
		return call{}, err
	}
	return tc3Call("SendSms", map[string]any{
		"PhoneNumberSet": []string{tc3Number(m.To)}, "SmsSdkAppId": d.c.App, "SignName": d.c.SignName,
		"TemplateId": m.Template, "TemplateParamSet": values, "SessionContext": m.Key,
	}), nil
}

// order puts the fields into the template's numbered blanks.
func (d tc3) order(m sender.Message) ([]string, error) {
	out := make([]string, 0, len(m.Fields))
	for i := range len(m.Fields) {
		v, ok := m.Fields[strconv.Itoa(i+1)]
		if !ok {
			return nil, sender.Refused("fields", fmt.Errorf("the blanks of a template are numbered, and %d is missing", i+1))
		}
		out = append(out, v)
	}
	return out, nil
}

func (d tc3) sent(body []byte) (string, error) {
	var a struct {
		Response struct{ SendStatusSet []struct{ SerialNo string } }
	}
	if err := json.Unmarshal(body, &a); err != nil || len(a.Response.SendStatusSet) != 1 {
		return "", sender.Lost(errors.New("the cloud's answer is malformed"))
	}
	return a.Response.SendStatusSet[0].SerialNo, nil
}

// find reads the ends of what was sent to the number since. The cloud lists
// ends only, so that a message that is missing may still be under way.
func (d tc3) find(ctx context.Context, s sender.Sent, do doer) (sender.Report, error) {
	body, err := do(ctx, tc3Call("PullSmsSendStatusByPhoneNumber", map[string]any{
		"BeginTime": s.At.Add(-time.Minute).Unix(), "Offset": 0, "Limit": 100,
		"PhoneNumber": tc3Number(s.To), "SmsSdkAppId": d.c.App,
	}))
	if err != nil {
		return sender.Report{}, err
	}
	var a struct {
		Response struct {
			PullSmsSendStatusSet []struct {
				SessionContext, SerialNo, ReportStatus, Description string
				UserReceiveTime                                     int64
			}
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return sender.Report{}, errors.New("the cloud's answer is malformed")
	}
	for _, x := range a.Response.PullSmsSendStatusSet {
		if x.SessionContext == s.Key {
			return sender.Report{Way: sender.SMS, ID: x.SerialNo, Key: s.Key, Status: tc3Status(x.ReportStatus),
				At: time.Unix(x.UserReceiveTime, 0).UTC(), Detail: sender.Scrub(x.Description)}, nil
		}
	}
	return sender.Report{}, sender.ErrUndecided
}

func (d tc3) reports(body []byte) ([]sender.Report, error) {
	var in []struct {
		SID    string `json:"sid"`
		Status string `json:"report_status"`
		Code   string `json:"errmsg"`
		At     string `json:"user_receive_time"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	out := make([]sender.Report, 0, len(in))
	for _, x := range in {
		out = append(out, sender.Report{Way: sender.SMS, ID: x.SID, Status: tc3Status(x.Status), At: clouded(x.At), Detail: sender.Scrub(x.Code)})
	}
	return out, nil
}

func tc3Status(s string) sender.Status {
	if s == "SUCCESS" {
		return sender.Delivered
	}
	return sender.Failed
}

// tc3Number is how the cloud writes numbers: +86 and the number.
func tc3Number(s string) string {
	if strings.HasPrefix(s, "+") {
		return s
	}
	return "+86" + s
}
