package document

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/seal"
)

// largest bounds a file that the program itself made.
const largest = 64 << 20

// sole tells whether the drafter alone may finish a paper: one that is filled
// in and signed with a pen, and has no number.
func sole(k wording.Kind) bool { return k.ByHand && k.Word == "" }

// Approve signs a draft off (签发) and gives its number. Another person than
// the drafter does it, a head of the unit.
func (s *Service) Approve(ctx context.Context, a access.Actor, id int64, now time.Time) (Document, error) {
	d, err := s.Show(ctx, a, id)
	if err != nil {
		return d, err
	}
	switch {
	case !s.mine(a, d):
		return d, ErrNotYours
	case d.recused:
		return d, ErrRecused
	case d.State != Draft:
		return d, wrongState(d.State)
	case sole(d.Kind) && !d.Kind.Drafts(a) && !wording.Approves(a):
		return d, ErrNotYours
	case !sole(d.Kind) && !wording.Approves(a):
		return d, ErrHead
	case !sole(d.Kind) && a.ID == d.DraftedBy:
		return d, ErrOwnDraft
	}
	sheet, err := wording.Read(d.Text)
	if err != nil {
		return d, lineFault(err)
	}
	if n := len(sheet.Blanks); n > 0 && !d.Kind.ByHand {
		return d, fault.New(ErrBlanks.Kind, ErrBlanks.ID, n, sheet.Blanks[0])
	}
	issuer, err := s.issuer(ctx, d.UnitID)
	if err != nil {
		return d, err
	}
	d.State, d.Approver, d.ApprovedAt, d.Year = Approved, a.ID, now, now.In(calendar.China).Year()
	if d.Kind.Word != "" {
		d.Word = issuer.Word + d.Kind.Word
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if d.Word != "" {
			if d.Number, err = s.store.nextNumber(ctx, tx, d.UnitID, d.Word, d.Year); err != nil {
				return err
			}
			d.Label = d.Word + "〔" + strconv.Itoa(d.Year) + "〕" + strconv.FormatInt(d.Number, 10) + "号"
		}
		var b db.Batch
		b.Expect(1, approveQuery, id, d.Version, a.ID, d.Word, d.Year, d.Number, d.Label, db.At(now))
		s.note(&b, id, "approved", a, now)
		return tx.Send(ctx, &b)
	})
	if errors.Is(err, db.ErrStale) {
		return d, ErrStale.Because(err)
	}
	d.Version++
	return d, err
}

// Paper joins text and particulars of a document for setting, as it stands.
func (s *Service) Paper(ctx context.Context, d Document) (paper.Document, error) {
	sheet, err := wording.Read(d.Text)
	if err != nil {
		return paper.Document{}, lineFault(err)
	}
	issuer, err := s.issuer(ctx, d.UnitID)
	if err != nil {
		return paper.Document{}, err
	}
	p := wording.Particulars{Mark: issuer.Mark, Issuer: issuer.Name, Number: d.Label, Date: day(d.ApprovedAt), PrintedBy: issuer.Name}
	if d.State == Draft {
		p.Number, p.Date = "", day(d.ChangedAt)
	}
	if d.Code != "" {
		p.Verify = s.VerifyURL(d.Code)
		if p.Seal, err = s.stamp(ctx, issuer); err != nil {
			return paper.Document{}, err
		}
	}
	return d.Kind.Document(sheet, p), nil
}

// VerifyURL is where anybody can check a sealed document.
func (s *Service) VerifyURL(code string) string {
	return strings.TrimRight(s.Base, "/") + "/verify/" + code
}

// Seal makes the final file with the seal's image (用印) and signs its bytes,
// which never change after.
func (s *Service) Seal(ctx context.Context, a access.Actor, id int64, now time.Time) (Document, error) {
	d, err := s.Show(ctx, a, id)
	if err != nil {
		return d, err
	}
	switch {
	case !s.mine(a, d):
		return d, ErrNotYours
	case !wording.Approves(a):
		return d, ErrHead
	case d.State != Approved:
		return d, wrongState(d.State)
	}
	d.Code, d.State, d.SealedBy, d.SealedAt = rand.Text()[:20], Sealed, a.ID, now
	if err := s.finish(ctx, &d); err != nil {
		return d, err
	}
	var b db.Batch
	b.Expect(1, sealQuery, id, d.Version, a.ID, d.pdfKey, d.docxKey, d.PDFSize, d.Digest, d.Signature, d.Code, db.At(now))
	s.note(&b, id, "sealed", a, now)
	if err = s.send(ctx, &b); err != nil {
		return d, errors.Join(err, s.Blobs.Delete(d.pdfKey), s.Blobs.Delete(d.docxKey))
	}
	d.Version++
	return d, nil
}

// finish sets the document, signs it and keeps both files.
func (s *Service) finish(ctx context.Context, d *Document) error {
	set, err := s.Paper(ctx, *d)
	if err != nil {
		return err
	}
	var pdf, docx bytes.Buffer
	if err := paper.PDF(&pdf, wording.Ruled(set), s.Fonts); err != nil {
		return err
	}
	if err := paper.DOCX(&docx, wording.Ruled(set), s.Fonts); err != nil {
		return err
	}
	signature, err := s.Signer.Sign(pdf.Bytes(), d.SealedAt)
	if err != nil {
		return err
	}
	text, err := json.Marshal(signature)
	if err != nil {
		return err
	}
	d.Digest, d.Signature, d.PDFSize = hex.EncodeToString(signature.Digest), string(text), int64(pdf.Len())
	if d.pdfKey, err = s.keep(ctx, pdf.Bytes()); err != nil {
		return err
	}
	d.docxKey, err = s.keep(ctx, docx.Bytes())
	return err
}

func filePurpose(id int64, what string) string {
	return "document/" + strconv.FormatInt(id, 10) + "/" + what
}

// keep puts a file into the store, which seals it.
func (s *Service) keep(ctx context.Context, data []byte) (string, error) {
	ref, err := s.Blobs.Keep(ctx, bytes.NewReader(data), largest)
	return ref.Key, err
}

// stored opens a kept file.
func (s *Service) stored(d Document, what, key string) ([]byte, error) {
	f, err := s.Blobs.Open(key)
	if err != nil {
		return nil, errLost.Because(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largest))
	if err == nil && seal.Sealed(data) { // from before the store sealed its files
		data, err = s.Keys.Unseal(filePurpose(d.ID, what), data)
	}
	if err != nil {
		return nil, errLost.Because(err)
	}
	return data, nil
}

// PDF gives the sealed file, or before sealing the document as it stands.
func (s *Service) PDF(ctx context.Context, d Document) ([]byte, error) {
	if d.pdfKey != "" {
		data, err := s.stored(d, "pdf", d.pdfKey)
		if err == nil && !s.authentic(d, data) {
			return nil, errIncorrect
		}
		return data, err
	}
	set, err := s.Paper(ctx, d)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = paper.PDF(&out, wording.Ruled(set), s.Fonts)
	return out.Bytes(), err
}

// DOCX gives the document for a word processor.
func (s *Service) DOCX(ctx context.Context, d Document) ([]byte, error) {
	if d.docxKey != "" {
		return s.stored(d, "docx", d.docxKey)
	}
	set, err := s.Paper(ctx, d)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = paper.DOCX(&out, wording.Ruled(set), s.Fonts)
	return out.Bytes(), err
}

// authentic tells whether bytes are those that were signed.
func (s *Service) authentic(d Document, pdf []byte) bool {
	var signature seal.Signature
	return json.Unmarshal([]byte(d.Signature), &signature) == nil && hex.EncodeToString(signature.Digest) == d.Digest &&
		s.Signer.Verify(pdf, signature) == nil
}

// Download gives a file to a member of staff and records it. what is pdf or
// docx; printing says that it goes to paper.
func (s *Service) Download(ctx context.Context, a access.Actor, id int64, what string, printing bool) (Document, []byte, error) {
	d, err := s.Show(ctx, a, id)
	if err != nil {
		return d, nil, err
	}
	get, kind := s.PDF, "downloaded"
	if what == "docx" {
		get = s.DOCX
	}
	if printing {
		kind = "printed"
	}
	data, err := get(ctx, d)
	if err != nil {
		return d, nil, err
	}
	var b db.Batch
	s.note(&b, id, kind, a, s.Clock.Now())
	return d, data, s.DB.Send(ctx, &b)
}

// Void takes a document out of force; its number is not given again.
func (s *Service) Void(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) error {
	d, err := s.load(ctx, a, id)
	if err != nil {
		return err
	}
	switch {
	case !s.mine(a, d) || d.State != Draft && !wording.Approves(a):
		return ErrNotYours
	case d.State == Void:
		return wrongState(d.State)
	case d.State != Draft && strings.TrimSpace(reason) == "":
		return fault.New(ErrReason.Kind, ErrReason.ID).Field("reason", "document.reason")
	}
	var b db.Batch
	b.Expect(1, voidQuery, id, d.Version, db.At(now))
	s.record(&b, id, Event{Kind: "voided", ActorID: a.ID, Role: a.Role, Note: reason, At: now})
	return s.send(ctx, &b)
}

// Verdict is what the verification page tells: no name and no words of the
// document.
type Verdict struct {
	Known    bool
	Void     bool
	Kind     string
	Label    string
	Issuer   string
	SealedAt time.Time
	Digest   string
	Compared bool // a file was given
	Same     bool // and it is the sealed one, byte for byte
}

// Verify tells whether a code is of a sealed document, and whether a file is
// that document.
func (s *Service) Verify(ctx context.Context, code string, file []byte) (Verdict, error) {
	d, err := s.store.byCode(ctx, strings.ToUpper(strings.TrimSpace(code)))
	if errors.Is(err, ErrUnknown) {
		return Verdict{}, nil
	}
	if err != nil {
		return Verdict{}, err
	}
	u, _ := s.Units.Unit(d.UnitID)
	v := Verdict{
		Known: true, Void: d.State == Void, Kind: d.Kind.Name(i18n.Lang(ctx)), Label: d.Label, Issuer: u.Name(i18n.Lang(ctx)),
		SealedAt: d.SealedAt, Digest: d.Digest, Compared: file != nil,
	}
	v.Same = v.Compared && s.authentic(d, file)
	return v, nil
}

// note records what happened to a document.
func (s *Service) note(b *db.Batch, id int64, kind string, a access.Actor, now time.Time) {
	s.record(b, id, Event{Kind: kind, ActorID: a.ID, Role: a.Role, At: now})
}

// record is note with words of its own.
func (s *Service) record(b *db.Batch, id int64, e Event) {
	e.ID = s.IDs.Next()
	insertEvent(b, e, id)
	switch e.Kind {
	case "sealed", "served", "opened":
		jobs.Publish(b, jobs.Event{ID: e.ID, Kind: "document." + e.Kind, Subject: id, At: e.At})
	}
}
