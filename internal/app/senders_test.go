package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/sender"
)

// TestWays: each way opens with its settings, and none without.
func TestWays(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := file("secret", "an invented secret of some length\n")
	forms := file("forms.json", `{"*":{"id":"T","fields":{"1":"url"}}}`)
	events := file("events", "an invented token\nYW4gaW52ZW50ZWQga2V5IG9mIDMyIGNoYXJhY3RlcnM\n")
	c := config.Config{Storage: config.Storage{Data: dir}, Web: config.Web{PublicURL: "https://xinfang.example"}}
	if w, err := openWays(c, "名川市", clock.System); err != nil || len(w.senders) != 0 || w.pushKey != "" {
		t.Fatalf("without settings: %+v %v", w, err)
	}
	c.Senders = config.Senders{
		MailServer: "mail.example:2525", MailSecurity: "tls", MailFrom: "notice@xinfang.example", MailUser: "u", MailPasswordFile: secret,
		SMSVia: "kannel", SMSURL: "http://127.0.0.1:1/cgi-bin/sendsms", SMSUser: "u", SMSSecretFile: secret, SMSReportSecretFile: secret,
		WeChatAppID: "wx0", WeChatSecretFile: secret, WeChatEventsFile: events, WeChatTemplatesFile: forms,
		PushSubject: "mailto:notice@xinfang.example",
	}
	names := func() (string, string) {
		t.Helper()
		w, err := openWays(c, "名川市", clock.System)
		if err != nil {
			t.Fatal(err)
		}
		defer w.close()
		var out []string
		for _, s := range w.senders {
			out = append(out, string(s.Way())+"/"+s.Name())
		}
		return strings.Join(out, " "), w.pushKey
	}
	got, key := names()
	if got != "mail/smtp sms/kannel wechat/wechat push/webpush" || len(key) < 80 {
		t.Errorf("%s, key %s", got, key)
	}
	if _, again := names(); again != key {
		t.Error("the key of push changes with each start")
	}
	if i, err := os.Stat(filepath.Join(dir, "push.key")); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("push.key: %v %v", i, err)
	}
	c.SMSVia, c.SMSURL, c.SMSApp, c.SMSTemplatesFile = "tc3", "https://sms.tencentcloudapi.com", "1400000000", forms
	if got, _ = names(); !strings.Contains(got, "sms/gateway-tc3") {
		t.Error(got)
	}
	c.Phone = config.Phone{PhoneTrunk: "127.0.0.1:5", PhoneUser: "10086", PhoneSecretFile: secret, PhoneLocal: "127.0.0.1:0", PhonePrompts: dir}
	if got, _ = names(); !strings.HasSuffix(got, "push/webpush phone/sip") {
		t.Error(got)
	}
	c.WeChatSecretFile = filepath.Join(dir, "missing")
	if _, err := openWays(c, "", clock.System); err == nil {
		t.Error("a missing secret must be told")
	}
}

// TestSendersCheck tells a way that works from one that does not.
func TestSendersCheck(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("an invented secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Kannel-Password") == "an invented secret" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "Missing receiver(s) number(s), rejected")
		}
	}))
	defer s.Close()
	c := Config{Config: config.Config{Senders: config.Senders{SMSVia: "kannel", SMSURL: s.URL, SMSSecretFile: secret,
		MailServer: "127.0.0.1:1", MailSecurity: "plain", MailFrom: "a@b.example"}}}
	list, err := SendersCheck(t.Context(), c)
	if err != nil || len(list) != 2 || list[0].OK || list[0].Problem == "" || !list[1].OK || list[1].Way != string(sender.SMS) {
		t.Errorf("%+v %v", list, err)
	}
}
