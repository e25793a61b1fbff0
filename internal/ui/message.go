package ui

import (
	"context"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/page"
)

// ConfirmProps describe a confirmation page.
type ConfirmProps struct {
	Title  string
	Text   string // what will happen, in full
	Action string // where the form posts to
	Do     string // words of the button
	Kind   string // of the button, "danger" unless said
	Back   string
}

func alertRole(tone string) string {
	if tone == "danger" {
		return "alert"
	}
	return "status"
}

func alertIcon(tone string) string {
	switch tone {
	case "success":
		return "circle-check"
	case "warning":
		return "triangle-alert"
	case "danger":
		return "circle-alert"
	}
	return "info"
}

// voiceOf guesses the voice of an error page.
func voiceOf(ctx context.Context) Voice {
	path := page.From(ctx).Path
	for _, desk := range []string{"/desk", "/lead", "/admin", "/account", "/signin"} {
		if strings.HasPrefix(path, desk) {
			return Desk
		}
	}
	if access.From(ctx).Signed() {
		return Desk
	}
	return Public
}
