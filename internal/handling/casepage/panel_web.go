package casepage

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// View is a case as its page shows it to one actor.
type View struct {
	Case     casework.Case
	Actor    access.Actor
	Now      time.Time
	Rules    casework.Rules
	Matter   Matter
	Person   Person
	Events   []casework.Event // oldest first
	Files    []File
	Staff    map[int64]string // names of those who acted
	Verbs    []casework.Verb  // what the actor may do now, the likeliest first
	Refusals []Refused        // what the actor's role does, but not now
}

// Refused is a verb that cannot be used now, and why.
type Refused struct {
	Verb   casework.Verb
	Reason *casework.Refusal
}

// Panel is a part of the case page that another capability contributes. A nil
// component leaves the panel out.
type Panel struct {
	ID       string
	TitleKey string
	Icon     string
	Order    int // own panels stand at 100, 200 …; lower comes first
	Render   func(ctx context.Context, v View) (templ.Component, error)
}

// Add registers panels; call it before serving.
func (s *Service) Add(panels ...Panel) {
	s.panels = append(s.panels, panels...)
	slices.SortStableFunc(s.panels, func(a, b Panel) int { return a.Order - b.Order })
}

// drawn is a panel with its content.
type drawn struct {
	Panel
	Body templ.Component
}

func (s *Service) draw(ctx context.Context, v View) ([]drawn, error) {
	var out []drawn
	for _, p := range s.panels {
		body, err := p.Render(ctx, v)
		if err != nil {
			return nil, err
		}
		if body != nil {
			out = append(out, drawn{p, body})
		}
	}
	return out, nil
}
