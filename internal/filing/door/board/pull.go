package board

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/fault"
)

// The bounds of one reading of a feed.
const (
	mostPages = 200
	largest   = 16 << 20
)

// pull reads the feed from where it was, page after page. The cursor moves on
// only when everything of a page is in the tray; rows that cannot be read are
// held there by their text.
func (s *source) pull(ctx context.Context, sink door.Sink) error {
	since, err := s.cursor(ctx, s.set.Code)
	if err != nil {
		return err
	}
	next := since
	for page := 1; page <= mostPages; page++ {
		o, err := s.page(ctx, since, page)
		if err != nil {
			return err
		}
		if len(o.rows) == 0 {
			break
		}
		if err := s.takePage(ctx, sink, o); err != nil {
			return err
		}
		next = max(next, s.furthest(o))
	}
	if next == since {
		return nil
	}
	return s.setCursor(ctx, s.set.Code, next)
}

// page fetches one page.
func (s *source) page(ctx context.Context, since string, page int) (*objects, error) {
	u, err := url.Parse(s.set.Values["feed_url"])
	if err != nil {
		return nil, errors.New("feed_url: this is no address")
	}
	q := u.Query()
	if name := s.set.Values["feed_page"]; name != "" {
		q.Set(name, strconv.Itoa(page))
	} else if page > 1 {
		return &objects{}, nil
	}
	if name := s.set.Values["feed_since"]; name != "" && since != "" {
		q.Set(name, since)
	}
	u.RawQuery = q.Encode()
	text, err := s.Feed.FetchAs(ctx, s.set.Values["feed_token"], s.origin, u.String(), largest)
	if err != nil {
		return nil, fmt.Errorf("feed_url: %w", err)
	}
	o, err := readObjects(text, s.set.Values["feed_items"])
	if err != nil {
		return nil, fmt.Errorf("feed_items: %w", err)
	}
	return o, nil
}

func (s *source) takePage(ctx context.Context, sink door.Sink, o *objects) error {
	m, err := s.Sheets.Map(o.columns, s.columns, s.set.Code)
	if err != nil {
		return fmt.Errorf("columns: %w", err)
	}
	for {
		row, err := o.Next()
		if ended(err) {
			return nil
		}
		e, err := m.Entry(row)
		bad, ok := fault.As(err)
		if err != nil && !ok {
			return err
		}
		a := s.arrival(e, raw(o.columns, row))
		if bad != nil { // nobody brought it who could mend it: it waits for staff as it is
			a.Ready, a.Draft.Words = false, string(a.Raw.Data)
		}
		if _, err := sink.Take(ctx, a); err != nil {
			return err
		}
	}
}

// furthest is the greatest value of the cursor's field on a page.
func (s *source) furthest(o *objects) string {
	best := ""
	for i, c := range o.columns {
		if c != s.set.Values["feed_cursor"] {
			continue
		}
		for _, r := range o.rows {
			best = max(best, r[i])
		}
	}
	return best
}
