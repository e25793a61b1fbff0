package worklist

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// boardView is the page of a board.
type boardView struct {
	board  Board
	actor  access.Actor
	page   BoardPage
	counts map[string]Count // of every board
	more   bool             // not the first page
	now    time.Time
	lang   string
	figure string // one figure below the heading, "" = none
}

// errNotYourBoard refuses a board that the role has no use for.
var errNotYourBoard = fault.New(fault.Denied, "worklist.not_your_board")

func (s *Service) getBoard(b Board) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		v := boardView{board: b, actor: access.From(ctx), now: s.clock.Now(), lang: i18n.Lang(ctx)}
		if !v.actor.Has(b.roles...) {
			return errNotYourBoard
		}
		form, err := web.Query(r)
		if err != nil {
			return err
		}
		var from BoardKey
		if v.more, err = web.DecodeCursor(form.Get("after"), &from.Part, &from.At[0], &from.At[1], &from.At[2]); err != nil {
			return err
		}
		if v.page, err = s.Board(ctx, v.actor, b, from, v.now); err != nil {
			return err
		}
		if v.counts, err = s.BoardCount(ctx, v.actor, v.now); err != nil {
			return err
		}
		if b.ID == "first" {
			if v.figure, err = s.firstFigure(ctx, v.actor); err != nil {
				return err
			}
		}
		return web.Render(w, r, http.StatusOK, s.boardPage(v))
	}
}

// firstFigure says how often the first dispatch was the right one.
func (s *Service) firstFigure(ctx context.Context, a access.Actor) (string, error) {
	right, all, err := s.firstDispatch(ctx, s.db.Read(), a.UnitID)
	if err != nil || all == 0 {
		return "", err
	}
	return i18n.T(ctx, "worklist.first_dispatch", all, right, right*100/all), nil
}

func (v boardView) tabs(ctx context.Context) []ui.Tab {
	var out []ui.Tab
	for _, b := range boardsOf(v.actor) {
		c := v.counts[b.ID]
		out = append(out, ui.Tab{ID: b.ID, Label: i18n.T(ctx, "worklist.board."+b.ID), Href: "/desk/" + b.ID, Count: c.N, More: c.More})
	}
	return out
}

func (v boardView) pager() ui.PagerProps {
	var p ui.PagerProps
	here := "/desk/" + v.board.ID
	if v.more {
		p.First = here
	}
	if k := v.page.Next; k != nil {
		p.Next = here + "?" + url.Values{"after": {web.EncodeCursor(k.Part, k.At[0], k.At[1], k.At[2])}}.Encode()
	}
	return p
}

// boardRows draws the rows under the headings of their parts.
func (s *Service) boardRows(v boardView) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		t := s.newTable(ctx, v.board.columns, v.now)
		t.actor = v.actor
		heading := ""
		for i := range v.page.Rows {
			r := &v.page.Rows[i]
			if r.Part != heading {
				heading = r.Part
				t.heading(i18n.T(ctx, "worklist.part."+r.Part), v.page.Counts[r.Part])
			}
			t.row(r)
		}
		_, err := io.WriteString(w, t.b.String())
		return err
	})
}

// rulingVerbs are the one-click ways out of a dispute: the head rules, names
// who acts meanwhile, or settles it for good; everybody notes a consultation.
func rulingVerbs(r *BoardRow, a access.Actor) []casework.Verb {
	switch {
	case a.Role != access.BureauHead:
		return []casework.Verb{casework.Consult}
	case r.State == casework.Objected:
		return []casework.Verb{casework.Rule, casework.NameInterim, casework.Consult}
	}
	return []casework.Verb{casework.SettleDispute, casework.Consult}
}

// disputeNote names who disagrees and whom they suggest.
func disputeNote(ctx context.Context, s *Service, _ BoardRow, p casework.Parts) string {
	var out []string
	if name := s.unitName(p.ObjectedBy, i18n.Lang(ctx)); name != "" {
		out = append(out, i18n.T(ctx, "worklist.note.objects", name))
	}
	if name := s.unitName(p.SuggestedBy, i18n.Lang(ctx)); name != "" {
		out = append(out, i18n.T(ctx, "worklist.note.suggests", name))
	}
	return strings.Join(out, " · ")
}

// taskNote is what the unit was asked.
func taskNote(_ context.Context, _ *Service, r BoardRow, p casework.Parts) string {
	for _, t := range p.Tasks {
		if t.Seq == r.ref {
			return short(t.Ask)
		}
	}
	return ""
}

// reviewNote names the case whose opinion is looked at.
func reviewNote(ctx context.Context, _ *Service, _ BoardRow, p casework.Parts) string {
	if p.NotifyOf == "" {
		return ""
	}
	return i18n.T(ctx, "worklist.note.of", p.NotifyOf)
}

// planNote is how a parked matter shall be solved.
func planNote(_ context.Context, _ *Service, _ BoardRow, p casework.Parts) string {
	return short(p.ParkPlan)
}

// short cuts a text for one line.
func short(text string) string {
	if rs := []rune(text); len(rs) > 60 {
		return string(rs[:60]) + "…"
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }
