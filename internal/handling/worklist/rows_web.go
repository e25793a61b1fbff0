package worklist

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"xinqiao/internal/platform/bigram"
)

func rowClass(r *Row) string {
	if r.Urgency == "" {
		return ""
	}
	return "urgent-" + string(r.Urgency)
}

// rowUnit names who must act now; of a closed case who handled it.
func (s *Service) rowUnit(r *Row, lang string) string {
	if r.OwnerUnitID != 0 {
		return s.unitName(r.OwnerUnitID, lang)
	}
	return s.unitName(r.LeadUnitID, lang)
}

// marked shows where a title holds what was asked for.
func marked(title, question string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, p := range bigram.Mark(title, question) {
			text := templ.EscapeString(p.Text)
			if p.Hit {
				text = "<mark>" + text + "</mark>"
			}
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// similarAttrs ask for similar cases while somebody types.
func similarAttrs() templ.Attributes {
	return templ.Attributes{
		"hx-post": "/desk/new/like", "hx-trigger": "input changed delay:500ms", "hx-target": "#similar",
		"hx-include": "closest form", "hx-params": "place,title,words,wish,phone,id_no",
	}
}
