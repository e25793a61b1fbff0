package app

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/handling/document/dossier"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/seal"
)

// wireDocuments makes the documents, their panel on the case page, and their
// place on the petitioner's page.
func (a *App) wireDocuments() error {
	words, err := catalogue()
	if err != nil {
		return err
	}
	zh := func(key string) string { return words.Text("zh", key) }
	files, err := blob.Open(filepath.Join(a.Config.Data, "documents"), a.Keys)
	if err != nil {
		return err
	}
	signer, err := seal.OpenOrCreateSigner(seal.SigningPath(a.Config.KeyPath()), a.Keys)
	if err != nil {
		return err
	}
	fonts, err := ownFonts(a.Config.Fonts)
	if err != nil {
		return err
	}
	base := a.Config.PublicURL
	if base == "" {
		base = "http://" + a.Config.Listen // a trial on one machine
	}
	a.Documents = document.New(document.Needs{
		DB: a.DB, Cases: documentCases{a.Procedure}, Source: caseSource{a, zh}, Units: a.Units, Files: enclosures{a.Attachment}, Staff: signatories{a.Account},
		Keys: a.Keys, Blobs: files, Signer: signer, IDs: a.IDs, Clock: a.Clock, Fonts: fonts, Base: base, Words: zh,
	})
	a.Dossiers = dossier.New(a.Documents)
	a.Documents.Schedule(a.Jobs)
	a.Procedure.Guard(wholeDossier{a.Documents, a.Settings})
	a.CasePage.Add(casepage.Panel{ID: "documents", TitleKey: "document.title", Icon: "file-text", Order: 115,
		Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.Documents.Panel(ctx, v.Actor, v.Case)
		}})
	return nil
}

// ownFonts are the operator's fonts; the bundled ones are unpacked when the first
// document is set.
func ownFonts(dir string) (paper.Fonts, error) {
	if dir == "" {
		return paper.Fonts{}, nil
	}
	return paper.Load(dir)
}

// enclosures are the files of a case as documents bind them.
type enclosures struct{ *attachment.Service }

// OfCase implements document.Files.
func (e enclosures) OfCase(ctx context.Context, caseID int64) ([]document.File, error) {
	list, err := e.Service.OfCase(ctx, caseID)
	out := make([]document.File, len(list))
	for i, f := range list {
		out[i] = document.File{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size}
	}
	return out, err
}

// Open implements document.Files.
func (e enclosures) Open(ctx context.Context, a access.Actor, id int64) (io.ReadCloser, error) {
	_, f, err := e.Service.Open(ctx, a, id)
	return f, err
}

// signatories name who drafted, approved and sealed.
type signatories struct{ *account.Service }

// Names implements document.Staff.
func (s signatories) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	for _, id := range ids {
		if id != 0 && out[id] == "" {
			out[id] = staffNames(s).StaffName(ctx, id)
		}
	}
	return out, nil
}

// letters are the served documents on the petitioner's page.
type letters struct{ *document.Service }

// OfCase implements tracking.Letters.
func (l letters) OfCase(ctx context.Context, caseID int64) ([]tracking.Letter, error) {
	list, err := l.Service.OfCase(ctx, caseID)
	out := make([]tracking.Letter, len(list))
	for i, x := range list {
		out[i] = tracking.Letter{ID: x.ID, Name: x.Name, Number: x.Label, Issuer: x.Issuer, ServedAt: x.ServedAt, Unread: x.OpenedAt.IsZero()}
	}
	return out, err
}

// caseSource tells documents what is known of a case.
type caseSource struct {
	*App
	zh func(key string) string
}

// View implements document.Source.
func (s caseSource) View(ctx context.Context, q document.Ask) (wording.View, error) {
	if q.Case.ID == 0 {
		bureau, _ := s.Units.Unit(q.Actor.UnitID)
		return wording.View{Bureau: bureau.NameZH, Contact: q.Actor.Name}, nil
	}
	events, err := s.Procedure.History(ctx, q.Case.ID)
	if err != nil {
		return wording.View{}, err
	}
	v := s.known(q)
	if err := s.told(ctx, q, &v); err != nil {
		return v, err
	}
	for _, e := range events {
		s.happened(ctx, q, e, &v)
	}
	s.requests(q.Case, &v)
	if q.Case.IsReview() {
		if err := s.before(ctx, q.Case, &v); err != nil {
			return v, err
		}
	}
	if !q.Named || v.Anonymous {
		return v, nil
	}
	return v, s.who(ctx, q, &v)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.China).Format("2006年1月2日")
}

// lastDay is the last day of a period that ends at midnight.
func lastDay(due time.Time) string {
	if due.IsZero() {
		return ""
	}
	return date(due.Add(-time.Microsecond))
}

func (s caseSource) unit(id int64) string { u, _ := s.Units.Unit(id); return u.NameZH }

// known is what stands in the row of the case.
func (s caseSource) known(q document.Ask) wording.View {
	c := q.Case
	v := wording.View{
		Bureau: s.unit(c.BureauID), Lead: s.unit(c.LeadUnitID), Upper: s.upper(c), CaseNo: c.No, Title: c.Title,
		Channel: s.zh("channel." + string(c.Channel)), Urgency: s.zh("urgency." + string(c.Urgency)), Procedure: s.zh("procedure." + string(c.Procedure)),
		NatureCode: string(c.Nature), People: max(c.People, 1), QueryURL: strings.TrimRight(s.Config.PublicURL, "/") + "/follow",
		Registered: date(c.RegisteredAt), Received: date(c.RegisteredAt), Accepted: date(c.AcceptedAt), Served: date(c.ServedAt), Closed: date(c.ClosedAt),
	}
	if c.Nature != "" {
		v.Route = string(c.Nature) + " " + s.zh("nature."+string(c.Nature))
	}
	switch c.Stage {
	case casework.Review:
		v.Stage = "复查"
	case casework.Recheck:
		v.Stage = "复核"
	default:
		v.Stage = "办理"
	}
	if cat, ok := s.Settings.Category(c.Category); ok {
		major, _ := s.Settings.Category(cat.Parent)
		v.Category = strings.TrimPrefix(major.NameZH+"·"+cat.NameZH, "·")
	}
	for _, id := range c.Parties() {
		v.Assisting = append(v.Assisting, s.unit(id))
	}
	if c.Outcome != "" {
		v.Outcome = s.zh("outcome." + string(c.Outcome))
	}
	if c.RatedResult != 0 {
		v.Satisfaction = s.zh("grade." + strconv.Itoa(int(c.RatedResult)))
	}
	if c.Decision != "" {
		v.Decision = s.zh("decision." + string(c.Decision))
	}
	s.dues(c, &v)
	return v
}

// dues are the dates that the clocks set.
func (s caseSource) dues(c casework.Case, v *wording.View) {
	for _, o := range c.Obligations {
		switch o.Clock {
		case casework.T4, casework.T11, casework.Statute, casework.T6, casework.T8, casework.OrderFeedback:
			v.Due, v.NewDue, v.OldDue = lastDay(o.DueAt), lastDay(o.DueAt), lastDay(o.DueAt.AddDate(0, 0, -o.Extended))
			if o.Extended > 0 {
				v.Days = strconv.Itoa(o.Extended)
			}
		case casework.T9:
			v.ReportDue = lastDay(o.DueAt)
		case casework.Supervision:
			v.Supervision.Due = lastDay(o.DueAt)
		}
	}
}

// upper is who reviews what the handling unit decided: the government of a
// department's area, for a town the one above it (domain of Art. 35, 36).
func (s caseSource) upper(c casework.Case) string {
	u, ok := s.Units.Unit(c.LeadUnitID)
	if !ok || len(u.Areas) == 0 {
		return ""
	}
	areas := u.Areas
	if (u.Kind == access.Town || u.Kind == access.Village || u.Kind == access.Government) && len(areas) > 1 {
		areas = areas[:len(areas)-1]
	}
	if c.Stage == casework.Review && len(areas) > 1 {
		areas = areas[:len(areas)-1]
	}
	name := s.unit(areas[len(areas)-1])
	if strings.HasSuffix(name, "市") || strings.HasSuffix(name, "区") || strings.HasSuffix(name, "县") || strings.HasSuffix(name, "旗") {
		name += "人民政府"
	}
	return name
}

// told is what the petitioner wrote, and what was handed in.
func (s caseSource) told(ctx context.Context, q document.Ask, v *wording.View) error {
	m, err := s.Intake.Matter(ctx, q.Case.ID)
	if err != nil {
		return nil // a case without a matter of its own: nothing was told
	}
	v.Words, v.Wish, v.Place, v.Secret = m.Words, m.Wish, m.Place, m.Secret
	v.Anonymous = q.Case.PetitionerID == 0
	if !m.ReceivedAt.IsZero() {
		v.Received = date(m.ReceivedAt)
	}
	if day, err := time.Parse(time.DateOnly, m.OccurredOn); err == nil {
		v.OccurredOn = day.Format("2006年1月2日")
	}
	v.People = max(v.People, m.Persons)
	if q.Case.Repeat {
		v.Duplicate = "同一信访人此前曾反映过同一事项"
	}
	files, err := s.Attachment.OfCase(ctx, q.Case.ID)
	for _, f := range files {
		v.Materials = append(v.Materials, f.Name)
	}
	return err
}

// who opens the petitioner's data; that it was done, by whom and for which
// document stands in the log before.
func (s caseSource) who(ctx context.Context, q document.Ask, v *wording.View) error {
	p, err := s.Person.Reveal(ctx, q.Actor, q.Case.PetitionerID, "制作文书："+q.Kind.ZH, q.Now)
	if errors.Is(err, person.ErrNotYours) || errors.Is(err, person.ErrUnknown) || errors.Is(err, person.ErrAsked) {
		v.Petitioner = "信访人" // kept from the unit that handles the case
		return nil
	}
	if err != nil {
		return err
	}
	v.Petitioner, v.Organisation, v.Phone, v.IDNo, v.Address, v.Household = p.Name, p.OrgName, p.Phone, p.IDNo, p.Address, p.Household
	if p.OrgName != "" {
		v.Petitioner = p.OrgName
	}
	v.Sex = map[string]string{"1": "男", "2": "女"}[p.Sex]
	v.IDType = idTypes[p.IDType]
	return nil
}

// idTypes are the papers that prove who somebody is, as documents name them.
var idTypes = map[identity.DocumentKind]string{
	identity.IDCard: "居民身份证", identity.ResidencePermit: "港澳台居民居住证", identity.HKMacaoPass: "港澳居民来往内地通行证",
	identity.TaiwanPass: "台湾居民来往大陆通行证", identity.PermanentResident: "外国人永久居留身份证", identity.ChinesePassport: "普通护照",
	identity.ForeignPassport: "外国护照", identity.OfficerCard: "军官证", identity.CreditCode: "统一社会信用代码",
}

// requests are the lines of what is asked, with their answers.
func (s caseSource) requests(c casework.Case, v *wording.View) {
	for _, r := range c.Lines() {
		line := wording.Request{
			Seq: r.Seq, Title: r.Title, Nature: string(r.Nature), Result: string(r.Result), Facts: r.Facts, Text: r.Text, Basis: r.Basis, Remedy: r.Remedy, Route: r.Route,
		}
		if line.Nature == "" {
			line.Nature = string(c.Nature)
		}
		if len(c.Requests) == 0 {
			if v.Wish != "" {
				line.Title = v.Wish
			}
			line.Text, line.Basis, line.Facts, line.Route = v.Opinion, v.Basis, "", v.RightBody
			line.Result = string(results[c.Outcome])
		}
		v.Requests = append(v.Requests, line)
	}
}

// results are the answers that outcomes stand for, where nothing was split.
var results = map[casework.Outcome]casework.Result{
	casework.Resolved: casework.Supported, casework.Partly: casework.PartlySupported,
	casework.Explained: casework.ExplainedOnly, casework.NotSupported: casework.Unsupported,
}

// before tells what the opinion under review said.
func (s caseSource) before(ctx context.Context, c casework.Case, v *wording.View) error {
	cases, err := s.Procedure.ByIDs(ctx, slices.DeleteFunc([]int64{c.ParentID, c.RootID}, func(id int64) bool { return id == 0 }))
	for id, old := range cases {
		var parts []string
		for _, r := range old.Lines() {
			if r.Result != "" {
				parts = append(parts, "第"+strconv.Itoa(r.Seq)+"项请求："+s.zh("result."+string(r.Result)))
			}
		}
		if old.Decision != "" {
			parts = append(parts, s.zh("decision."+string(old.Decision)))
		}
		to := &v.Original
		if old.Stage == casework.Review && id == c.ParentID {
			to = &v.Review
		}
		to.Text, to.Issuer = strings.Join(parts, "；"), s.unit(old.LeadUnitID)
		if to.Received == "" {
			to.Received = date(old.ServedAt)
		}
	}
	return err
}
