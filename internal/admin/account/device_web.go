package account

import (
	"context"
	"strings"

	"xinqiao/internal/platform/i18n"
)

// device says in two words what a browser calls itself in two hundred.
func device(ctx context.Context, agent string) string {
	name := firstOf(agent, [][2]string{
		{"MicroMessenger", "WeChat"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	})
	on := firstOf(agent, [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	})
	switch {
	case name == "" && on == "":
		return i18n.T(ctx, "account.device_unknown")
	case name == "" || on == "":
		return name + on
	}
	return name + " · " + on
}

func firstOf(text string, signs [][2]string) string {
	for _, s := range signs {
		if strings.Contains(text, s[0]) {
			return s[1]
		}
	}
	return ""
}
