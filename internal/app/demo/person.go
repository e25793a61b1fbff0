package demo

import (
	"fmt"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/identity"
)

// Person is an invented petitioner.
type Person struct {
	ID      int64
	Name    string
	Org     string // the organisation that files, "" for a citizen
	IDNo    string
	Phone   string
	Address string
	UnitID  int64 // the village of the address
}

// age in years at the year told, from the ID number.
func (p Person) age(year int) int {
	born, _ := strconv.Atoi(p.IDNo[6:10])
	return year - born
}

// populate invents two people for every three cases, so that some come back.
func populate(g *generator) []Person {
	rnd := g.source(2)
	var villages []access.Unit
	for _, u := range g.city.units {
		if u.Kind == access.Village {
			villages = append(villages, u)
		}
	}
	n := max(g.Cases*2/3, 1)
	people := make([]Person, n)
	for i := range people {
		v := villages[rnd.IntN(len(villages))]
		town, district := g.city.unit(v.Areas[2]), g.city.unit(v.Areas[1])
		p := Person{
			ID: int64(i + 1), Name: name(g.book, rnd), UnitID: v.ID,
			IDNo:  identity.Synthetic(uint64(i + 1)),
			Phone: fmt.Sprintf("1990000%04d", i%10000),
			Address: strings.TrimSuffix(district.NameZH, "人民政府") + town.NameZH +
				v.NameZH + strconv.Itoa(1+rnd.IntN(280)) + "号",
		}
		if rnd.IntN(40) == 0 {
			co := g.book.Words("co")
			p.Org = co[rnd.IntN(len(co))]
		}
		people[i] = p
	}
	return people
}
