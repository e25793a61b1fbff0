package settings

import (
	"net/http"
	"strings"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) getCategories(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	v := categoriesView{Form: query, Majors: group(h.Categories(), query.Get("q"))}
	return web.Render(w, r, http.StatusOK, categoriesPage(v))
}

// group puts the sub-categories that hold the words under their majors. A
// major that holds them itself keeps all of its own.
func group(all []casework.Category, words string) []major {
	words = strings.ToLower(words)
	var list []major
	at := map[string]int{}
	for _, c := range all {
		if c.Parent == "" {
			at[c.Code] = len(list)
			list = append(list, major{Category: c, found: holds(c, words)})
		}
	}
	for _, c := range all {
		i, ok := at[c.Parent]
		if ok && (list[i].found || holds(c, words)) {
			list[i].Subs = append(list[i].Subs, c)
		}
	}
	kept := list[:0]
	for _, m := range list {
		if m.found || len(m.Subs) > 0 {
			kept = append(kept, m)
		}
	}
	return kept
}

func holds(c casework.Category, words string) bool {
	text := strings.Join(append([]string{c.Code, c.NameZH, c.NameEN, c.LeadZH}, c.Keywords...), "\n")
	return strings.Contains(strings.ToLower(text), words)
}

func (h *Web) categoryOf(r *http.Request) (casework.Category, error) {
	c, ok := h.Category(r.PathValue("code"))
	if !ok {
		return c, fault.New(fault.NotFound, "settings.category_unknown")
	}
	return c, nil
}

func (h *Web) getCategory(w http.ResponseWriter, r *http.Request) error {
	c, err := h.categoryOf(r)
	if err != nil {
		return err
	}
	form := page.NewForm(nil).
		Set("name_zh", c.NameZH).Set("name_en", c.NameEN).Set("lead_zh", c.LeadZH).
		Set("keywords", strings.Join(c.Keywords, "，")).Set("note", c.Note)
	for _, n := range c.Natures {
		form.Set("natures", append(form.All("natures"), string(n))...)
	}
	if c.Active {
		form.Set("active", "1")
	}
	return web.Render(w, r, http.StatusOK, categoryPage(form, c))
}

func (h *Web) postCategory(w http.ResponseWriter, r *http.Request) error {
	c, err := h.categoryOf(r)
	if err != nil {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.EditCategory(r.Context(), c.Code, CategoryForm{
		NameZH: form.Get("name_zh"), NameEN: form.Get("name_en"), LeadZH: form.Get("lead_zh"),
		Natures: form.All("natures"), Keywords: form.Get("keywords"), Note: form.Get("note"), Active: form.Get("active") == "1",
	})
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, categoryPage(form, c))
	}
	web.Flash(w, "settings.saved")
	return web.Redirect(w, r, "/admin/categories")
}
