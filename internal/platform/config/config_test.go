package config

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

// TestMarkdown keeps docs/configuration.md true.
func TestMarkdown(t *testing.T) {
	const page = "../../../docs/configuration.md"
	if *update {
		if err := os.WriteFile(page, []byte(Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != Markdown() {
		t.Error("docs/configuration.md is old: make generate")
	}
}

func TestEverySettingSaysWhatItIs(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Settings() {
		if s.Help == "" || seen[s.Flag] {
			t.Errorf("setting %q: no help, or twice", s.Flag)
		}
		seen[s.Flag] = true
	}
	for _, want := range []string{"database", "public-url", "otlp-endpoint", "city-name-zh"} {
		if !seen[want] {
			t.Errorf("no setting %q", want)
		}
	}
}

func TestDatabaseURL(t *testing.T) {
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("postgres://db/xinqiao\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		storage Storage
		want    string
	}{
		{Storage{Data: "d"}, filepath.Join("d", "xinqiao.db")},
		{Storage{Data: "d", Database: "other.db"}, "other.db"},
		{Storage{Data: "d", DatabaseFile: file}, "postgres://db/xinqiao"},
	} {
		if got, err := c.storage.DatabaseURL(); err != nil || got != c.want {
			t.Errorf("%+v: %q, %v", c.storage, got, err)
		}
	}
	if _, err := (Storage{DatabaseFile: file + "missing"}).DatabaseURL(); err == nil {
		t.Error("a missing file must be told")
	}
}

func TestValidate(t *testing.T) {
	good := Web{UploadLimit: 1}
	for name, err := range map[string]error{
		"readers":       Storage{Readers: -1}.Validate(),
		"two databases": Storage{Database: "a", DatabaseFile: "b"}.Validate(),
		"public url":    Web{UploadLimit: 1, PublicURL: "xinfang"}.Validate(),
		"upload":        Web{}.Validate(),
		"proxies":       Web{UploadLimit: 1, TrustedProxies: []string{"10.0.0.1"}}.Validate(),
		"city":          City{CityCode: "m1"}.Validate(),
		"trace":         Log{TraceShare: 2}.Validate(),
		"mail":          Senders{MailServer: "mail.example"}.Validate(),
		"mail password": Senders{MailUser: "u"}.Validate(),
		"sms":           Senders{SMSVia: "acs3"}.Validate(),
		"phone account": Phone{PhoneTrunk: "trunk.example", PhoneRegister: true}.Validate(),
		"phone ports":   Phone{PhoneTrunk: "trunk.example", PhonePorts: "20000"}.Validate(),
		"wechat":        Senders{WeChatAppID: "wx"}.Validate(),
	} {
		if err == nil {
			t.Errorf("%s: must be refused", name)
		}
	}
	for _, err := range []error{Storage{}.Validate(), good.Validate(), City{CityCode: "MC"}.Validate(), Log{}.Validate(), Senders{}.Validate(), Phone{}.Validate(), Phone{PhoneTrunk: "trunk.example", PhonePorts: "20000-20099"}.Validate()} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestHasPassword(t *testing.T) {
	for url, want := range map[string]bool{
		"postgres://u:p@db/x": true, "postgres://u@db/x": false, "./data/x.db": false, "postgres:///x?host=/run": false,
	} {
		if HasPassword(url) != want {
			t.Errorf("%s: %v", url, !want)
		}
	}
}
