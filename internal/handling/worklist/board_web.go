package worklist

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// boardView is the board of first petitions.
type boardView struct {
	age  Age
	page FirstPage
	now  time.Time
	lang string
	more bool // not the first page
}

func (s *Service) getFirst(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := access.From(ctx)
	if !boards(a) {
		return fault.New(fault.Denied, "worklist.only_bureau")
	}
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := boardView{age: Age(form.Int("age")), now: s.clock.Now(), lang: i18n.Lang(ctx)}
	if v.age < AnyAge || v.age > Old {
		v.age = AnyAge
	}
	var after Key
	if v.more, err = web.DecodeCursor(form.Get("after"), &after.Due, &after.ID); err != nil {
		return err
	}
	if v.page, err = s.First(ctx, a, v.age, after, v.now); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, s.boardPage(v))
}

func boardLink(age Age, next Key) string {
	v := url.Values{}
	if age != AnyAge {
		v.Set("age", strconv.Itoa(int(age)))
	}
	if next.ID != 0 {
		v.Set("after", web.EncodeCursor(next.Due, next.ID))
	}
	if len(v) == 0 {
		return "/desk/first"
	}
	return "/desk/first?" + v.Encode()
}

func (v boardView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, g := range Ages {
		c := v.page.Counts[g]
		out = append(out, ui.Tab{
			ID: strconv.Itoa(int(g)), Label: i18n.T(ctx, "worklist.age."+strconv.Itoa(int(g))), Href: boardLink(g, Key{}), Count: c.N, More: c.More,
		})
	}
	return out
}

func (v boardView) pager() ui.PagerProps {
	var p ui.PagerProps
	if v.more {
		p.First = boardLink(v.age, Key{})
	}
	if v.page.Next.ID != 0 {
		p.Next = boardLink(v.age, v.page.Next)
	}
	return p
}

// age counts the days since registration.
func (v boardView) days(r FirstRow) int {
	return calendar.On(v.now).Sub(calendar.On(r.RegisteredAt))
}
