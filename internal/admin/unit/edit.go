package unit

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Form is what an administrator says about a unit.
type Form struct {
	ParentID int64
	Code     string
	NameZH   string
	NameEN   string
	Kind     access.UnitKind
	Sort     int
}

// Kinds lists the kinds in display order.
var Kinds = []access.UnitKind{
	access.Government, access.Bureau, access.Department, access.Town, access.Village,
}

var codeForm = regexp.MustCompile(`^[0-9A-Za-z._-]{1,32}$`)

// AddUnit adds one unit below another.
func (s *Service) AddOne(ctx context.Context, f Form) (int64, error) {
	added, err := s.Add(ctx, []Form{f})
	if err != nil {
		return 0, err
	}
	return added[0], nil
}

// Add adds several units at once, all or none. A form whose ParentID is
// negative means the form at that place in the list: -1 the first, -2 the
// second.
func (s *Service) Add(ctx context.Context, forms []Form) ([]int64, error) {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return nil, err
	}
	added := make([]int64, len(forms))
	for i := range added {
		added[i] = s.IDs.Next()
	}
	err := s.changeTree(ctx, func(ctx context.Context, tx db.Tx, rows []node) ([]node, error) {
		for i, f := range forms {
			if f.ParentID < 0 && int(-f.ParentID) <= i {
				f.ParentID = added[-f.ParentID-1]
			}
			n := node{Unit: access.Unit{ID: added[i], Active: true}}
			n, err := s.filled(n, f, rows)
			if err != nil {
				return nil, err
			}
			rows = append(rows, n)
			if err := s.store.insert(ctx, tx, n); err != nil {
				return nil, unique(err)
			}
			if err := s.journal.Note(ctx, tx, "unit.added", object(n.ID), n.Code+" "+n.NameZH); err != nil {
				return nil, err
			}
		}
		return rows, nil
	})
	return added, err
}

// Edit changes a unit's names, kind, place or order.
func (s *Service) Edit(ctx context.Context, id int64, f Form) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	return s.changeTree(ctx, func(ctx context.Context, tx db.Tx, rows []node) ([]node, error) {
		i := slices.IndexFunc(rows, func(n node) bool { return n.ID == id })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "unit.unit_unknown")
		}
		n, err := s.filled(rows[i], f, rows)
		if err != nil {
			return nil, err
		}
		detail := fmt.Sprintf("%s %s (%s) → %s %s (%s)",
			rows[i].Code, rows[i].NameZH, rows[i].Kind, n.Code, n.NameZH, n.Kind)
		rows[i] = n
		if err := s.store.update(ctx, tx, n); err != nil {
			return nil, unique(err)
		}
		return rows, s.journal.Note(ctx, tx, "unit.edited", object(id), detail)
	})
}

// Activate takes a unit into or out of use. A unit goes out of use only
// when nobody works in it and nothing active hangs below it.
func (s *Service) Activate(ctx context.Context, id int64, active bool) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	return s.changeTree(ctx, func(ctx context.Context, tx db.Tx, rows []node) ([]node, error) {
		i := slices.IndexFunc(rows, func(n node) bool { return n.ID == id })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "unit.unit_unknown")
		}
		if !active {
			if slices.ContainsFunc(rows, func(n node) bool { return n.ParentID == id && n.Active }) {
				return nil, fault.New(fault.RuleBroken, "unit.unit_has_units")
			}
			busy, err := s.staff.WorkIn(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			if busy {
				return nil, fault.New(fault.RuleBroken, "unit.unit_has_staff")
			}
		}
		rows[i].Active = active
		action := "unit.deactivated"
		if active {
			action = "unit.activated"
		}
		if err := s.store.update(ctx, tx, rows[i]); err != nil {
			return nil, err
		}
		return rows, s.journal.Note(ctx, tx, action, object(id), rows[i].Code)
	})
}

// changeTree runs a change on the rows of the tree and stores what follows
// from it: areas, bureaus and depths of all units.
func (s *Service) changeTree(ctx context.Context, change func(context.Context, db.Tx, []node) ([]node, error)) error {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		// Bumping first takes the row lock, so that two changes of the tree
		// follow one another.
		if err := s.store.bump(ctx, tx); err != nil {
			return err
		}
		rows, err := s.store.all(ctx, tx)
		if err != nil {
			return err
		}
		before := newTree(rows)
		after, err := change(ctx, tx, slices.Clone(rows))
		if err != nil {
			return err
		}
		return s.storeDerived(ctx, tx, before, newTree(after))
	})
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}

func (s *Service) storeDerived(ctx context.Context, tx db.Tx, before, after *Tree) error {
	for _, n := range after.nodes {
		if len(n.Areas) > MaxAreas {
			return fault.New(fault.Invalid, "unit.form").Field("parent", "unit.too_deep", MaxAreas)
		}
		old, known := before.Unit(n.ID)
		if known && old.Area == n.Area && old.BureauID == n.BureauID && len(before.Path(n.ID)) == len(after.Path(n.ID)) {
			continue
		}
		if err := s.store.place(ctx, tx, n, len(after.Path(n.ID))); err != nil {
			return err
		}
	}
	return nil
}

// filled checks a form against the tree and copies it into the row.
func (s *Service) filled(n node, f Form, rows []node) (node, error) {
	wrong := fault.New(fault.Invalid, "unit.form")
	f.Code, f.NameZH, f.NameEN = strings.TrimSpace(f.Code), strings.TrimSpace(f.NameZH), strings.TrimSpace(f.NameEN)
	if !codeForm.MatchString(f.Code) {
		wrong.Field("code", "unit.code_form")
	}
	if l := utf8.RuneCountInString(f.NameZH); l == 0 || l > 60 {
		wrong.Field("name_zh", "unit.name_length", 60)
	}
	if utf8.RuneCountInString(f.NameEN) > 120 {
		wrong.Field("name_en", "unit.name_length", 120)
	}
	if !slices.Contains(Kinds, f.Kind) {
		wrong.Field("kind", "unit.choose")
	}
	tree := newTree(rows)
	switch parent, ok := tree.Unit(f.ParentID); {
	case f.ParentID == 0 && n.ParentID == 0 && (len(rows) == 0 || n.ID == rootID(tree)):
		if f.Kind != access.Government {
			wrong.Field("kind", "unit.root_kind")
		}
	case !ok || !parent.Active:
		wrong.Field("parent", "unit.choose")
	case tree.under(f.ParentID, n.ID):
		wrong.Field("parent", "unit.own_parent")
	}
	n.ParentID, n.Code, n.Kind, n.Sort = f.ParentID, f.Code, f.Kind, f.Sort
	n.NameZH, n.NameEN = f.NameZH, f.NameEN
	return n, wrong.OrNil()
}

func rootID(t *Tree) int64 {
	if roots := t.Children(0); len(roots) > 0 {
		return roots[0].ID
	}
	return 0
}

func object(id int64) string { return fmt.Sprintf("unit/%d", id) }

// unique turns a broken constraint into a field that needs correction.
func unique(err error) error {
	if db.IsUnique(err) {
		return fault.New(fault.Invalid, "unit.form").Field("code", "unit.code_taken").Because(err)
	}
	return err
}
