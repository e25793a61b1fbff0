package supervision

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

type noUploads struct{}

func (noUploads) Receive(context.Context, string, string, io.Reader, int64) error { return nil }

func (noUploads) IDs(context.Context, string) ([]int64, error) { return nil, nil }

type visitor struct {
	t    *testing.T
	h    http.Handler
	who  access.Actor
	lang string
}

func visit(t *testing.T, s *scene) *visitor {
	t.Helper()
	words := i18n.Must(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err := words.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: words, Now: s.clock.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, h: rt}
	rt.Add(NewWeb(s.Service, noUploads{}, func(roles ...access.Role) web.Middleware {
		return func(next web.Handler) web.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				if !v.who.Has(roles...) {
					return ErrDenied
				}
				return next(w, r.WithContext(access.With(r.Context(), v.who)))
			}
		}
	}))
	return v
}

// ask sends a request; a body makes it a POST.
func (v *visitor) ask(path string, form url.Values, want int, parts ...string) string {
	v.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", v.lang)
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	body := w.Body.String() + w.Header().Get("Location")
	if w.Code != want || strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
		v.t.Errorf("%s %s (%s) by %s: %d, want %d: %.200s", method, path, v.lang, v.who.Role, w.Code, want, body[max(0, strings.Index(body, "⟦")):])
	}
	for _, p := range parts {
		if !strings.Contains(body, p) {
			v.t.Errorf("%s %s lacks %q", method, path, p)
		}
	}
	return body
}

func TestPagesInBothLanguages(t *testing.T) {
	s := stage(t, dbtest.SQLite(t))
	s.happen(t, 101)
	list, _, err := s.Candidates(t.Context(), supervisor, CandidateQuery{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	candidate := base + "/candidates/" + number(list[0].ID)
	items := map[Kind]Directive{}
	for _, k := range Kinds {
		o := s.opening(k)
		if k == Instruct {
			o.Actor = leader
		}
		items[k] = s.open(t, o)
	}
	v := visit(t, s)
	for _, v.lang = range []string{"zh-CN", "en"} {
		v.who = supervisor
		v.ask(candidate, nil, http.StatusOK, `data-testid="dismiss"`, `data-testid="evidence"`)
		v.ask(candidate, url.Values{"reason": {""}}, http.StatusUnprocessableEntity, `data-testid="errors"`)
		v.ask(base+"/candidates?cause=overdue", nil, http.StatusOK, `data-testid="candidate"`)
		v.ask(base+"/candidates?cause=shirking", nil, http.StatusOK, `data-testid="empty"`)
		for _, k := range Kinds {
			v.ask(base+"/new?kind="+string(k)+"&candidate="+number(list[0].ID), nil, http.StatusOK, caseNo, `data-testid="serve"`)
			v.ask(base+"/new", url.Values{"kind": {string(k)}}, http.StatusUnprocessableEntity, `data-testid="errors"`)
			body := v.ask(itemPath(items[k].ID), nil, http.StatusOK, `data-testid="marks"`)
			for _, verb := range Permitted(items[k], v.who, s.clock.Now()) {
				if !strings.Contains(body, `data-testid="do-`+string(verb)+`"`) {
					t.Errorf("%s: no button to %s", k, verb)
				}
				v.ask(itemPath(items[k].ID)+"/do/"+string(verb), nil, http.StatusOK)
				v.ask(itemPath(items[k].ID)+"/do/"+string(verb), url.Values{"days": {"x"}}, http.StatusUnprocessableEntity)
			}
		}
		for _, view := range []View{ToReview, Running, Late, Done} {
			v.ask(base+"?view="+string(view)+"&kind=supervise&unit=20", nil, http.StatusOK, `data-testid="filter-sentence"`)
		}
		v.who = leader
		v.ask(base, nil, http.StatusOK, `data-testid="new-instruct"`, "周领导")
		v.who = clerk
		v.ask(base, nil, http.StatusOK)
		v.ask(base+"/new", nil, http.StatusOK, `data-testid="leader"`)
		v.ask(base+"/candidates", nil, http.StatusForbidden)
		v.who = teacher
		v.ask(base, nil, http.StatusOK, `data-testid="empty"`)
		v.ask(itemPath(items[LookBack].ID), nil, http.StatusNotFound)
		v.ask(itemPath(items[LookBack].ID)+"/do/answer", url.Values{"text": {"x"}}, http.StatusNotFound)
	}
	v.who = builder
	v.ask(base, nil, http.StatusOK, `data-testid="directive"`)
	for _, k := range Kinds {
		form := url.Values{"text": {"已办结，附情况说明"}, "adoption": {"adopted"}}
		v.ask(itemPath(items[k].ID)+"/do/answer", nil, http.StatusOK, `enctype="multipart/form-data"`)
		v.ask(itemPath(items[k].ID)+"/do/answer", form, http.StatusSeeOther)
		if k != LookBack {
			v.ask(itemPath(items[k].ID)+"/do/accept", url.Values{}, http.StatusForbidden)
		}
	}
	v.who = supervisor
	for _, step := range []struct {
		kind Kind
		verb Verb
		form url.Values
	}{
		{Supervise, ReturnAnswer, url.Values{"text": {"未写明原因"}, "days": {"5"}}}, {Measure, Accept, url.Values{}},
		{Measure, Close, url.Values{"text": {"已整改"}, "result": {"done"}}}, {LookBack, Find, url.Values{"text": {"属实"}, "result": {"confirmed"}}},
		{LookBack, Close, url.Values{"text": {"已约谈"}}}, {Recommend, Accept, url.Values{}}, {Instruct, Note, url.Values{"text": {"待报领导"}}},
	} {
		v.ask(itemPath(items[step.kind].ID)+"/do/"+string(step.verb), step.form, http.StatusSeeOther)
		v.ask(itemPath(items[step.kind].ID), nil, http.StatusOK, `data-testid="entry-`+string(step.verb)+`"`)
	}
	follow := url.Values{"kind": {"measure"}, "variant": {"talk"}, "parent": {number(items[LookBack].ID)}, "unit": {"20"}, "title": {"约谈"}, "text": {"请到局面谈"}, "days": {"7"}}
	v.ask(base+"/new", follow, http.StatusSeeOther)
	v.ask(itemPath(items[LookBack].ID), nil, http.StatusOK, `id="following"`)
}
