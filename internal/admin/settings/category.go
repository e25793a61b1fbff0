package settings

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

//go:embed seed/taxonomy.tsv
var taxonomy string

// Seed inserts the 18 majors and 110 sub-categories that are not there yet.
// What an administrator has changed stays changed.
func (s *Service) Seed(ctx context.Context) error {
	seeds, err := parseTaxonomy(taxonomy)
	if err != nil {
		return err
	}
	if slices.IndexFunc(seeds, func(c casework.Category) bool { _, ok := s.Category(c.Code); return !ok }) < 0 {
		return nil
	}
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		var b db.Batch
		for i, c := range seeds {
			s.store.seedCategory(&b, c, i)
		}
		return tx.Send(ctx, &b)
	})
}

// Standard gives the taxonomy that a new store begins with.
func Standard() ([]casework.Category, error) { return parseTaxonomy(taxonomy) }

// parseTaxonomy reads the seed: code, level, parent_code, major_zh, major_en,
// name_zh, name_en, typical_lead_agency_zh, legal_routes, keywords_zh,
// handling_note.
func parseTaxonomy(text string) ([]casework.Category, error) {
	var all []casework.Category
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(f) != 11 {
			return nil, fmt.Errorf("taxonomy: line %q has %d fields, not 11", line, len(f))
		}
		if f[0] == "code" {
			continue
		}
		all = append(all, casework.Category{
			Code: f[0], Parent: f[2], NameZH: f[5], NameEN: f[6], LeadZH: f[7],
			Natures: natures(f[8]), Keywords: split(f[9], ","), Note: f[10], Active: true,
		})
	}
	return all, nil
}

func natures(text string) []casework.Nature {
	var all []casework.Nature
	for _, n := range split(text, ";") {
		all = append(all, casework.Nature(n))
	}
	return all
}

// split cuts a list and drops what is empty or doubled.
func split(text, separators string) []string {
	var all []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	return all
}

// CategoryForm is what an administrator can change about a category.
type CategoryForm struct {
	NameZH   string
	NameEN   string
	LeadZH   string
	Natures  []string
	Keywords string // separated by commas, spaces or lines
	Note     string
	Active   bool
}

// EditCategory changes a category. A major goes out of use after its
// sub-categories.
func (s *Service) EditCategory(ctx context.Context, code string, f CategoryForm) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	c, ok := s.Category(code)
	if !ok {
		return fault.New(fault.NotFound, "settings.category_unknown")
	}
	c, err := f.fill(c)
	if err != nil {
		return err
	}
	if !c.Active && slices.ContainsFunc(s.Categories(), func(o casework.Category) bool { return o.Parent == code && o.Active }) {
		return fault.New(fault.Invalid, "settings.form").Field("active", "settings.category_has_children")
	}
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.updateCategory(ctx, tx, c); err != nil {
			return err
		}
		detail := fmt.Sprintf("%s lead=%s natures=%s active=%t", c.NameZH, c.LeadZH, joinNatures(c.Natures), c.Active)
		return s.journal.Note(ctx, tx, "category.edited", "category/"+code, detail)
	})
}

func (f CategoryForm) fill(c casework.Category) (casework.Category, error) {
	wrong := fault.New(fault.Invalid, "settings.form")
	c.NameZH, c.NameEN, c.LeadZH = strings.TrimSpace(f.NameZH), strings.TrimSpace(f.NameEN), strings.TrimSpace(f.LeadZH)
	c.Note, c.Active = strings.TrimSpace(f.Note), f.Active
	c.Keywords = split(f.Keywords, ",，、;； \t\n\u3000")
	c.Natures = nil
	for _, n := range f.Natures {
		if !slices.Contains(casework.Natures, casework.Nature(n)) {
			wrong.Field("natures", "settings.choose")
			break
		}
		c.Natures = append(c.Natures, casework.Nature(n))
	}
	if n := utf8.RuneCountInString(c.NameZH); n == 0 || n > 40 {
		wrong.Field("name_zh", "settings.length", 1, 40)
	}
	for _, t := range []struct {
		name, text string
		most       int
	}{{"name_en", c.NameEN, 80}, {"lead_zh", c.LeadZH, 60}, {"note", c.Note, 400}, {"keywords", f.Keywords, 2000}} {
		if utf8.RuneCountInString(t.text) > t.most {
			wrong.Field(t.name, "settings.length", 0, t.most)
		}
	}
	return c, wrong.OrNil()
}

func joinNatures(all []casework.Nature) string {
	words := make([]string, len(all))
	for i, n := range all {
		words[i] = string(n)
	}
	return strings.Join(words, ";")
}
