package dossier

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/platform/paper"
)

// Dossier is a case with everything that was written and handed in (案卷).
type Dossier struct {
	Case      casework.Case
	Documents []document.Document // open, in the order of the catalogue
	Files     []document.File
	Events    []casework.Event
	Unit      string // who binds it
}

// Service binds dossiers. Make it with New.
type Service struct{ *document.Service }

// New makes the service around the documents.
func New(s *document.Service) *Service { return &Service{s} }

// Of reads a case's dossier for somebody who works on it. What the reader may
// not see (drafts, names kept from the unit) is left out.
func (s *Service) Of(ctx context.Context, a access.Actor, no string) (Dossier, error) {
	c, err := s.Cases.Case(ctx, a, no)
	if err != nil {
		return Dossier{}, err
	}
	if !a.Has(document.Binders...) {
		return Dossier{}, document.ErrNotYours
	}
	d := Dossier{Case: c}
	if u, ok := s.Units.Unit(a.UnitID); ok {
		d.Unit = u.NameZH
	}
	if d.Documents, err = s.Finished(ctx, a, c.ID); err != nil {
		return d, err
	}
	slices.SortStableFunc(d.Documents, func(x, y document.Document) int { return x.Kind.Slot - y.Kind.Slot })
	if d.Files, err = s.Files.OfCase(ctx, c.ID); err != nil {
		return d, err
	}
	d.Events, err = s.Cases.History(ctx, c.ID)
	return d, err
}

// day writes a date as documents do.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.China).Format("2006年1月2日")
}

// cover is the first page with the catalogue.
func (s *Service) cover(d Dossier, now time.Time) paper.Document {
	fields := func(pairs ...string) paper.Fields {
		var f paper.Fields
		for i := 0; i < len(pairs); i += 2 {
			f.Rows = append(f.Rows, []paper.Field{{Label: pairs[i], Value: pairs[i+1]}})
		}
		return f
	}
	unit := func(id int64) string { u, _ := s.Units.Unit(id); return u.NameZH }
	var rows [][]string
	for _, doc := range d.Documents {
		rows = append(rows, []string{fmt.Sprint(len(rows) + 1), doc.Kind.ZH, doc.Label, day(doc.ApprovedAt)})
	}
	for _, f := range d.Files {
		rows = append(rows, []string{fmt.Sprint(len(rows) + 1), f.Name, "", ""})
	}
	rows = append(rows, []string{fmt.Sprint(len(rows) + 1), "办理经过", "", day(now)})
	return paper.Document{
		Kind: paper.Report, Title: "信访事项案卷",
		Body: []paper.Block{
			fields("信访件编号", d.Case.No, "案由", d.Case.Title, "主办单位", unit(d.Case.LeadUnitID), "信访工作机构", unit(d.Case.BureauID),
				"登记日期", day(d.Case.RegisteredAt), "办结日期", day(d.Case.ClosedAt), "立卷单位", d.Unit, "立卷日期", day(now)),
			paper.Heading{Level: 1, Text: "卷内目录"},
			paper.Table{Head: []string{"序号", "题名", "文号", "日期"}, Rows: rows, Widths: []float64{1, 5, 4, 3}},
		},
	}
}

// course is the history as the last part of a dossier. Names of people are
// not in it: roles and units act.
func (s *Service) course(d Dossier) paper.Document {
	var rows [][]string
	for _, e := range d.Events {
		u, _ := s.Units.Unit(e.ActorUnit)
		who := u.NameZH
		if who == "" {
			who = s.Words("role." + string(e.ActorRole))
		}
		rows = append(rows, []string{e.At.In(calendar.China).Format("2006-01-02 15:04"), s.Words("event." + string(e.Kind)), who})
	}
	return paper.Document{Kind: paper.Report, Title: "办理经过", Body: []paper.Block{
		paper.Table{Head: []string{"时间", "事项", "办理单位"}, Rows: rows, Widths: []float64{3, 4, 4}},
	}}
}

// longestPart bounds a file that is bound into the book.
const longestPart = 32 << 20

// WriteBook binds the dossier into one PDF: cover with catalogue, documents,
// files that are PDF or pictures, and the history.
func (s *Service) WriteBook(ctx context.Context, w io.Writer, a access.Actor, d Dossier, now time.Time) error {
	var parts []paper.Part
	for _, doc := range d.Documents {
		pdf, err := s.PDF(ctx, doc)
		if err != nil {
			return err
		}
		parts = append(parts, paper.Part{Name: strings.TrimSpace(doc.Kind.ZH + " " + doc.Label), PDF: pdf})
	}
	for _, f := range d.Files {
		p, err := s.bound(ctx, a, f)
		if err != nil {
			return err
		}
		parts = append(parts, p)
	}
	course := s.course(d)
	return paper.Book(w, s.cover(d, now), append(parts, paper.Part{Name: course.Title, Document: &course}), s.Fonts)
}

// bound makes a file a part of the book; what is no page is named on one.
func (s *Service) bound(ctx context.Context, a access.Actor, f document.File) (paper.Part, error) {
	picture := f.Type == "image/png" || f.Type == "image/jpeg"
	if f.Size > longestPart || f.Type != "application/pdf" && !picture {
		return paper.Part{Name: f.Name, Document: &paper.Document{
			Kind: paper.Report, Title: f.Name,
			Body: []paper.Block{paper.Para{Text: "本材料不能装订，原件见电子案卷归档包 attachments 目录。"}},
		}}, nil
	}
	r, err := s.Files.Open(ctx, a, f.ID)
	if err != nil {
		return paper.Part{}, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, longestPart))
	if picture {
		return paper.Part{Name: f.Name, Image: data}, err
	}
	return paper.Part{Name: f.Name, PDF: data}, err
}

// Entry is one file of the archive package as the manifest lists it.
type Entry struct {
	Path      string `json:"path"`
	Size      int64  `json:"size"`
	SM3       string `json:"sm3"`
	SHA256    string `json:"sha256"`
	Title     string `json:"title,omitempty"`
	Number    string `json:"number,omitempty"`
	Signature string `json:"signature,omitempty"` // seal.Signature: SM2 over SM3
}

// Manifest is manifest.json: what the package holds, and by what it is proven.
type Manifest struct {
	Format   string    `json:"format"`
	CaseNo   string    `json:"case_no"`
	Bound    time.Time `json:"bound_at"`
	By       string    `json:"bound_by"`
	Elements []string  `json:"missing_elements"`
	Entries  []Entry   `json:"entries"`
}

// packer writes entries into the package and keeps their hashes.
type packer struct {
	zip *zip.Writer
	man Manifest
	at  time.Time
}

func (p *packer) add(name string, from io.Reader, e Entry) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		return err
	}
	sm, sha := sm3.New(), sha256.New()
	e.Path = name
	if e.Size, err = io.Copy(io.MultiWriter(w, sm, sha), from); err != nil {
		return err
	}
	e.SM3, e.SHA256 = hex.EncodeToString(sm.Sum(nil)), hex.EncodeToString(sha.Sum(nil))
	p.man.Entries = append(p.man.Entries, e)
	return nil
}

// WriteArchive streams the archive package: documents as PDF and DOCX, files
// as they came, the history, and last the manifest with the hash of each.
func (s *Service) WriteArchive(ctx context.Context, w io.Writer, a access.Actor, d Dossier, now time.Time) error {
	p := &packer{zip: zip.NewWriter(w), at: now, man: Manifest{Format: "xinqiao-archive-1", CaseNo: d.Case.No, Bound: now, By: d.Unit, Elements: []string{}, Entries: []Entry{}}}
	if err := s.packDocuments(ctx, p, d); err != nil {
		return err
	}
	for i, f := range d.Files {
		r, err := s.Files.Open(ctx, a, f.ID)
		if err != nil {
			return err
		}
		err = p.add(fmt.Sprintf("attachments/%03d-%s", i+1, document.FileName(f.Name)), r, Entry{Title: f.Name})
		r.Close()
		if err != nil {
			return err
		}
	}
	events, err := json.MarshalIndent(d.Events, "", "  ")
	if err != nil {
		return err
	}
	if err := p.add("events.json", strings.NewReader(string(events)), Entry{}); err != nil {
		return err
	}
	lacking, err := s.Missing(ctx, d.Case)
	if err != nil {
		return err
	}
	for _, k := range lacking {
		p.man.Elements = append(p.man.Elements, k.ZH)
	}
	manifest, err := json.MarshalIndent(p.man, "", "  ")
	if err != nil {
		return err
	}
	last, err := p.zip.CreateHeader(&zip.FileHeader{Name: "manifest.json", Method: zip.Deflate, Modified: now})
	if err != nil {
		return err
	}
	if _, err := last.Write(manifest); err != nil {
		return err
	}
	return p.zip.Close()
}

func (s *Service) packDocuments(ctx context.Context, p *packer, d Dossier) error {
	for i, doc := range d.Documents {
		name := fmt.Sprintf("documents/%03d-%s", i+1, document.FileName(doc.Kind.ID+"-"+doc.Kind.ZH))
		pdf, err := s.PDF(ctx, doc)
		if err != nil {
			return err
		}
		docx, err := s.DOCX(ctx, doc)
		if err != nil {
			return err
		}
		for _, f := range []struct {
			end  string
			data []byte
			sign string
		}{{".pdf", pdf, doc.Signature}, {".docx", docx, ""}} {
			if err := p.add(name+f.end, strings.NewReader(string(f.data)), Entry{Title: doc.Kind.ZH, Number: doc.Label, Signature: f.sign}); err != nil {
				return err
			}
		}
	}
	return nil
}
