package casework

// Category is a node of the matter taxonomy (18 majors, 110 sub-categories).
type Category struct {
	Code     string // "01" or "0101"
	Parent   string // "" for a major
	NameZH   string
	NameEN   string
	LeadZH   string   // typical lead agency, as a department's Chinese name
	Natures  []Nature // legal routes, best first
	Keywords []string // seeds of the first suggestion
	Note     string
	Active   bool
}

// Name gives the category's name in a language ("zh" or "en").
func (c Category) Name(lang string) string {
	if lang == "en" && c.NameEN != "" {
		return c.NameEN
	}
	return c.NameZH
}

// Duty is one row of the duty list (责任清单): who handles a category where.
type Duty struct {
	Category string // code, major or sub-category
	AreaID   int64  // the government whose area it is
	UnitID   int64
	Basis    string
}
