package dossier

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

const no = "MC26-0A1B-7K3F"

var (
	handler  = access.Actor{ID: 101, Name: "王承办", Role: access.UnitHandler, UnitID: 11}
	head     = access.Actor{ID: 102, Name: "陈局长", Role: access.UnitHead, UnitID: 11}
	stranger = access.Actor{ID: 103, Name: "外人", Role: access.UnitHead, UnitID: 12}
	agent    = access.Actor{ID: 104, Name: "代办", Role: access.Operator, UnitID: 11}
)

// world is everything that documents ask others for.
type world struct{ ids int64 }

var one = casework.Case{
	ID: 7, No: no, Title: "小区电梯停运", State: casework.Accepted, Nature: casework.R7, Procedure: casework.Ordinary, Lane: access.LaneOpen,
	Areas: [3]int64{1}, BureauID: 10, LeadUnitID: 11, RegisteredBy: agent.ID, RegisteredAt: noon,
}

func (*world) Case(_ context.Context, a access.Actor, number string) (casework.Case, error) {
	if number != no || !access.Visible(a).Sees(one.Facts()) {
		return casework.Case{}, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return one, nil
}

func (*world) Seen(context.Context, access.Actor, []int64) (map[int64]bool, error) { return nil, nil }

func (*world) Opened(context.Context, access.Actor, casework.Case, time.Time) error { return nil }

func (*world) History(context.Context, int64) ([]casework.Event, error) {
	return []casework.Event{{CaseID: 7, Seq: 1, Kind: "registered", At: noon, ActorRole: access.Petitioner}}, nil
}

func (*world) View(context.Context, document.Ask) (wording.View, error) {
	return wording.Example(), nil
}

func (*world) Unit(id int64) (access.Unit, bool) {
	return access.Unit{ID: id, NameZH: "名城市住房和城乡建设局", NameEN: "Housing", Kind: access.Department, Area: 1, Areas: []int64{1}}, true
}

func (*world) OfCase(context.Context, int64) ([]document.File, error) {
	return []document.File{{ID: 1, Name: "说明/一.txt", Type: "text/plain", Size: 6}, {ID: 2, Name: "说明.txt", Type: "text/plain", Size: 6}}, nil
}

func (*world) Open(context.Context, access.Actor, int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("说明")), nil
}

func (*world) Names(context.Context, []int64) (map[int64]string, error) { return nil, nil }

func (w *world) Next() int64 { w.ids++; return w.ids }

// house has one case with two sealed documents and a draft.
func house(t *testing.T, d *db.DB) *Service {
	t.Helper()
	keys := seal.Random()
	pen, err := seal.OpenOrCreateSigner(filepath.Join(t.TempDir(), "signing.json"), keys)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	w := &world{}
	s := document.New(document.Needs{
		DB: d, Cases: w, Source: w, Units: w, Files: w, Staff: w, Keys: keys, Blobs: blobs, Signer: pen, IDs: w, Clock: clock.At(noon),
		Fonts: paper.Bundled(), Base: "https://xinfang.example", Words: func(key string) string { return key },
	})
	for _, kind := range []string{"D11", "D02", "D10"} {
		doc, err := s.Make(t.Context(), handler, document.Wanted{CaseNo: no, Kind: kind}, noon)
		if err == nil && kind != "D10" {
			if _, err = s.Approve(t.Context(), head, doc.ID, noon); err == nil {
				_, err = s.Seal(t.Context(), head, doc.ID, noon)
			}
		}
		if err != nil {
			t.Fatal(kind, err)
		}
	}
	return New(s)
}

// TestArchive: every hash of the manifest is that of its file.
func TestArchive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := house(t, d)
		dossier, err := s.Of(t.Context(), handler, no)
		if err != nil || len(dossier.Documents) != 2 || dossier.Documents[0].Kind.ID != "D02" {
			t.Fatal(len(dossier.Documents), err)
		}
		var out bytes.Buffer
		if err := s.WriteArchive(t.Context(), &out, handler, dossier, noon); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		read := func(name string) []byte {
			f, err := z.Open(name)
			if err != nil {
				t.Fatal(name, err)
			}
			defer f.Close()
			b, _ := io.ReadAll(f)
			return b
		}
		var m Manifest
		if err := json.Unmarshal(read("manifest.json"), &m); err != nil || len(m.Entries) != 7 || len(m.Elements) == 0 {
			t.Fatalf("%+v %v", m, err)
		}
		for _, e := range m.Entries {
			b := read(e.Path)
			sm, sha := sm3.Sum(b), sha256.Sum256(b)
			if hex.EncodeToString(sm[:]) != e.SM3 || hex.EncodeToString(sha[:]) != e.SHA256 || int64(len(b)) != e.Size {
				t.Errorf("%s is not what the manifest says", e.Path)
			}
			var signature seal.Signature
			if e.Signature != "" && (json.Unmarshal([]byte(e.Signature), &signature) != nil || s.Signer.Verify(b, signature) != nil) {
				t.Errorf("the signature of %s does not hold", e.Path)
			}
		}
	})
}

// TestDoors: who sees the case and works on it may bind it, nobody else.
func TestDoors(t *testing.T) {
	s := house(t, dbtest.SQLite(t))
	words, err := os.ReadFile("../../procedure/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[*access.Actor]int{&handler: 200, &head: 200, &stranger: 404, &agent: 403, {}: 401} {
		for _, lang := range []string{"zh", "en"} {
			rt, err := web.New(web.Options{
				Catalogue: i18n.Must(i18n.Messages, web.Messages, ui.Messages, document.Messages, words), Now: s.Clock.Now, ErrorPage: ui.ErrorPage,
			})
			if err != nil {
				t.Fatal(err)
			}
			rt.Use(func(next web.Handler) web.Handler {
				return func(w http.ResponseWriter, r *http.Request) error {
					return next(w, r.WithContext(access.With(r.Context(), *who)))
				}
			})
			rt.Add(s)
			for path, begins := range map[string]string{"": "<!doctype html>", ".pdf": "%PDF", ".zip": "PK"} {
				r := httptest.NewRequestWithContext(t.Context(), "GET", "/desk/cases/"+no+"/dossier"+path, nil)
				r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
				w := httptest.NewRecorder()
				rt.ServeHTTP(w, r)
				if w.Code != want || want == 200 && !strings.HasPrefix(w.Body.String(), begins) {
					t.Errorf("%s gets %q: %d, want %d", who.Role, path, w.Code, want)
				}
				if path == "" && strings.Contains(w.Body.String(), "⟦") {
					t.Errorf("a word is missing in %s", lang)
				}
			}
		}
	}
}
