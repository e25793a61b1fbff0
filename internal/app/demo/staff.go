package demo

import (
	"math/rand/v2"
	"strings"

	"xinqiao/internal/app/demo/story"
	"xinqiao/internal/core/access"
)

// post is a login that a visitor of the demo should remember.
type post struct {
	login   string
	unit    string
	role    access.Role
	cleared bool // may see the confidential lane
}

// posts are the city's; those of the other units follow from their codes
// ("clerk.qy", "mc.rsj" → "rsj.handler", "mc.qy.rsj" → "qy.rsj.handler").
var posts = []post{
	{"clerk", cityBureau, access.BureauClerk, false},
	{"clerk2", cityBureau, access.BureauClerk, false},
	{"head", cityBureau, access.BureauHead, true},
	{"operator", cityBureau, access.Operator, false},
	{"operator2", cityBureau, access.Operator, false},
	{"operator3", cityBureau, access.Operator, false},
	{"supervisor", cityBureau, access.Supervisor, false},
	{"inspector", cityBureau, access.Inspector, true},
	{"leader", "mc", access.Leader, true},
	{"handler", "mc.zjj", access.UnitHandler, false},
	{"unithead", "mc.zjj", access.UnitHead, false},
	{"agent", "mc.qy.yuyin", access.Agent, false},
	{"agent.wl", "mc.wl.yunqing", access.Agent, false},
	{"agent.lt", "mc.lt.weiqiao", access.Agent, false},
	{"agent.cw", "mc.cw.yudeng", access.Agent, false},
	{"sysadmin", "mc", access.SystemAdmin, false},
	{"secadmin", "mc", access.SecAdmin, false},
	{"auditadmin", "mc", access.AuditAdmin, false},
}

// trusted departments handle accusations.
var trusted = map[string]bool{discipline: true, organisation: true}

// hire fills the posts and gives every unit that handles cases three people:
// two who draft and one who approves.
func (c *city) hire(book *story.Book, rnd *rand.Rand) {
	for _, p := range posts {
		c.employ(p, name(book, rnd))
		c.staff[len(c.staff)-1].Featured = true
	}
	for _, u := range c.units {
		short := strings.TrimPrefix(u.Code, cityCode+".")
		district, _, _ := strings.Cut(short, ".")
		switch u.Kind {
		case access.Bureau:
			if u.Code != cityBureau {
				c.employ(post{"clerk." + district, u.Code, access.BureauClerk, false}, name(book, rnd))
				c.employ(post{"head." + district, u.Code, access.BureauHead, true}, name(book, rnd))
				c.employ(post{"leader." + district, cityCode + "." + district, access.Leader, false}, name(book, rnd))
			}
		case access.Department, access.Town:
			if u.Code != "mc.zjj" {
				c.employ(post{short + ".handler", u.Code, access.UnitHandler, trusted[u.Code]}, name(book, rnd))
				c.employ(post{short + ".head", u.Code, access.UnitHead, trusted[u.Code]}, name(book, rnd))
			}
			second := short + ".handler2" // who takes over where another may not
			if u.Code == "mc.zjj" {
				second = "handler2"
			}
			c.employ(post{second, u.Code, access.UnitHandler, trusted[u.Code]}, name(book, rnd))
		}
	}
}

func (c *city) employ(p post, name string) {
	u := c.byCode[p.unit]
	a := access.Actor{
		ID: int64(len(c.staff) + 1), Name: name, Role: p.role, UnitID: u.ID,
		AreaID: u.Area, AreaDepth: len(u.Areas), Cleared: p.cleared,
	}
	c.staff = append(c.staff, Staff{Actor: a, Login: p.login})
	if c.corps[u.ID] == nil {
		c.corps[u.ID] = map[access.Role][]access.Actor{}
	}
	c.corps[u.ID][p.role] = append(c.corps[u.ID][p.role], a)
}

// one gives somebody of a role in a unit.
func (c *city) one(rnd *rand.Rand, unit int64, role access.Role) access.Actor {
	all := c.corps[unit][role]
	return all[rnd.IntN(len(all))]
}

// any gives somebody of a role anywhere.
func (c *city) any(rnd *rand.Rand, role access.Role) access.Actor {
	var all []access.Actor
	for _, s := range c.staff {
		if s.Role == role {
			all = append(all, s.Actor)
		}
	}
	return all[rnd.IntN(len(all))]
}

func name(book *story.Book, rnd *rand.Rand) string {
	family, given := book.Words("surname"), book.Words("given")
	return family[rnd.IntN(len(family))] + given[rnd.IntN(len(given))]
}
