package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

type sheet struct {
	ID       int64
	State    string
	Number   string
	Text     string
	SM3      string
	Code     string `json:"verify_code"`
	Events   []struct{ Kind string }
	Receipts []struct{ Method string }
}

// drawn drafts a document over the API.
func drawn(t *testing.T, who *apptest.Client, no, kind, key string) sheet {
	t.Helper()
	var made, shown sheet
	who.With("Idempotency-Key", key).Post("/api/v1/cases/"+no+"/documents", map[string]any{"kind": kind}).Is(http.StatusOK).Into(&made)
	var again sheet
	who.With("Idempotency-Key", key).Post("/api/v1/cases/"+no+"/documents", map[string]any{"kind": kind}).Is(http.StatusOK).Into(&again)
	if again.ID != made.ID {
		t.Errorf("one key, two documents of %s", kind)
	}
	who.Get("/api/v1/documents/" + text(made.ID)).Is(http.StatusOK).Into(&shown)
	return shown
}

// TestDocumentJourney: an opinion from the draft to the petitioner's page, with
// the case's own facts in it, on both databases.
func TestDocumentJourney(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		r := h.File(1)
		c.travel(t, r, c.forward(), c.accept())
		notice := drawn(t, c.handler, r.No, "D02", "a")
		for _, want := range []string{"王小明", r.No, "予以受理", "第三十一条第六项"} {
			if !strings.Contains(notice.Text, want) {
				t.Errorf("the notice lacks %q:\n%s", want, notice.Text)
			}
		}
		d := drawn(t, c.handler, r.No, "D11", "b")
		path := "/api/v1/documents/" + text(d.ID)
		for name, x := range c.strangers {
			if a := x.Get(path); a.Status != http.StatusNotFound && a.Status != http.StatusForbidden {
				t.Errorf("%s reads a draft: %d", name, a.Status)
			}
			if a := x.Get("/api/v1/cases/" + r.No + "/documents"); a.Status != http.StatusNotFound {
				t.Errorf("%s lists documents: %d", name, a.Status)
			}
		}
		c.head.Post(path+"/approve", struct{}{}).Problem(http.StatusConflict, "document.blanks")
		c.handler.Post(path+"/text", map[string]any{"text": strings.ReplaceAll(d.Text, "＿", "实")}).Is(http.StatusOK)
		c.handler.Post(path+"/approve", struct{}{}).Problem(http.StatusForbidden, "document.head_needed")
		c.head.Post(path+"/approve", struct{}{}).Is(http.StatusOK).Into(&d)
		c.head.Post(path+"/seal", struct{}{}).Is(http.StatusOK).Into(&d)
		if d.State != "sealed" || d.SM3 == "" || !strings.HasSuffix(d.Number, "〔2026〕1号") {
			t.Fatalf("%+v", d)
		}
		pdf := c.handler.Get(path + "/pdf").Is(http.StatusOK).Body
		if !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Errorf("no PDF: %.20q", pdf)
		}
		h.Browser().Get("/verify/"+d.Code).Is(http.StatusOK).Has(d.Number).Lacks("王小明", r.No)
		mine := h.Petitioner(r.Code)
		mine.With("X-Case-No", r.No).Get(path+"/pdf").Problem(http.StatusNotFound, "document.unknown")
		c.handler.Post(path+"/serve", map[string]any{"method": "direct"}).Is(http.StatusUnprocessableEntity)
		c.handler.Post(path+"/serve", map[string]any{"method": "electronic"}).Is(http.StatusOK)
		b := enter(h, r)
		b.Get("/follow/"+r.No).Is(http.StatusOK).Has(`data-testid="served-document"`, d.Number)
		b.Get("/follow/"+r.No+"/documents/"+text(d.ID)).Is(http.StatusOK).Has("信访处理意见书", "王小明")
		h.Browser().Get("/follow/" + r.No + "/documents/" + text(d.ID)).Lacks("王小明")
		if a := mine.With("X-Case-No", r.No).Get(path + "/pdf").Is(http.StatusOK); !bytes.Equal(a.Body, pdf) {
			t.Error("the petitioner gets another file than the unit")
		}
		c.handler.Get(path).Is(http.StatusOK).Into(&d)
		if len(d.Receipts) != 1 || d.Events[len(d.Events)-1].Kind != "downloaded" || d.Events[len(d.Events)-2].Kind != "opened" {
			t.Errorf("%+v %+v", d.Receipts, d.Events)
		}
		desk := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		desk.Get("/desk/cases/"+r.No).Is(http.StatusOK).Has(`data-testid="documents"`, `data-testid="missing"`)
		desk.Get("/desk/cases/" + r.No + "/dossier").Is(http.StatusOK).Has(`data-testid="incomplete"`)
	})
}

// TestDocumentOfHidden: a name that is kept from the handling unit is in no
// document that the unit makes or reads.
func TestDocumentOfHidden(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := newCast(h)
		body := h.Filing(1)
		body["secret"] = true
		r := h.FileAs(h.Anybody(), 1, body)
		c.clerk.Do(r.No, casework.Forward, c.forward().data, "f").Is(http.StatusOK)
		for i, kind := range []string{"D02", "D11", "D12", "D07"} {
			if d := drawn(t, c.handler, r.No, kind, strconv.Itoa(i)); strings.Contains(d.Text, "王小明") || strings.Contains(d.Text, "13800000001") {
				t.Errorf("%s names who asked to stay unknown", kind)
			}
		}
		if d := drawn(t, c.clerk, r.No, "D04", "x"); strings.Contains(d.Text, "王小明") {
			t.Error("the letter to the unit names who asked to stay unknown")
		}
		form := drawn(t, c.clerk, r.No, "D01", "y")
		if !strings.Contains(form.Text, "王小明") {
			t.Error("the bureau's own form lacks the name")
		}
		c.clerk.Post("/api/v1/documents/"+text(form.ID)+"/approve", struct{}{}).Is(http.StatusOK)
		c.handler.Get("/api/v1/documents/"+text(form.ID)).Problem(http.StatusNotFound, "document.unknown")
		if a := c.handler.Get("/api/v1/cases/" + r.No + "/documents").Is(http.StatusOK); strings.Contains(string(a.Body), `"D01"`) {
			t.Error("the unit lists the form")
		}
		h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School}).Post("/desk/cases/"+r.No+"/documents", url.Values{"kind": {"D26"}}).Lacks("王小明")
	})
}
