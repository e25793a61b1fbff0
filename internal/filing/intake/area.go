package intake

import (
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/ui"
)

func option(u access.Unit, lang, group string) ui.Option {
	return ui.Option{Value: strconv.FormatInt(u.ID, 10), Label: u.Name(lang), Group: group}
}

// areas lists the places that can be chosen: the whole city, then every
// district with its towns.
func (s *Service) areas(lang string) []ui.Option {
	var list []ui.Option
	for _, u := range s.units.All() {
		if !u.Active || u.Area != u.ID {
			continue
		}
		group := ""
		if len(u.Areas) > 1 {
			district, _ := s.units.Unit(u.Areas[1])
			group = district.Name(lang)
		}
		list = append(list, option(u, lang, group))
	}
	return list
}

// accusable lists every unit that can be accused, by area.
func (s *Service) accusable(lang string) []ui.Option {
	var list []ui.Option
	for _, u := range s.units.All() {
		if u.Active {
			area, _ := s.units.Unit(u.Area)
			list = append(list, option(u, lang, area.Name(lang)))
		}
	}
	return list
}

// labelOf finds the words of a chosen value.
func labelOf(list []ui.Option, value string) string {
	for _, o := range list {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}
