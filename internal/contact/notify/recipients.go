package notify

import (
	"context"
	"fmt"
	"slices"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// post is a role in a unit.
type post struct {
	unit int64
	role access.Role
}

// posts says who stands on a level for a duty of a case.
func (s *Service) posts(c casework.Case, debtor int64, l Level) []post {
	u, _ := s.Units.Unit(debtor)
	bureau := u.Kind == access.Bureau
	switch l {
	case Handler:
		if bureau {
			return []post{{debtor, access.BureauClerk}}
		}
		return []post{{debtor, access.UnitHandler}}
	case UnitHead:
		if bureau {
			return []post{{debtor, access.BureauHead}}
		}
		return []post{{debtor, access.UnitHead}}
	case Bureau:
		return []post{{c.BureauID, access.BureauHead}}
	}
	home, _ := s.Units.Unit(c.BureauID)
	return []post{{home.Area, access.Leader}}
}

// roster remembers who holds which post while one batch of cases is looked at.
type roster map[post][]access.Actor

func (s *Service) holders(ctx context.Context, r roster, p post) ([]access.Actor, error) {
	if list, known := r[p]; known {
		return list, nil
	}
	if p.unit == 0 {
		return nil, nil
	}
	list, err := s.People.Holders(ctx, p.unit, p.role)
	if err != nil {
		return nil, fmt.Errorf("who holds %s: %w", p.role, err)
	}
	r[p] = list
	return list, nil
}

// audience is who is told of a step.
type audience struct {
	Level  Level // where somebody was found
	Actors []access.Actor
	Empty  []post // the posts that nobody holds, from below
}

// audience finds who is to be told: the holders of the step's level who may
// see the case. Where nobody holds it, the next level is told in its place.
// The visibility rule is the one of every page, so that an accusation reaches
// neither the accused unit nor anybody without clearance.
func (s *Service) audience(ctx context.Context, r roster, c casework.Case, st Step) (audience, error) {
	a := audience{}
	for _, l := range Levels[slices.Index(Levels, st.Level):] {
		for _, p := range s.posts(c, st.UnitID, l) {
			list, err := s.holders(ctx, r, p)
			if err != nil {
				return a, err
			}
			if len(list) == 0 {
				a.Empty = append(a.Empty, p)
			}
			for _, actor := range list {
				if maySee(actor, c) && !slices.ContainsFunc(a.Actors, func(b access.Actor) bool { return b.ID == actor.ID }) {
					a.Actors = append(a.Actors, actor)
				}
			}
		}
		if len(a.Actors) > 0 {
			a.Level = l
			return a, nil
		}
	}
	return a, nil
}

// maySee applies the visibility rule, and keeps the accused unit out whatever
// else holds.
func maySee(a access.Actor, c casework.Case) bool {
	if c.Lane == access.LaneConfidential && c.BarredUnitID != 0 && a.UnitID == c.BarredUnitID {
		return false
	}
	return access.Visible(a).Sees(c.Facts())
}
