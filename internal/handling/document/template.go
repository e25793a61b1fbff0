package document

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/paper"
)

// What people are told about texts and issuers.
var (
	ErrTemplate = fault.New(fault.Invalid, "document.template")
	ErrIssuer   = fault.New(fault.Invalid, "document.issuer")
)

// Template is a bureau's text of a kind.
type Template struct {
	Kind    wording.Kind
	Version int64 // 0 = the program's own
	Own     bool  // differs from the program's
	Text    string
	At      time.Time
	By      int64
}

// bureauOf is whose texts a unit uses: the petition bureau of its area.
func (s *Service) bureauOf(unitID int64) int64 {
	u, ok := s.Units.Unit(unitID)
	if !ok || u.Kind == access.Bureau || u.BureauID == 0 {
		return unitID
	}
	return u.BureauID
}

// form gives the text in force for a unit, checked, with its version.
func (s *Service) form(ctx context.Context, unitID int64, k wording.Kind) (*wording.Form, int64, error) {
	t, err := s.Template(ctx, unitID, k)
	if err != nil {
		return nil, 0, err
	}
	f, err := wording.ParseForm(t.Text)
	if err != nil {
		return nil, 0, templateFault(err)
	}
	return f, t.Version, nil
}

// Template reads the text of a kind that is in force for a unit.
func (s *Service) Template(ctx context.Context, unitID int64, k wording.Kind) (Template, error) {
	t, err := s.store.template(ctx, s.bureauOf(unitID), k.ID)
	if err != nil && !missing(err) {
		return t, err
	}
	t.Kind, t.Own = k, t.Text != ""
	if !t.Own {
		t.Text = wording.Default(k.ID)
	}
	return t, nil
}

// Templates lists the kinds with which of them the unit's bureau changed.
func (s *Service) Templates(ctx context.Context, unitID int64) ([]Template, error) {
	own, err := s.store.templates(ctx, s.bureauOf(unitID))
	if err != nil {
		return nil, err
	}
	out := make([]Template, len(wording.Kinds))
	for i, k := range wording.Kinds {
		t := own[k.ID]
		t.Kind, t.Own = k, t.Text != ""
		out[i] = t
	}
	return out, nil
}

// Versions lists how a text was changed, newest first.
func (s *Service) Versions(ctx context.Context, unitID int64, k wording.Kind) ([]Template, error) {
	return s.store.versions(ctx, s.bureauOf(unitID), k)
}

// SaveTemplate makes a bureau's text the next version; "" goes back to the
// program's. Only the bureau's head may.
func (s *Service) SaveTemplate(ctx context.Context, a access.Actor, k wording.Kind, text string, now time.Time) error {
	if !a.Has(access.BureauHead) {
		return ErrNotYours
	}
	if text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")); text != "" {
		if _, err := wording.ParseForm(text); err != nil {
			return templateFault(err)
		}
		text += "\n"
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		last, err := s.store.lastVersion(ctx, tx, a.UnitID, k.ID)
		if err != nil {
			return err
		}
		return s.store.addTemplate(ctx, tx, Template{Kind: k, Version: last + 1, Text: text, By: a.ID, At: now}, a.UnitID)
	})
	if db.IsUnique(err) {
		return ErrStale.Because(err)
	}
	return err
}

// PreviewTemplate sets a text with the example case.
func (s *Service) PreviewTemplate(ctx context.Context, a access.Actor, k wording.Kind, text string) (paper.Document, error) {
	f, err := wording.ParseForm(text)
	if err != nil {
		return paper.Document{}, templateFault(err)
	}
	v := wording.Example()
	switch k.ID {
	case "D13", "D14", "D14-decline", "D15":
		v.Stage = "复查"
	case "D16", "D24", "D24-file":
		v.Stage = "复核"
	}
	filled, err := f.Fill(v)
	if err != nil {
		return paper.Document{}, templateFault(err)
	}
	sheet, err := wording.Read(filled)
	if err != nil {
		return paper.Document{}, templateFault(err)
	}
	issuer, err := s.issuer(ctx, a.UnitID)
	if err != nil {
		return paper.Document{}, err
	}
	label := ""
	if k.Word != "" {
		label = issuer.Word + k.Word + "〔2026〕15号"
	}
	return k.Document(sheet, wording.Particulars{Mark: issuer.Mark, Issuer: issuer.Name, Number: label, Date: v.Date, PrintedBy: issuer.Name}), nil
}

// templateFault names line and placeholder of a text that is refused.
func templateFault(err error) error {
	var m *wording.Mistake
	if !errors.As(err, &m) {
		return err
	}
	return fault.New(ErrTemplate.Kind, ErrTemplate.ID).Field("text", "document.text_"+m.Reason, m.Line, m.Part)
}

// Issuer is what a unit's documents carry beside their text.
type Issuer struct {
	UnitID  int64
	Name    string
	Word    string // 机关代字 before the kind's: 名信
	Mark    string // red mark; "" = the name
	Address string
	Contact string
	Phone   string
	stamp   []byte // sealed PNG; nil = the placeholder is drawn
}

// Stamped tells whether the unit gave an image of its seal.
func (i Issuer) Stamped() bool { return i.stamp != nil }

// issuer reads a unit's particulars, with what can be guessed from its name.
func (s *Service) issuer(ctx context.Context, unitID int64) (Issuer, error) {
	i, err := s.store.issuer(ctx, unitID)
	if err != nil && !missing(err) {
		return i, err
	}
	u, _ := s.Units.Unit(unitID)
	i.UnitID, i.Name = unitID, u.NameZH
	if i.Word == "" {
		i.Word = s.guessWord(u)
	}
	return i, nil
}

// guessWord takes the first sign of the area and of what follows it in the
// unit's name: 名城市住房和城乡建设局 is 名住, a petition bureau 名信.
func (s *Service) guessWord(u access.Unit) string {
	area, _ := s.Units.Unit(u.Area)
	place, _ := utf8.DecodeRuneInString(area.NameZH)
	if u.Kind == access.Bureau || place == utf8.RuneError {
		return string(place) + "信"
	}
	rest := strings.TrimPrefix(u.NameZH, strings.TrimSuffix(area.NameZH, "人民政府"))
	first, _ := utf8.DecodeRuneInString(rest)
	if first == utf8.RuneError || first == place {
		return string(place) + "信"
	}
	return string(place) + string(first)
}

// IssuerOf reads the particulars of the actor's own unit.
func (s *Service) IssuerOf(ctx context.Context, a access.Actor) (Issuer, error) {
	if !a.Signed() || a.UnitID == 0 {
		return Issuer{}, ErrNotYours
	}
	return s.issuer(ctx, a.UnitID)
}

const largestStamp = 512 << 10

// SaveIssuer keeps the particulars of the actor's unit; a nil image leaves the
// one that is there.
func (s *Service) SaveIssuer(ctx context.Context, a access.Actor, i Issuer, image []byte, now time.Time) error {
	if !wording.Approves(a) {
		return ErrHead
	}
	f := fault.New(ErrIssuer.Kind, ErrIssuer.ID)
	for name, part := range map[string]struct {
		text string
		most int
	}{"word": {i.Word, 12}, "mark": {i.Mark, 40}, "address": {i.Address, 100}, "contact": {i.Contact, 40}, "phone": {i.Phone, 40}} {
		if utf8.RuneCountInString(part.text) > part.most || strings.ContainsAny(part.text, "|{}\n") {
			f.Field(name, "document.entry_long", part.most)
		}
	}
	if image != nil && (len(image) > largestStamp || !strings.HasPrefix(string(image[:min(8, len(image))]), "\x89PNG")) {
		f.Field("stamp", "document.stamp")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	old, err := s.issuer(ctx, a.UnitID)
	if err != nil {
		return err
	}
	i.UnitID, i.stamp = a.UnitID, old.stamp
	if image != nil {
		i.stamp = s.Keys.Seal(stampPurpose(a.UnitID), image)
	}
	return s.store.saveIssuer(ctx, i, now)
}

func stampPurpose(unitID int64) string { return filePurpose(unitID, "stamp") }

// stamp is the unit's seal, or a placeholder that looks like one.
func (s *Service) stamp(ctx context.Context, i Issuer) (*paper.Seal, error) {
	if i.stamp == nil {
		image, err := paper.StampImage(i.Name, "示范", s.Fonts)
		return &paper.Seal{Image: image, Name: i.Name}, err
	}
	image, err := s.Keys.Unseal(stampPurpose(i.UnitID), i.stamp)
	if err != nil {
		return nil, errLost.Because(err)
	}
	return &paper.Seal{Image: image, Name: i.Name}, nil
}
