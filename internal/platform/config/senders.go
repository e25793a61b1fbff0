package config

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Senders are the ways out of the house. One without its address stays shut.
// Passwords and keys are files.
type Senders struct {
	MailServer       string `help:"Mail server as host or host:port. Empty: no mail."`
	MailSecurity     string `default:"starttls" enum:"starttls,tls,plain" help:"Protection of the connection to the mail server: ${enum}."`
	MailFrom         string `help:"Address that mail comes from."`
	MailUser         string `help:"Account at the mail server. Empty: no sign-in."`
	MailPasswordFile string `type:"path" help:"File with the account's password."`

	SMSVia              string `name:"sms-via" default:"none" enum:"none,kannel,acs3,tc3" help:"How short messages leave: a Kannel of ours, or a public cloud that signs as Alibaba Cloud (acs3) or Tencent Cloud (tc3): ${enum}."`
	SMSURL              string `name:"sms-url" help:"Address of Kannel's sendsms or of the cloud, such as http://127.0.0.1:13013/cgi-bin/sendsms."`
	SMSUser             string `name:"sms-user" help:"Kannel's sendsms-user, or the id of the cloud's access key."`
	SMSSecretFile       string `name:"sms-secret-file" type:"path" help:"File with the user's password or the access key's secret."`
	SMSSign             string `name:"sms-sign" help:"Signature of short messages without brackets, as approved by the carrier."`
	SMSFrom             string `name:"sms-from" help:"Number that short messages come from (Kannel)."`
	SMSApp              string `name:"sms-app" help:"Number of the SMS application (tc3)."`
	SMSRegion           string `name:"sms-region" help:"Region of the cloud, such as ap-guangzhou (tc3)."`
	SMSTemplatesFile    string `name:"sms-templates-file" type:"path" help:"JSON file of the cloud's approved templates for ours (acs3, tc3)."`
	SMSReportSecretFile string `name:"sms-report-secret-file" type:"path" help:"File with what proves that a delivery report is genuine, 16 characters or more. Empty: reports are refused."`
	SMSReportURL        string `name:"sms-report-url" help:"Address under which Kannel reaches this program's /hooks/sms/kannel. Default: under --public-url."`

	WeChatAppID         string `name:"wechat-app-id" help:"AppID of the WeChat service account. Empty: no WeChat."`
	WeChatSecretFile    string `name:"wechat-secret-file" type:"path" help:"File with the account's AppSecret."`
	WeChatEventsFile    string `name:"wechat-events-file" type:"path" help:"File with the token of the account's event address and, on a second line, its EncodingAESKey."`
	WeChatTemplatesFile string `name:"wechat-templates-file" type:"path" help:"JSON file of the account's templates for ours."`
	WeChatURL           string `name:"wechat-url" default:"https://api.weixin.qq.com" help:"Address of WeChat, for a relay that may reach it."`

	PushSubject string   `help:"Whom browsers' push services can write to: mailto:… or https://…. Empty: no push."`
	PushKeyFile string   `type:"path" help:"Private key of push. Default: push.key in the data folder, made at the first start. Lose it and every browser must subscribe again."`
	PushHosts   []string `help:"Push services that subscriptions may name. Default: those of the common browsers."`
}

// Validate finds what cannot work before anything is opened.
func (s Senders) Validate() error {
	switch {
	case s.MailServer != "" && s.MailFrom == "":
		return errors.New("--mail-server needs --mail-from")
	case s.MailUser != "" && s.MailPasswordFile == "":
		return errors.New("--mail-user needs --mail-password-file")
	case s.SMSVia != "none" && s.SMSVia != "" && (s.SMSURL == "" || s.SMSSecretFile == ""):
		return fmt.Errorf("--sms-via %s needs --sms-url and --sms-secret-file", s.SMSVia)
	case s.WeChatAppID != "" && s.WeChatSecretFile == "":
		return errors.New("--wechat-app-id needs --wechat-secret-file")
	}
	return nil
}

// Secret reads a file that holds one secret; "" names no file.
func Secret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}
