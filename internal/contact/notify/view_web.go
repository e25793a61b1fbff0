package notify

import (
	"context"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/ui"
)

// voice is the one that an overseer's work has.
func voice(a access.Actor) ui.Voice {
	if a.Role == access.SystemAdmin {
		return ui.Admin
	}
	return ui.Desk
}

func languages(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: i18n.ZH, Label: i18n.T(ctx, "notify.lang.zh")}, {Value: i18n.EN, Label: i18n.T(ctx, "notify.lang.en")}}
}

// options are the ways that lead to a petitioner from here.
func (v noticesView) options(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, w := range petitionerWays {
		if _, ok := v.Ways[w]; ok && w != sender.WeChat || w == sender.SMS {
			out = append(out, ui.Option{Value: string(w), Label: i18n.T(ctx, "notify.way."+string(w)), Help: i18n.T(ctx, "notify.notices."+string(w))})
		}
	}
	return append(out, ui.Option{Value: "none", Label: i18n.T(ctx, "notify.notices.none"), Help: i18n.T(ctx, "notify.notices.none.help")})
}

func areaName(ctx context.Context, u access.Unit) string {
	if u.ID == 0 {
		return i18n.T(ctx, "notify.everywhere")
	}
	return u.Name(i18n.Lang(ctx))
}

func areaOptions(ctx context.Context, areas []access.Unit) []ui.Option {
	out := make([]ui.Option, len(areas))
	for i, u := range areas {
		out[i] = ui.Option{Value: idText(u.ID), Label: u.Name(i18n.Lang(ctx))}
	}
	return out
}

func logTabs(ctx context.Context) []ui.Tab {
	tabs := []ui.Tab{}
	for _, s := range []State{Stuck, Queued, Sent, Delivered, Read, Failed, Dropped} {
		tabs = append(tabs, ui.Tab{ID: string(s), Label: i18n.T(ctx, "notify.state."+string(s)), Href: "/admin/messages?state=" + string(s), Count: -1})
	}
	return append(tabs, ui.Tab{ID: "all", Label: i18n.T(ctx, "notify.all"), Href: "/admin/messages?state=all", Count: -1})
}

func logColumns(ctx context.Context, decide bool) []ui.Column {
	all := []ui.Column{
		{Label: i18n.T(ctx, "notify.to")}, {Label: i18n.T(ctx, "notify.way")}, {Label: i18n.T(ctx, "notify.about")},
		{Label: i18n.T(ctx, "notify.state")}, {Label: i18n.T(ctx, "notify.receipts")},
	}
	if decide {
		all = append(all, ui.Column{Label: i18n.T(ctx, "notify.decide"), Hidden: true})
	}
	return all
}

// about says what a message tells of.
func about(ctx context.Context, template string) string {
	if kind, ok := strings.CutPrefix(template, "notice."); ok {
		return i18n.T(ctx, "notify.notice."+kind)
	}
	if template == templateDigest {
		return i18n.T(ctx, "notify.digest")
	}
	return i18n.T(ctx, "notify.condition."+template)
}

// otherWays are those that a stuck message could take instead.
func otherWays(open map[sender.Way]string, but sender.Way) []sender.Way {
	return slices.DeleteFunc(slices.Clone(Ways), func(w sender.Way) bool {
		_, ok := open[w]
		return !ok || w == but || w == sender.InApp
	})
}
