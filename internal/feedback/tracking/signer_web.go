package tracking

import (
	"net/http"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// JointPanel draws the panel about those who signed a case together; nil for
// none.
type JointPanel func(r *http.Request, a access.Actor, c casework.Case) (templ.Component, error)

// panel adds the panel about signers to a view.
func (v *caseView) panel(r *http.Request, draw JointPanel) (err error) {
	if draw != nil {
		v.Joint, err = draw(r, v.Actor, v.Case)
	}
	return err
}
