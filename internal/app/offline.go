package app

import (
	"xinqiao/internal/filing/network"
	"xinqiao/internal/filing/offline"
	"xinqiao/internal/platform/web"
)

// offlinePages make the platform an app that works without a network.
func (a *App) offlinePages(rt *web.Router) web.Capability {
	return offline.NewWeb(a.Units, network.Shells, rt, a.Clock)
}
