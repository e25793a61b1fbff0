package config

import (
	"fmt"
	"net/netip"
)

// Guards keep harm away at the doors.
type Guards struct {
	WebhookAllow []string `help:"Internal networks that webhooks may call, such as 10.20.0.0/16. Default: none."`
	Clamd        string   `help:"ClamAV daemon that looks at every uploaded file: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Empty: files are recognised, not scanned."`
}

// Validate finds what cannot work before anything is opened.
func (g Guards) Validate() error {
	_, err := g.WebhookNetworks()
	return err
}

// WebhookNetworks gives the internal networks that may be called.
func (g Guards) WebhookNetworks() ([]netip.Prefix, error) {
	out := make([]netip.Prefix, 0, len(g.WebhookAllow))
	for _, s := range g.WebhookAllow {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("--webhook-allow %q is no network such as 10.20.0.0/16", s)
		}
		out = append(out, p)
	}
	return out, nil
}
