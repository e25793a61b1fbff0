package demo

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/app/demo/story"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

//go:embed city/*.tsv
var lists embed.FS

// Codes of the units that the script names.
const (
	cityCode     = "mc"
	cityBureau   = "mc.xfj"
	discipline   = "mc.jw"  // 纪检监察: takes accusations (Art. 30)
	organisation = "mc.zzb" // 组织部: those about appointments
)

// task is a row of the duty list before it meets the units.
type task struct {
	category string
	leads    []string // department names without their place
	weight   int      // how often it is filed
	natures  []casework.Nature
	basis    string
}

// city is everything but the cases.
type city struct {
	units   []access.Unit
	byCode  map[string]*access.Unit
	staff   []Staff
	duties  []casework.Duty
	tasks   []task
	weights int
	corps   map[int64]map[access.Role][]access.Actor // unit → role → people
}

func build(book *story.Book, rnd *rand.Rand) (*city, error) {
	c := &city{byCode: map[string]*access.Unit{}, corps: map[int64]map[access.Role][]access.Actor{}}
	if err := read("city/units.tsv", c.addUnit); err != nil {
		return nil, err
	}
	for i := range c.units {
		c.byCode[c.units[i].Code] = &c.units[i]
	}
	c.findBureaus()
	if err := read("city/duties.tsv", c.addTask); err != nil {
		return nil, err
	}
	for _, t := range c.tasks {
		if err := c.addDuties(t); err != nil {
			return nil, err
		}
	}
	c.hire(book, rnd)
	return c, nil
}

func read(name string, take func([]string)) error {
	text, err := lists.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading the city: %w", err)
	}
	if err := story.Rows(string(text), take); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// addUnit places a unit under its parent, which the list names before it.
func (c *city) addUnit(f []string) {
	u := access.Unit{
		ID: int64(len(c.units) + 1), Code: f[0], Kind: access.UnitKind(f[2]),
		NameZH: f[3], NameEN: f[4], Active: true,
	}
	for _, p := range c.units {
		if p.Code == f[1] {
			u.ParentID, u.Areas = p.ID, slices.Clone(p.Areas)
		}
	}
	if u.Kind == access.Government || u.Kind == access.Town {
		u.Areas = append(u.Areas, u.ID)
	}
	u.Area = u.Areas[len(u.Areas)-1]
	c.units = append(c.units, u)
}

// findBureaus gives every unit the petition bureau of the nearest government.
func (c *city) findBureaus() {
	bureaus := map[int64]int64{}
	for _, u := range c.units {
		if u.Kind == access.Bureau {
			bureaus[u.Area] = u.ID
		}
	}
	for i := range c.units {
		for _, area := range c.units[i].Areas {
			if b, ok := bureaus[area]; ok {
				c.units[i].BureauID = b
			}
		}
	}
}

func (c *city) addTask(f []string) {
	weight, _ := strconv.Atoi(f[2])
	t := task{category: f[0], leads: strings.Split(f[1], ";"), weight: weight, basis: f[4]}
	for _, n := range strings.Split(f[3], ";") {
		t.natures = append(t.natures, casework.Nature(n))
	}
	c.tasks = append(c.tasks, t)
	c.weights += weight
}

// townTasks are handled where people live: village accounts, neighbours.
var townTasks = []string{"0103", "1206"}

// addDuties says who handles a category in the city, in each district and,
// for a few, in each town.
func (c *city) addDuties(t task) error {
	for _, u := range c.units {
		town := u.Kind == access.Town && slices.Contains(townTasks, t.category)
		if u.Kind != access.Government && !town {
			continue
		}
		lead := c.lead(t, &u)
		if lead == nil {
			return fmt.Errorf("nobody handles %s (%v)", t.category, t.leads)
		}
		c.duties = append(c.duties, casework.Duty{Category: t.category, AreaID: u.ID, UnitID: lead.ID, Basis: t.basis})
	}
	return nil
}

// lead finds the unit that handles a task at a place: the town, the
// district's department, or the city's.
func (c *city) lead(t task, place *access.Unit) *access.Unit {
	if len(place.Areas) == 3 && slices.Contains(townTasks, t.category) {
		return c.unit(place.Areas[2])
	}
	if len(place.Areas) >= 2 {
		if u := c.named(place.Areas[1], t.leads[0]); u != nil {
			return u
		}
	}
	return c.named(place.Areas[0], t.leads[0])
}

// named finds the department of an area by its name without the place's.
func (c *city) named(area int64, name string) *access.Unit {
	for i := range c.units {
		u := &c.units[i]
		if u.Area == area && u.Kind != access.Government && bare(u.NameZH) == name {
			return u
		}
	}
	return nil
}

// places stand before a department's name.
var places = []string{"名川市", "青榆区", "望岚区", "临汀区", "澄湾区"}

func bare(name string) string {
	for _, p := range places {
		name = strings.TrimPrefix(name, p)
	}
	return name
}

func (c *city) unit(id int64) *access.Unit { return &c.units[id-1] }

// above is the bureau one level above a bureau; 0 at the top.
func (c *city) above(bureau int64) int64 {
	areas := c.unit(bureau).Areas
	if len(areas) < 2 {
		return 0
	}
	return c.unit(areas[len(areas)-2]).BureauID
}
