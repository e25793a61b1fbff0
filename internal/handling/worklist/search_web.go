package worklist

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// searchView is the search page.
type searchView struct {
	actor access.Actor
	form  *page.Form
	text  string
	found Found
	pager ui.PagerProps
	now   time.Time
}

func (s *Service) getSearch(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := searchView{actor: access.From(ctx), form: form, text: form.Get("q"), now: s.clock.Now()}
	before, _ := form.Int64("before")
	if v.found, err = s.Search(ctx, v.actor, v.text, before); err != nil {
		return err
	}
	if v.found.No != "" {
		return web.Redirect(w, r, "/desk/cases/"+v.found.No)
	}
	here := "/desk/search?" + url.Values{"q": {v.text}}.Encode()
	if before != 0 {
		v.pager.First = here
	}
	if v.found.Next != 0 {
		v.pager.Next = here + "&before=" + strconv.FormatInt(v.found.Next, 10)
		v.pager.Note = i18n.T(ctx, "worklist.rows_n", len(v.found.Rows))
	}
	return web.Render(w, r, http.StatusOK, s.searchPage(v))
}
