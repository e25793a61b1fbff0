package unit

import (
	"cmp"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
)

// MaxAreas is how many governments a unit can have above it (city, district,
// town), because a case row holds that many.
const MaxAreas = 3

// node is a unit with its place among its siblings.
type node struct {
	access.Unit
	Sort int
}

// Tree is an immutable picture of the unit tree. The slices that it returns
// are shared: read them only.
type Tree struct {
	nodes    []node // depth first, siblings by sort and id
	units    []access.Unit
	byID     map[int64]int
	byCode   map[string]int
	byName   map[nameInArea]int
	children map[int64][]access.Unit
	groups   []Group
}

type nameInArea struct {
	name string
	area int64
}

// Group is the active units of one area, for selection lists.
type Group struct {
	Area  access.Unit
	Units []access.Unit
}

// governs tells whether the kind has a jurisdiction of its own.
func governs(k access.UnitKind) bool { return k == access.Government || k == access.Town }

// newTree orders the rows and derives areas and bureaus. Rows whose parent is
// missing are left out; a foreign key makes that impossible in the database.
func newTree(rows []node) *Tree {
	below := map[int64][]node{}
	for _, r := range rows {
		below[r.ParentID] = append(below[r.ParentID], r)
	}
	for _, siblings := range below {
		slices.SortFunc(siblings, func(a, b node) int {
			return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID))
		})
	}
	t := &Tree{
		byID: map[int64]int{}, byCode: map[string]int{},
		byName: map[nameInArea]int{}, children: map[int64][]access.Unit{},
	}
	t.plant(below, 0, nil)
	t.findBureaus()
	t.indexNodes()
	return t
}

func (t *Tree) plant(below map[int64][]node, parent int64, areas []int64) {
	for _, n := range below[parent] {
		n.Areas = areas
		if governs(n.Kind) {
			n.Areas = append(slices.Clone(areas), n.ID)
		}
		if len(n.Areas) > 0 {
			n.Area = n.Areas[len(n.Areas)-1]
		}
		t.nodes = append(t.nodes, n)
		t.plant(below, n.ID, n.Areas)
	}
}

// findBureaus gives every unit the petition bureau of its area, or of the
// nearest area above that has one.
func (t *Tree) findBureaus() {
	bureaus := map[int64]int64{}
	for _, n := range t.nodes {
		if _, taken := bureaus[n.Area]; n.Kind == access.Bureau && n.Active && !taken {
			bureaus[n.Area] = n.ID
		}
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		n.BureauID = 0
		for _, area := range slices.Backward(n.Areas) {
			if id, ok := bureaus[area]; ok {
				n.BureauID = id
				break
			}
		}
	}
}

func (t *Tree) indexNodes() {
	group := map[int64]int{}
	for i, n := range t.nodes {
		t.units = append(t.units, n.Unit)
		t.byID[n.ID], t.byCode[n.Code] = i, i
		t.children[n.ParentID] = append(t.children[n.ParentID], n.Unit)
		if !n.Active {
			continue
		}
		key := nameInArea{n.NameZH, n.Area}
		if _, taken := t.byName[key]; !taken {
			t.byName[key] = i
		}
		g, ok := group[n.Area]
		if !ok {
			g = len(t.groups)
			group[n.Area] = g
			area, _ := t.Unit(n.Area)
			t.groups = append(t.groups, Group{Area: area})
		}
		t.groups[g].Units = append(t.groups[g].Units, n.Unit)
	}
}

// Unit looks a unit up by id.
func (t *Tree) Unit(id int64) (access.Unit, bool) { return at(t, t.byID, id) }

// ByCode looks a unit up by its code.
func (t *Tree) ByCode(code string) (access.Unit, bool) { return at(t, t.byCode, code) }

// ByName finds the active unit with a Chinese name in an area.
func (t *Tree) ByName(zh string, areaID int64) (access.Unit, bool) {
	return at(t, t.byName, nameInArea{zh, areaID})
}

func at[K comparable](t *Tree, index map[K]int, key K) (access.Unit, bool) {
	if i, ok := index[key]; ok {
		return t.nodes[i].Unit, true
	}
	return access.Unit{}, false
}

// All lists every unit depth first, also inactive ones.
func (t *Tree) All() []access.Unit { return t.units }

// Children lists the units directly below one; 0 gives the root.
func (t *Tree) Children(id int64) []access.Unit { return t.children[id] }

// Path leads from the root to the unit itself.
func (t *Tree) Path(id int64) []access.Unit {
	var path []access.Unit
	for u, ok := t.Unit(id); ok; u, ok = t.Unit(u.ParentID) {
		path = append(path, u)
	}
	slices.Reverse(path)
	return path
}

// Groups lists the active units by area, for selection lists.
func (t *Tree) Groups() []Group { return t.groups }

// Search finds units whose name or code contains the words, at most limit.
func (t *Tree) Search(words string, limit int) []access.Unit {
	words = strings.ToLower(strings.TrimSpace(words))
	var found []access.Unit
	for _, n := range t.nodes {
		if len(found) == limit {
			break
		}
		if strings.Contains(strings.ToLower(n.NameZH+"\n"+n.NameEN+"\n"+n.Code), words) {
			found = append(found, n.Unit)
		}
	}
	return found
}

// under tells whether id is ancestor itself or lies below it.
func (t *Tree) under(id, ancestor int64) bool {
	for u, ok := t.Unit(id); ok; u, ok = t.Unit(u.ParentID) {
		if u.ID == ancestor {
			return true
		}
	}
	return false
}

func (t *Tree) sortOf(id int64) int {
	if i, ok := t.byID[id]; ok {
		return t.nodes[i].Sort
	}
	return 0
}
