package intake

import (
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/ui"
)

// areaGroup is a part of a grouped selection list; without a label its options
// stand by themselves.
type areaGroup struct {
	Label   string
	Options []ui.Option
}

func option(u access.Unit, lang string) ui.Option {
	return ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name(lang)}
}

// areas lists the places that can be chosen: the whole city, then every
// district with itself and its towns.
func (s *Service) areas(lang string) []areaGroup {
	var groups []areaGroup
	for _, u := range s.units.All() {
		if !u.Active || u.Area != u.ID {
			continue
		}
		o := option(u, lang)
		if len(u.Areas) == 3 && len(groups) > 0 {
			last := &groups[len(groups)-1]
			last.Label = last.Options[0].Label
			last.Options = append(last.Options, o)
			continue
		}
		groups = append(groups, areaGroup{Options: []ui.Option{o}})
	}
	return groups
}

// accusable lists every unit that can be accused, by area.
func (s *Service) accusable(lang string) []areaGroup {
	var groups []areaGroup
	at := map[int64]int{}
	for _, u := range s.units.All() {
		if !u.Active {
			continue
		}
		i, ok := at[u.Area]
		if !ok {
			area, _ := s.units.Unit(u.Area)
			i = len(groups)
			at[u.Area] = i
			groups = append(groups, areaGroup{Label: area.Name(lang)})
		}
		groups[i].Options = append(groups[i].Options, option(u, lang))
	}
	return groups
}

// labelOf finds the words of a chosen value.
func labelOf(groups []areaGroup, value string) string {
	for _, g := range groups {
		for _, o := range g.Options {
			if o.Value == value {
				return o.Label
			}
		}
	}
	return ""
}
