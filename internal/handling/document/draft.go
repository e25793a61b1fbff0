package document

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

func textPurpose(id int64) string { return "document/" + strconv.FormatInt(id, 10) + "/text" }

// day writes a date as documents do.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.China).Format("2006年1月2日")
}

// Wanted names a document to be made: of a case, or with no number of the
// actor's unit. The same Key makes it once.
type Wanted struct{ CaseNo, Kind, Key string }

// Make drafts a document.
func (s *Service) Make(ctx context.Context, a access.Actor, w Wanted, now time.Time) (Document, error) {
	no := w.CaseNo
	k, ok := wording.Find(w.Kind)
	if !ok || k.Unit != (no == "") {
		return Document{}, ErrKind
	}
	q := Ask{Actor: a, Kind: k, Now: now}
	if no != "" {
		var err error
		if q.Case, err = s.Cases.Case(ctx, a, no); err != nil {
			return Document{}, err
		}
	}
	if slices.Contains(q.Case.Recused, a.ID) {
		return Document{}, ErrRecused
	}
	if !a.Signed() || !k.Drafts(a) || k.Side == wording.BureauSide && no == "" && !a.Has(access.BureauClerk, access.BureauHead) {
		return Document{}, ErrNotYours
	}
	form, version, err := s.form(ctx, a.UnitID, k)
	if err != nil {
		return Document{}, err
	}
	q.Named = form.Names()
	v, err := s.view(ctx, q)
	if err != nil {
		return Document{}, err
	}
	text, err := form.Fill(v)
	if err != nil {
		return Document{}, templateFault(err)
	}
	d := Document{
		ID: s.IDs.Next(), Version: 1, CaseID: q.Case.ID, CaseNo: no, Kind: k, UnitID: a.UnitID, State: Draft,
		Secret: v.Secret && !v.Anonymous && v.Petitioner != "", Template: version, Text: text, DraftedBy: a.ID, CreatedAt: now, ChangedAt: now, key: w.Key,
	}
	d.textSealed = s.Keys.Seal(textPurpose(d.ID), []byte(text))
	var b db.Batch
	insert(&b, d)
	s.note(&b, d.ID, "drafted", a, now)
	err = s.DB.Send(ctx, &b)
	if w.Key != "" && db.IsUnique(err) {
		if again, err := s.store.byKey(ctx, w.Key); err == nil && again.CaseNo == no && again.Kind.ID == k.ID && again.DraftedBy == a.ID {
			return again, nil
		}
	}
	return d, err
}

// view asks the source and adds who issues.
func (s *Service) view(ctx context.Context, q Ask) (wording.View, error) {
	v, err := s.Source.View(ctx, q)
	if err != nil {
		return v, err
	}
	issuer, err := s.issuer(ctx, q.Actor.UnitID)
	if err != nil {
		return v, err
	}
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	v.Issuer = issuer.Name
	fill(&v.Date, day(q.Now))
	fill(&v.IssuerAddress, issuer.Address)
	fill(&v.Contact, issuer.Contact)
	fill(&v.ContactPhone, issuer.Phone)
	fill(&v.Handler, q.Actor.Name)
	fill(&v.HandlerPhone, issuer.Phone)
	if v.Secret && q.Kind.Side == wording.BureauSide {
		v = nameless(v)
	}
	if q.Case.ID != 0 {
		if err := s.earlier(ctx, q, &v); err != nil {
			return v, err
		}
	}
	return v, nil
}

// nameless takes the petitioner out of what goes to the handling unit.
func nameless(v wording.View) wording.View {
	v.Anonymous = true
	v.Petitioner, v.Organisation, v.IDNo, v.Phone, v.Address, v.Household, v.Sex = "", "", "", "", "", "", ""
	v.Representatives = nil
	return v
}

// earlier adds what the documents of the case and of those that it looks at
// tell: numbers of opinions, papers served, the closing checklist.
func (s *Service) earlier(ctx context.Context, q Ask, v *wording.View) error {
	for _, id := range []int64{q.Case.RootID, q.Case.ParentID, q.Case.ID} {
		if id == 0 {
			continue
		}
		list, err := s.store.ofCase(ctx, id)
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.State == Sealed || d.State == Served {
				s.refer(d, v)
			}
			if q.Kind.ID == "D12" && id == q.Case.ID && d.State == Served {
				if err := s.lastService(ctx, d.ID, &v.Service); err != nil {
					return err
				}
			}
		}
	}
	if q.Kind.ID != "D20" {
		return nil
	}
	elements, err := s.Elements(ctx, q.Case)
	for _, e := range elements {
		done := "缺"
		switch {
		case e.Done:
			done = "齐全"
		case e.Optional:
			done = "无（选择性要件）"
		}
		v.Checks = append(v.Checks, wording.Check{Name: e.Name, Done: done})
	}
	return err
}

// refer notes a document that later ones speak of.
func (s *Service) refer(d Document, v *wording.View) {
	u, _ := s.Units.Unit(d.UnitID)
	note := func(r *wording.Ruling) {
		r.Issuer, r.Number, r.Date, r.Received = u.NameZH, d.Label, day(d.ApprovedAt), day(d.ServedAt)
	}
	switch d.Kind.ID {
	case "D11":
		note(&v.Original)
	case "D15":
		note(&v.Review)
	case "D16":
		note(&v.Recheck)
	case "D04", "D05":
		v.Supervision.Prior = d.Label
	}
	if d.Kind.Tell {
		v.Service.Documents = []string{strings.TrimSpace(d.Kind.ZH + " " + d.Label)}
	}
}

// Edit replaces the words of a draft.
func (s *Service) Edit(ctx context.Context, a access.Actor, id int64, text string, now time.Time) error {
	d, err := s.load(ctx, a, id)
	if err != nil {
		return err
	}
	switch {
	case !s.mine(a, d) || !d.Kind.Drafts(a) && !wording.Approves(a):
		return ErrNotYours
	case d.recused:
		return ErrRecused
	case d.State != Draft:
		return wrongState(d.State)
	}
	if len(text) > wording.MaxFilled {
		return fault.New(ErrText.Kind, ErrText.ID).Field("text", "document.text_long")
	}
	if _, err := wording.Read(text); err != nil {
		return lineFault(err)
	}
	sealed := s.Keys.Seal(textPurpose(id), []byte(strings.TrimSpace(text)+"\n"))
	var b db.Batch
	b.Expect(1, editQuery, id, d.Version, sealed, a.ID, db.At(now))
	s.note(&b, id, "edited", a, now)
	return s.send(ctx, &b)
}

// send maps a lost race to a fault.
func (s *Service) send(ctx context.Context, b *db.Batch) error {
	err := s.DB.Send(ctx, b)
	if errors.Is(err, db.ErrStale) {
		return ErrStale.Because(err)
	}
	return err
}

// lineFault names the line of a text that cannot be read.
func lineFault(err error) error {
	var m *wording.Mistake
	if !errors.As(err, &m) {
		return err
	}
	return fault.New(ErrText.Kind, ErrText.ID).Field("text", "document.text_"+m.Reason, m.Line, m.Part)
}

// Suggestion is a kind that a case's history calls for and does not have.
type Suggestion struct {
	Kind  wording.Kind
	Event casework.Event
}

// Suggest lists what could be made now, the newest cause first.
func (s *Service) Suggest(ctx context.Context, a access.Actor, c casework.Case) ([]Suggestion, error) {
	events, err := s.Cases.History(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	made, err := s.store.ofCase(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		for _, k := range wording.Kinds {
			if !k.After(e.Kind) || !k.Fits(stageOf(c)) || !k.Drafts(a) || !calls(e, c, k) {
				continue
			}
			have := slices.ContainsFunc(made, func(d Document) bool {
				return d.Kind.ID == k.ID && d.State != Void && (!d.CreatedAt.Before(e.At) || k.Slot < 20)
			})
			again := slices.ContainsFunc(out, func(x Suggestion) bool { return x.Kind.ID == k.ID })
			if !have && !again {
				out = append(out, Suggestion{k, e})
			}
		}
	}
	return out, nil
}

// calls excludes what an event of the name does not ask for in this case.
func calls(e casework.Event, c casework.Case, k wording.Kind) bool {
	switch k.ID {
	case "D10":
		return e.Data.Upheld
	case "D11":
		return e.Kind == "drafted" || e.Kind == "approved"
	case "D19":
		return c.Dispatch == casework.Assigned
	case "D26":
		return c.Channel == casework.Phone
	case "D07":
		return c.Nature == casework.R7 && c.Procedure == casework.Ordinary
	case "D03":
		return !e.Data.Again
	case "D03-again":
		return e.Data.Again
	}
	return true
}

// stageOf is handling, review or recheck.
func stageOf(c casework.Case) string {
	if c.Stage == "" {
		return string(casework.Handling)
	}
	return string(c.Stage)
}
