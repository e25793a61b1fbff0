package deadlines

import (
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/web"
)

// AlarmWeb is the page of the alarm.
type AlarmWeb struct {
	alarm *Alarm
	need  func(...access.Role) web.Middleware
}

// NewAlarmWeb makes the page; need lets only some roles through.
func NewAlarmWeb(a *Alarm, need func(...access.Role) web.Middleware) *AlarmWeb {
	return &AlarmWeb{a, need}
}

// Routes implements web.Capability.
func (w *AlarmWeb) Routes(rt *web.Router) {
	rt.Handle("GET /desk/alarms", w.get, w.need(access.BureauClerk, access.BureauHead, access.Supervisor, access.Inspector, access.Leader))
}

func (w *AlarmWeb) get(rw http.ResponseWriter, r *http.Request) error {
	list, err := w.alarm.Look(r.Context(), access.From(r.Context()))
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, alarmPage(list, w.name))
}

// name gives a unit's name in a language.
func (w *AlarmWeb) name(id int64, lang string) string {
	for _, u := range w.alarm.units.All() {
		if u.ID == id {
			return u.Name(lang)
		}
	}
	return "—"
}
