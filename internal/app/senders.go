package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/gateway"
	"xinqiao/internal/platform/sender/kannel"
	"xinqiao/internal/platform/sender/smtp"
	"xinqiao/internal/platform/sender/webpush"
	"xinqiao/internal/platform/sender/wechat"
)

// ways are the configured senders, and the key that pages subscribe with.
type ways struct {
	senders []sender.Sender
	pushKey string
}

// openWays makes a sender for each way that is configured.
func openWays(c config.Config, name string, now clock.Clock) (ways, error) {
	var w ways
	out := sender.Outgoing{Clock: now}
	for _, open := range []func() (sender.Sender, error){
		func() (sender.Sender, error) { return openMail(c, name, out) },
		func() (sender.Sender, error) { return openSMS(c, out) },
		func() (sender.Sender, error) { return openWeChat(c, out) },
		func() (sender.Sender, error) { return openPush(c, out) },
		func() (sender.Sender, error) { return openPhone(c.Phone, now) },
	} {
		s, err := open()
		if err != nil {
			w.close()
			return ways{}, err
		}
		if s == nil {
			continue
		}
		w.senders = append(w.senders, s)
		if p, ok := s.(*webpush.Sender); ok {
			w.pushKey = p.PublicKey()
		}
	}
	return w, nil
}

// opened keeps a nil pointer from becoming an interface that is not nil.
func opened[S sender.Sender](s S, err error) (sender.Sender, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openMail(c config.Config, name string, out sender.Outgoing) (sender.Sender, error) {
	if c.MailServer == "" {
		return nil, nil
	}
	password, err := config.Secret(c.MailPasswordFile)
	if err != nil {
		return nil, err
	}
	host, port := c.MailServer, 0
	if h, p, err := net.SplitHostPort(c.MailServer); err == nil {
		host = h
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("--mail-server %q: the port is no number", c.MailServer)
		}
	}
	return opened(smtp.New(smtp.Config{Host: host, Port: port, Security: smtp.Security(c.MailSecurity),
		User: c.MailUser, Password: password, From: c.MailFrom, FromName: name, Out: out}))
}

func openSMS(c config.Config, out sender.Outgoing) (sender.Sender, error) {
	if c.SMSVia == "" || c.SMSVia == "none" {
		return nil, nil
	}
	secret, err := config.Secret(c.SMSSecretFile)
	if err != nil {
		return nil, err
	}
	reports, err := config.Secret(c.SMSReportSecretFile)
	if err != nil {
		return nil, err
	}
	if c.SMSVia == "kannel" {
		k := kannel.Config{URL: c.SMSURL, User: c.SMSUser, Password: secret, From: c.SMSFrom, Secret: reports, Out: out}
		if c.SMSSign != "" {
			k.Prefix = "【" + c.SMSSign + "】"
		}
		if reports != "" {
			k.ReportURL = c.SMSReportURL
			if k.ReportURL == "" {
				k.ReportURL = c.BaseURL() + "/hooks/sms/kannel"
			}
		}
		return opened(kannel.New(k))
	}
	forms, err := readForms(c.SMSTemplatesFile)
	if err != nil {
		return nil, err
	}
	return opened(gateway.New(gateway.Config{Scheme: gateway.Scheme(c.SMSVia), URL: c.SMSURL, ID: c.SMSUser, Secret: secret,
		SignName: c.SMSSign, App: c.SMSApp, Region: c.SMSRegion, Forms: forms, ReportSecret: reports, Out: out}))
}

func openWeChat(c config.Config, out sender.Outgoing) (sender.Sender, error) {
	if c.WeChatAppID == "" {
		return nil, nil
	}
	secret, err := config.Secret(c.WeChatSecretFile)
	if err != nil {
		return nil, err
	}
	events, err := config.Secret(c.WeChatEventsFile)
	if err != nil {
		return nil, err
	}
	forms, err := readForms(c.WeChatTemplatesFile)
	if err != nil {
		return nil, err
	}
	token, key, _ := strings.Cut(events, "\n")
	return opened(wechat.New(wechat.Config{URL: c.WeChatURL, AppID: c.WeChatAppID, Secret: secret, Forms: forms,
		Token: strings.TrimSpace(token), AESKey: strings.TrimSpace(key), Out: out}))
}

func openPush(c config.Config, out sender.Outgoing) (sender.Sender, error) {
	if c.PushSubject == "" {
		return nil, nil
	}
	path := c.PushKeyFile
	if path == "" {
		path = filepath.Join(c.Data, "push.key")
	}
	key, err := config.Secret(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makePushKey(path)
	}
	if err != nil {
		return nil, err
	}
	return opened(webpush.New(webpush.Config{Key: key, Subject: c.PushSubject, Hosts: c.PushHosts, Out: out}))
}

// makePushKey makes the key at the first start, for nobody else to read.
func makePushKey(path string) (string, error) {
	key, _, err := webpush.NewKey()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return "", fmt.Errorf("make the key of push: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return config.Secret(path)
	}
	if err != nil {
		return "", fmt.Errorf("make the key of push: %w", err)
	}
	_, err = f.WriteString(key + "\n")
	return key, errors.Join(err, f.Sync(), f.Close())
}

func readForms(path string) (sender.Forms, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return sender.ReadForms(b)
}

// SenderState is how a configured way stands.
type SenderState struct {
	Way     string `json:"way"`
	Sender  string `json:"sender"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
}

// SendersCheck signs in at every configured carrier and sends nothing.
func SendersCheck(ctx context.Context, c Config) ([]SenderState, error) {
	c.PhoneLocal = withoutPort(c.PhoneLocal) // which the running program has
	w, err := openWays(c.Config, c.CityNameZH, clock.System)
	if err != nil {
		return nil, err
	}
	defer w.close()
	var out []SenderState
	for _, s := range w.senders {
		state := SenderState{Way: string(s.Way()), Sender: s.Name(), OK: true}
		if err := s.Check(ctx); err != nil {
			state.OK, state.Problem = false, err.Error()
		}
		out = append(out, state)
	}
	return out, nil
}
