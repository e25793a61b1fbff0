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
	case casework.Registered, casework.Objected, casework.LookedBack:
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
	"lapsed": "clock-alert", "warned": "clock", "request_added": "list-plus", "request_answered": "list-checks", "request_diverted": "split",
	"route_explained": "route", "made_ordinary": "git-branch", "task_added": "user-plus", "task_answered": "reply", "task_returned": "undo-2",
	"task_recalled": "circle-x", "consulted": "messages-square", "interim_named": "play", "dispute_settled": "gavel",
	"room_convened": "presentation", "unit_invited": "user-plus", "room_closed": "circle-check", "rerouted": "route", "recused": "user-x",
	"recusal_asked": "user-x", "recusal_ruled": "gavel", "review_requested": "scale", "taken_up": "circle-check", "review_noted": "scale",
	"hearing_opened": "mic", "hearing_closed": "flag", "finalised": "lock", "help_opened": "hand-heart", "help_closed": "circle-check",
	"redo_ordered": "refresh-cw", "looked_back": "eye", "consultation_held": "messages-square", "checked_above": "shield-check",
	"park_asked": "pause", "park_ruled": "gavel", "resumed": "play", "ended": "ban", "converted": "refresh-cw",
	"callback_promised": "phone", "called_back": "phone-call", "acknowledged": "eye", "cosigned": "users", "co_rated": "star",
	"related": "link", "unrelated": "undo-2", "reply_shared": "mail-check", "speakers_named": "users", "mediation_proposed": "handshake", "mediation_answered": "handshake", "mediation_recorded": "handshake",
	"supervised": "megaphone", "feedback_given": "reply", "instructed": "pencil-line", "instruction_answered": "reply", "directive_dropped": "ban", "urgent_reported": "triangle-alert",
}

func eventIcon(kind string) string {
	if name, ok := eventIcons[kind]; ok {
		return name
	}
	return "circle-dot"
}
