package intake

import (
	"net/http"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/web"
)

// The anonymous door takes a burst (a family at one kiosk) but no flood.
const (
	postsPerSecond = 1
	postBurst      = 40
	postVisitors   = 20_000
	uploadBody     = 64 << 20
)

// Routes registers the home page, the guided filing and the receipt.
func (s *Service) Routes(rt *web.Router) {
	calm := rt.Limit(web.NewLimiter(postsPerSecond, postBurst, postVisitors), nil)
	rt.Handle("GET /{$}", s.getHome)
	rt.Handle("GET /file", s.getFile)
	rt.Handle("GET /file/{step}", s.restart)
	rt.Handle("POST /file/{step}", s.postStep, calm, web.MaxBody(uploadBody))
	rt.Handle("GET /receipt/{no}", s.getReceipt)
}

// promises are the days that the law gives, for pages that tell them.
type promises struct{ Dispatch, Notice, Answer, Extension int }

func (s *Service) promises() promises {
	p := s.cases.Rules().Params
	return promises{
		Dispatch: p.Lengths[casework.T1].Days, Notice: p.Lengths[casework.T2].Days,
		Answer: p.Lengths[casework.T4].Days, Extension: p.MaxExtension,
	}
}

func (s *Service) getHome(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, homePage(s.promises()))
}

// restart: a step has no meaning without the answers before it.
func (s *Service) restart(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, "/file")
}
