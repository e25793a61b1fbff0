package network

import (
	_ "embed"
	"strings"
	"sync"

	"xinqiao/internal/core/casework"
)

// The list of services, as a county that began with agents keeps it; the
// proposals in it are ours.
//
//go:embed services.tsv
var table string

// Service is a row of the list of services (代办服务清单): what agents take, or
// must not.
type Service struct {
	Code       string
	Agents     bool // agents take it; else one of the four that they must not
	NameZH     string
	NameEN     string
	Colour     casework.Urgency
	Categories []string
	Lead       string // who is in charge, in Chinese
	Level      string // where it begins
	Materials  string // what to bring
	Contact    string // working days to the first contact
	Target     string // working days to the end that is aimed at
}

// Name gives the service's name in a language.
func (s Service) Name(lang string) string {
	if lang == "en" {
		return s.NameEN
	}
	return s.NameZH
}

var colours = map[string]casework.Urgency{"红": casework.Red, "黄": casework.Yellow, "蓝": casework.Blue}

// Services lists all rows in the order of the list.
var Services = sync.OnceValue(func() []Service {
	var out []Service
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		c := strings.Split(line, "\t")
		if i == 0 || len(c) < 12 {
			continue
		}
		s := Service{
			Code: c[0], Agents: c[1] == "agent", NameZH: c[2], NameEN: c[3], Colour: colours[c[5]], Lead: c[7],
			Level: c[8], Materials: c[9], Contact: c[10], Target: c[11],
		}
		if c[6] != "" {
			s.Categories = strings.Split(c[6], ";")
		}
		out = append(out, s)
	}
	return out
})

// find gives a row by its code.
func find(code string) (Service, bool) {
	for _, s := range Services() {
		if s.Code == code {
			return s, true
		}
	}
	return Service{}, false
}
