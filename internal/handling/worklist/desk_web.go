package worklist

import (
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/web"
)

// Routes registers the pages of the desk.
func (s *Service) Routes(rt *web.Router) {
	rt.Handle("GET /desk", s.getQueue, signed)
	rt.Handle("POST /desk/filters", s.postFilter, signed)
	rt.Handle("POST /desk/filters/forget", s.postForget, signed)
	rt.Handle("GET /desk/search", s.getSearch, signed)
	for _, b := range Boards {
		rt.Handle("GET /desk/"+b.ID, s.getBoard(b), signed)
	}
	rt.Handle("GET /desk/new", s.getNew, signed)
	rt.Handle("POST /desk/new", s.postNew, signed)
}

// signed lets members of staff through and sends others to the sign-in.
func signed(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !access.From(r.Context()).Signed() {
			return ErrUnsigned
		}
		return next(w, r)
	}
}

// categoryName gives "major · sub" of a code.
func (s *Service) categoryName(code, lang string) string {
	c, ok := s.categories.Category(code)
	if !ok {
		return ""
	}
	if major, ok := s.categories.Category(c.Parent); ok {
		return major.Name(lang) + " · " + c.Name(lang)
	}
	return c.Name(lang)
}
