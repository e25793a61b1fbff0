package ui

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/page"
)

// htmxConfig makes htmx live within the content security policy, and lets
// refusals (422 and other errors) be shown where the form was.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,"historyCacheSize":0,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"[45]..","swap":true,"error":true}]}`

// favicon is the seal, small.
const favicon = `data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 48 48%27%3E%3Crect width=%2748%27 height=%2748%27 rx=%279%27 fill=%27%23a8201a%27/%3E%3Cpath fill=%27%23fff%27 d=%27M5 33C12 21 17 16 24 16s12 5 19 17h-9.500a9.500 9.500 0 0 0-19 0Z%27/%3E%3C/svg%3E`

type navItem struct{ ID, Href, Icon string }

// navigation lists what a voice offers to an actor.
func navigation(v Voice, a access.Actor) []navItem {
	if v == Public {
		return []navItem{{"file", "/file", "pencil-line"}, {"follow", "/follow", "route"}}
	}
	if !a.Signed() {
		return nil
	}
	var items []navItem
	if !a.Has(access.SystemAdmin, access.SecAdmin, access.AuditAdmin) {
		if a.Role == access.Agent {
			items = append(items, navItem{"agent", "/agent", "hand-heart"})
		}
		items = append(items, navItem{"queue", "/desk", "inbox"})
		if a.Has(access.Operator, access.Agent, access.BureauClerk, access.BureauHead) {
			items = append(items, navItem{"new", "/desk/new", "file-plus"}, navItem{"arrivals", "/desk/arrivals", "mail"})
		}
		if a.Has(access.Operator, access.BureauClerk, access.BureauHead) {
			items = append(items, navItem{"letters", "/desk/letters", "signature"})
		}
		if a.Has(access.BureauClerk, access.BureauHead) {
			items = append(items, navItem{"persons", "/desk/persons", "user-check"})
		}
		if a.Has(access.Operator, access.BureauClerk, access.BureauHead) {
			items = append(items, navItem{"calls", "/desk/calls", "phone-call"})
		}
		items = append(items, navItem{"search", "/desk/search", "search"})
		if a.Has(access.BureauClerk, access.BureauHead, access.UnitHandler, access.UnitHead) {
			items = append(items, navItem{"documents", "/desk/documents", "file-text"})
		}
	}
	if a.Has(access.Leader, access.BureauClerk, access.BureauHead, access.Supervisor, access.Inspector, access.UnitHandler, access.UnitHead) {
		items = append(items, navItem{"rooms", "/desk/rooms", "presentation"})
		if a.Has(access.Leader, access.BureauHead, access.Supervisor) {
			items = append(items, navItem{"conference", "/desk/conference", "landmark"})
		}
		if a.Has(access.Leader, access.BureauClerk, access.BureauHead) {
			items = append(items, navItem{"leader-days", "/desk/reception", "calendar-days"})
		}
		items = append(items, navItem{"supervision", "/desk/supervision", "shield-check"})
		if !a.Has(access.UnitHandler, access.UnitHead) {
			items = append(items, navItem{"leads", "/desk/leads", "user-check"})
		}
		items = append(items, navItem{"lead", "/lead", "chart-line"})
	}
	return append(items, adminNavigation(a)...)
}

// adminNavigation keeps the three administrators apart.
func adminNavigation(a access.Actor) []navItem {
	switch a.Role {
	case access.BureauHead:
		return []navItem{{"models", "/admin/models", "sprout"}, {"codes", "/admin/codes", "qr-code"}, {"import", "/admin/import", "upload"}, {"reception", "/admin/reception", "megaphone"}}
	case access.SystemAdmin:
		return []navItem{
			{"units", "/admin/units", "building-2"}, {"staff", "/admin/staff", "users"},
			{"categories", "/admin/categories", "folder-tree"}, {"duties", "/admin/duties", "list-checks"},
			{"calendars", "/admin/calendars", "calendar-days"}, {"parameters", "/admin/parameters", "settings"},
			{"doors", "/admin/doors", "log-in"}, {"codes", "/admin/codes", "qr-code"}, {"import", "/admin/import", "upload"}, {"reminders", "/admin/reminders", "bell"}, {"sameness", "/admin/sameness", "user-check"}, {"models", "/admin/models", "sprout"}, {"reception", "/admin/reception", "megaphone"}, {"retention", "/admin/retention", "archive"},
		}
	case access.SecAdmin:
		return []navItem{
			{"staff", "/admin/staff", "users"}, {"sessions", "/admin/sessions", "key-round"},
			{"parameters", "/admin/parameters", "settings"}, {"retention", "/admin/retention", "archive"},
		}
	case access.AuditAdmin:
		return []navItem{{"audit", "/admin/audit", "clipboard-list"}, {"confidential", "/admin/confidential", "eye"}, {"reveals", "/admin/reveals", "user"}, {"retention", "/admin/retention", "archive"}}
	}
	return nil
}

// look folds the four voices into two.
func look(v Voice) Voice {
	if v == Public || v == "" {
		return Public
	}
	return Desk
}

func script(v Voice) string { return string(look(v)) + ".js" }

func home(v Voice) string {
	switch v {
	case Desk:
		return "/desk"
	case Lead:
		return "/lead"
	}
	return "/"
}

// homeOf is home, but on a kiosk its own first page.
func homeOf(ctx context.Context, v Voice) string {
	if page.From(ctx).Kiosk != nil {
		return "/kiosk"
	}
	return home(v)
}

// manifestOf is where an app says what it is, for those who install it.
func manifestOf(app string) string {
	if app != "" {
		return "/" + app + "/manifest.webmanifest"
	}
	return "/manifest.webmanifest"
}

// kioskBody makes every page of a kiosk come without an entry in the history,
// so that nobody's Back shows somebody else's page.
func kioskBody(k *page.Kiosk) templ.Attributes {
	if k == nil {
		return nil
	}
	return templ.Attributes{
		"hx-boost": "true", "hx-push-url": "false", "data-idle": strconv.Itoa(k.Idle), "data-grace": strconv.Itoa(k.Grace), "data-bridge": k.Bridge,
	}
}

func htmlLang(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "zh-CN"
}

func other(lang string) string {
	if lang == "en" {
		return "zh"
	}
	return "en"
}

func flip(on bool) string {
	if on {
		return "0"
	}
	return "1"
}

// unread writes the count of the tray; beyond 99 nobody counts.
func unread(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

func pressed(on bool) string { return strconv.FormatBool(on) }

func orText(text, fallback string) string {
	if text != "" {
		return text
	}
	return fallback
}

// testid is the attribute that tests look for, when there is one.
func testid(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"data-testid": id}
}
