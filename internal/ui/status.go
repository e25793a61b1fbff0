package ui

import (
	"strconv"

	"xinqiao/internal/core/casework"
)

func itoa(n int) string { return strconv.Itoa(n) }

// stateTone colours a state: blue while somebody works, green when done well,
// grey when over.
func stateTone(state string) string {
	switch casework.State(state) {
	case casework.Registered, casework.Objected:
		return "warning"
	case casework.Concluded:
		return "success"
	case casework.Declined, casework.Diverted, casework.Withdrawn, casework.Archived:
		return ""
	}
	return "info"
}

func stepNow(steps []Step) int {
	for i, s := range steps {
		if s.State == "now" {
			return i + 1
		}
	}
	return len(steps)
}

// eventIcons gives each verb's event its picture.
var eventIcons = map[string]string{
	"registered": "file-check", "triaged": "tags", "forwarded": "send", "assigned": "send", "recalled": "undo-2", "signed": "signature",
	"objected": "undo-2", "ruled": "gavel", "accepted": "circle-check", "declined": "circle-slash", "diverted": "split",
	"material_requested": "file-question-mark", "recorded": "notebook-pen", "extension_requested": "clock-plus",
	"extension_ruled": "clock-check", "drafted": "file-pen", "approved": "stamp", "draft_returned": "undo-2",
	"served": "mail-check", "replied": "reply", "concluded": "flag", "withdrawn": "log-out", "supplemented": "file-plus",
	"urged": "bell-ring", "rated": "star", "contested": "rotate-ccw", "dismissed": "circle-x", "archived": "archive",
	"lapsed": "clock-alert",
}

func eventIcon(kind string) string {
	if name, ok := eventIcons[kind]; ok {
		return name
	}
	return "circle-dot"
}
