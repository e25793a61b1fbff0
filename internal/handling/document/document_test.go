package document

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

// TestLife goes from the draft to the petitioner's hands.
func TestLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		var doc Document
		for range 2 { // a second click
			again, err := h.Make(ctx, handler, Wanted{CaseNo: no, Kind: "D11", Key: "k"}, noon)
			if err != nil || doc.ID != 0 && again.ID != doc.ID {
				t.Fatalf("made twice: %v", err)
			}
			if doc.ID == 0 {
				doc = again
			}
		}
		if _, err := h.Approve(ctx, handler, doc.ID, noon); !errors.Is(err, ErrHead) {
			t.Errorf("the drafter approves: %v", err)
		}
		own := h.made(t, head, "D11")
		if _, err := h.Approve(ctx, head, own.ID, noon); !errors.Is(err, ErrOwnDraft) {
			t.Errorf("a head approves an own draft: %v", err)
		}
		if _, err := h.Seal(ctx, head, doc.ID, noon); !errors.Is(err, ErrState) {
			t.Errorf("a draft is sealed: %v", err)
		}
		if err := h.Edit(ctx, handler, doc.ID, doc.Text+"\n＿＿＿＿\n", noon); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Approve(ctx, head, doc.ID, noon); !errors.Is(err, ErrBlanks) {
			t.Errorf("a blank is approved: %v", err)
		}
		if err := h.Edit(ctx, handler, doc.ID, doc.Text, noon); err != nil {
			t.Fatal(err)
		}
		approved, err := h.Approve(ctx, head, doc.ID, noon)
		if err != nil || approved.Label != "名住处〔2026〕1号" {
			t.Fatalf("%q %v", approved.Label, err)
		}
		if err := h.Edit(ctx, handler, doc.ID, doc.Text, noon); !errors.Is(err, ErrState) {
			t.Errorf("an approved document is edited: %v", err)
		}
		sealed, err := h.Seal(ctx, head, doc.ID, noon)
		if err != nil {
			t.Fatal(err)
		}
		if letters, _ := h.OfCase(ctx, 7); len(letters) != 0 {
			t.Error("the petitioner sees what was not served")
		}
		if _, err := h.Read(ctx, petitioner, doc.ID, false, noon); !errors.Is(err, ErrUnknown) {
			t.Errorf("the petitioner opens what was not served: %v", err)
		}
		served, err := h.Serve(ctx, handler, doc.ID, Receipt{Method: Electronic, At: noon}, noon)
		if err != nil || served.State != Served {
			t.Fatal(served.State, err)
		}
		read, err := h.Read(ctx, petitioner, doc.ID, false, noon.Add(time.Hour))
		if err != nil || !strings.Contains(read.Text, "信访处理意见书") {
			t.Fatal(err)
		}
		letters, err := h.OfCase(ctx, 7)
		if err != nil || len(letters) != 1 || letters[0].OpenedAt.IsZero() || letters[0].Label != sealed.Label {
			t.Errorf("%+v %v", letters, err)
		}
		events, err := h.Happened(ctx, doc.ID)
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		if got := strings.Join(kinds, " "); got != "drafted edited edited approved sealed served opened" || err != nil {
			t.Errorf("%s %v", got, err)
		}
	})
}

// TestFileNeverChanges: the sealed bytes verify, one flipped bit does not, and
// the page that says so names nobody.
func TestFileNeverChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		doc := h.sealed(t, "D11")
		_, pdf, err := h.Download(ctx, handler, doc.ID, "pdf", false)
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatal(err)
		}
		v, err := h.Verify(ctx, strings.ToLower(doc.Code), pdf)
		if err != nil || !v.Known || !v.Same || v.Label != doc.Label {
			t.Errorf("%+v %v", v, err)
		}
		pdf[len(pdf)/2] ^= 1
		if v, _ := h.Verify(ctx, doc.Code, pdf); v.Same {
			t.Error("a changed file passes")
		}
		if v, _ := h.Verify(ctx, "NOSUCHCODE", nil); v.Known {
			t.Error("any code is known")
		}
		if err := h.Void(ctx, head, doc.ID, "事实有误，重新作出", noon); err != nil {
			t.Fatal(err)
		}
		if v, _ := h.Verify(ctx, doc.Code, nil); !v.Void {
			t.Error("a void document passes as good")
		}
	})
}

// TestNumbers: many hands at once, no gap and no twin; each row and year its
// own.
func TestNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const n = 24
		var ids []int64
		for range n {
			ids = append(ids, h.made(t, handler, "D11").ID)
		}
		var mu sync.Mutex
		var got []int64
		var all sync.WaitGroup
		for _, id := range ids {
			all.Add(1)
			go func() {
				defer all.Done()
				doc, err := h.Approve(t.Context(), head, id, noon)
				if err != nil {
					t.Error(err)
					return
				}
				h.Approve(t.Context(), head, id, noon) // a second click takes no number
				mu.Lock()
				got = append(got, doc.Number)
				mu.Unlock()
			}()
		}
		all.Wait()
		slices.Sort(got)
		for i, number := range got {
			if number != int64(i+1) {
				t.Fatalf("numbers %v", got)
			}
		}
		other := h.made(t, handler, "D02")
		if doc, err := h.Approve(t.Context(), head, other.ID, noon); err != nil || doc.Label != "名住受〔2026〕1号" {
			t.Errorf("%s %v", doc.Label, err)
		}
		next := h.made(t, handler, "D11")
		if doc, err := h.Approve(t.Context(), head, next.ID, noon.AddDate(1, 0, 0)); err != nil || doc.Label != "名住处〔2027〕1号" {
			t.Errorf("%s %v", doc.Label, err)
		}
	})
}

// TestSight: the case decides; a draft is its unit's own; a name kept secret
// stays out of the handling unit.
func TestSight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		doc := h.made(t, handler, "D11")
		for _, a := range []access.Actor{stranger, {}, petitioner} {
			if _, err := h.Show(ctx, a, doc.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s opens it: %v", a.Role, err)
			}
			if _, err := h.Make(ctx, a, Wanted{CaseNo: no, Kind: "D11"}, noon); err == nil {
				t.Errorf("%s makes one", a.Role)
			}
		}
		if _, err := h.Show(ctx, clerk, doc.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("the bureau sees the unit's draft: %v", err)
		}
		if _, err := h.Approve(ctx, head, doc.ID, noon); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Show(ctx, clerk, doc.ID); err != nil {
			t.Errorf("the bureau does not see what was approved: %v", err)
		}
		if _, err := h.Approve(ctx, chief, doc.ID, noon); !errors.Is(err, ErrNotYours) {
			t.Errorf("another unit's head approves: %v", err)
		}
		h.told.view.Secret = true
		form := h.made(t, clerk, "D01")
		if _, err := h.Approve(ctx, clerk, form.ID, noon); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Show(ctx, handler, form.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("the unit reads a secret name: %v", err)
		}
		letter := h.made(t, clerk, "D04")
		if strings.Contains(letter.Text, "张试") || letter.Secret {
			t.Errorf("the letter names who asked for secrecy:\n%s", letter.Text)
		}
		h.desk.one.Recused = []int64{handler.ID}
		if _, err := h.Make(ctx, handler, Wanted{CaseNo: no, Kind: "D11"}, noon); !errors.Is(err, ErrRecused) {
			t.Errorf("a recused member of staff drafts: %v", err)
		}
		unitLetter := h.made(t, clerk, "D22")
		if _, err := h.Show(ctx, handler, unitLetter.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("a unit's paper is open to all: %v", err)
		}
	})
}

// TestReceipts: each way of service needs what proves it.
func TestReceipts(t *testing.T) {
	two := []string{"王承办", "孙协办"}
	for name, r := range map[string]Receipt{
		"way":                {Method: "pigeon", At: noon},
		"time":               {Method: Electronic},
		"later":              {Method: Electronic, At: noon.Add(time.Hour)},
		"one deliverer":      {Method: Direct, At: noon, Recipient: "张试", Place: "家中", Deliverers: two[:1]},
		"nobody took it":     {Method: Direct, At: noon, Place: "家中", Deliverers: two},
		"no witness":         {Method: Left, At: noon, Place: "家中", Refusal: "拒绝签收", Deliverers: two},
		"no reason":          {Method: Left, At: noon, Place: "家中", Witnesses: two, Deliverers: two},
		"no tracking number": {Method: Mail, At: noon},
		"no relation":        {Method: Entrusted, At: noon, Recipient: "刘例"},
		"nowhere":            {Method: Published, At: noon},
	} {
		if err := r.check(noon); !errors.Is(err, ErrService) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, r := range []Receipt{
		{Method: Electronic, At: noon}, {Method: Mail, At: noon, Tracking: "EX123"},
		{Method: Direct, At: noon, Recipient: "张试", Place: "家中", Deliverers: two},
		{Method: Left, At: noon, Place: "家中", Refusal: "拒绝签收", Media: "录像", Deliverers: two},
	} {
		if err := r.check(noon); err != nil {
			t.Errorf("%s: %v", r.Method, err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		doc := h.sealed(t, "D11")
		r := Receipt{Method: Left, At: noon, Place: "家中", Refusal: "拒绝签收", Witnesses: []string{"何见证"}, Deliverers: two}
		if _, err := h.Serve(t.Context(), handler, doc.ID, r, noon); err != nil {
			t.Fatal(err)
		}
		got, err := h.Receipts(t.Context(), doc.ID)
		if err != nil || len(got) != 1 || got[0].Refusal != "拒绝签收" || len(got[0].Deliverers) != 2 || got[0].By != handler.ID {
			t.Errorf("%+v %v", got, err)
		}
		h.told.view.Service = wording.Service{}
		paper := h.made(t, handler, "D12")
		for _, want := range []string{"留置送达", "何见证", "孙协办", doc.Label} {
			if !strings.Contains(paper.Text, want) {
				t.Errorf("the receipt lacks %q:\n%s", want, paper.Text)
			}
		}
	})
}

// TestSuggestions follow what happened, once each.
func TestSuggestions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		kinds := func(a access.Actor) string {
			list, err := h.Suggest(t.Context(), a, h.desk.one)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, s := range list {
				out = append(out, s.Kind.ID)
			}
			return strings.Join(out, " ")
		}
		h.desk.happens("registered", casework.Data{})
		h.desk.happens("forwarded", casework.Data{UnitID: 11})
		h.desk.happens("accepted", casework.Data{})
		h.desk.happens("extension_ruled", casework.Data{Upheld: true})
		if got := kinds(handler); got != "D10 D02 D07 D01" {
			t.Errorf("the unit: %s", got)
		}
		if got := kinds(clerk); got != "D10 D02 D07 D04 D01" {
			t.Errorf("the bureau: %s", got)
		}
		h.made(t, handler, "D10")
		if got := kinds(handler); got != "D02 D07 D01" {
			t.Errorf("after one was made: %s", got)
		}
		h.desk.one.Stage = casework.Recheck
		h.desk.happens("drafted", casework.Data{})
		if got := kinds(handler); !strings.HasPrefix(got, "D16") || strings.Contains(got, "D11") {
			t.Errorf("at recheck: %s", got)
		}
	})
}

// TestGate: what is missing before a case may be concluded, never a pledge.
func TestGate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		lacking := func() string {
			list, err := h.Missing(t.Context(), h.desk.one)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, k := range list {
				out = append(out, k.ID)
			}
			return strings.Join(out, " ")
		}
		if got := lacking(); got != "D07 D02 D11 D12 D20" {
			t.Errorf("nine: %s", got)
		}
		h.desk.one.Dispatch = casework.Assigned
		h.desk.happens("consulted", casework.Data{})
		if got := lacking(); got != "D07 D02 D11 D12 D19 D20 D09" {
			t.Errorf("nine, assigned, with a consultation: %s", got)
		}
		h.desk.one.Requests = []casework.Request{{Seq: 1, Result: casework.Unsupported}}
		if got := lacking(); got != "D07 D11 D12 D19 D27 D20" {
			t.Errorf("seven: %s", got)
		}
		doc := h.sealed(t, "D11")
		if _, err := h.Serve(t.Context(), handler, doc.ID, Receipt{Method: Electronic, At: noon}, noon); err != nil {
			t.Fatal(err)
		}
		if got := lacking(); got != "D07 D19 D27 D20" {
			t.Errorf("after the opinion was served: %s", got)
		}
		h.desk.one.Procedure = casework.Simple
		if got := lacking(); got != "" {
			t.Errorf("the simple procedure: %s", got)
		}
	})
}

// TestTemplates: a bureau's text is in force for its units until it goes back.
func TestTemplates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		k, _ := wording.Find("D10")
		own := strings.Replace(wording.Default("D10"), "现在", "", 1) + "\n本机关地址：{{blank .IssuerAddress 8}}\n"
		if err := h.SaveTemplate(ctx, head, k, own, noon); !errors.Is(err, ErrNotYours) {
			t.Errorf("a unit changes the bureau's texts: %v", err)
		}
		err := h.SaveTemplate(ctx, chief, k, "# 题\n{{.Nobody}}", noon)
		f, ok := fault.As(err)
		if !ok || len(f.Fields) != 1 || f.Fields[0].ID != "document.text_unknown" || f.Fields[0].Args[0] != 2 || f.Fields[0].Args[1] != "Nobody" {
			t.Errorf("a wrong placeholder: %v %+v", err, f)
		}
		if err := h.SaveTemplate(ctx, chief, k, own, noon); err != nil {
			t.Fatal(err)
		}
		if doc := h.made(t, handler, "D10"); !strings.Contains(doc.Text, "本机关地址") || doc.Template != 1 {
			t.Errorf("version %d:\n%s", doc.Template, doc.Text)
		}
		if err := h.SaveTemplate(ctx, chief, k, "", noon); err != nil {
			t.Fatal(err)
		}
		if doc := h.made(t, handler, "D10"); strings.Contains(doc.Text, "本机关地址") || doc.Template != 2 {
			t.Errorf("after going back, version %d", doc.Template)
		}
		list, err := h.Versions(ctx, handler.UnitID, k)
		if err != nil || len(list) != 2 {
			t.Errorf("%d versions, %v", len(list), err)
		}
		for _, k := range wording.Kinds {
			if _, err := h.PreviewTemplate(ctx, chief, k, wording.Default(k.ID)); err != nil {
				t.Errorf("%s: %v", k.ID, err)
			}
		}
	})
}

// TestQueries run on indexes.
func TestQueries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dbtest.Indexed(t, d, ofCaseQuery, 7, 10)
		dbtest.Indexed(t, d, ofUnitQuery, 11, "draft", 1<<60, 10)
		dbtest.Indexed(t, d, pdfKnownQuery, "x")
		dbtest.Indexed(t, d, docxKnownQuery, "x")
	})
}
