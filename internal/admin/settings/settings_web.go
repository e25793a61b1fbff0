package settings

import (
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/web"
)

// Guard lets only some roles through.
type Guard interface {
	Need(roles ...access.Role) web.Middleware
}

// Web is the capability's pages.
type Web struct {
	*Service
	guard Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, g Guard) *Web { return &Web{Service: s, guard: g} }

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	system := h.guard.Need(access.SystemAdmin)
	rt.Handle("GET /admin/categories", h.getCategories, system)
	rt.Handle("GET /admin/categories/{code}", h.getCategory, system)
	rt.Handle("POST /admin/categories/{code}", h.postCategory, system)
	rt.Handle("GET /admin/duties", h.getDuties, system)
	rt.Handle("GET /admin/duties/new", h.getNewDuty, system)
	rt.Handle("POST /admin/duties/new", h.postNewDuty, system)
	rt.Handle("POST /admin/duties/{id}/end", h.postEndDuty, system)
	rt.Handle("GET /admin/calendars", h.getCalendar, system)
	rt.Handle("GET /admin/calendars/{day}", h.getDay, system)
	rt.Handle("POST /admin/calendars/{day}", h.postDay, system)
	rt.Handle("POST /admin/calendars", h.postYear, system)
	both := h.guard.Need(access.SystemAdmin, access.SecAdmin)
	rt.Handle("GET /admin/parameters", h.getParameters, both)
	rt.Handle("POST /admin/parameters", h.postParameters, both)
	rt.Handle("GET "+versionsPath, h.getVersions, both)
	rt.Handle("POST "+versionsPath, h.postVersions, system)
	rt.Handle("GET "+versionsPath+"/{version}", h.getVersion, both)
	rt.Handle("POST "+versionsPath+"/{version}", h.postVersion, system)
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
