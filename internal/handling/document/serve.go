package document

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
)

// Method is a way of service (送达方式).
type Method string

// The seven ways.
const (
	Direct     Method = "direct"     // 直接送达
	Left       Method = "left"       // 留置送达
	Mail       Method = "mail"       // 邮寄送达
	Entrusted  Method = "entrusted"  // 委托送达
	PassedOn   Method = "passed_on"  // 转交送达
	Published  Method = "published"  // 公告送达
	Electronic Method = "electronic" // 电子送达: the account or a link
)

// Methods lists the ways in the order of preference.
var Methods = []Method{Electronic, Direct, Mail, Left, Entrusted, PassedOn, Published}

// methodZH are the ways as the receipt of service names them.
var methodZH = map[Method]string{
	Direct: "直接送达", Left: "留置送达", Mail: "邮寄送达", Entrusted: "委托送达", PassedOn: "转交送达", Published: "公告送达", Electronic: "电子送达",
}

// Receipt says how a document was served (送达回证).
type Receipt struct {
	ID         int64     `json:"-"`
	Method     Method    `json:"-"`
	At         time.Time `json:"-"`
	By         int64     `json:"-"` // who recorded it
	Place      string    `json:"place,omitempty"`
	Recipient  string    `json:"recipient,omitempty"`
	Relation   string    `json:"relation,omitempty"`
	Refusal    string    `json:"refusal,omitempty"`
	Witnesses  []string  `json:"witnesses,omitempty"`
	Deliverers []string  `json:"deliverers,omitempty"`
	Media      string    `json:"media,omitempty"`    // photo or film of a refusal
	Tracking   string    `json:"tracking,omitempty"` // number of the letter
	Remarks    string    `json:"remarks,omitempty"`
	Key        string    `json:"-"` // the same key is recorded once
}

const (
	longestEntry = 200
	mostNames    = 10
)

// check holds a receipt against what its way of service needs.
func (r Receipt) check(now time.Time) error {
	f := fault.New(ErrService.Kind, ErrService.ID)
	need := func(name, value string) {
		if value == "" {
			f.Field(name, "document.service_needs")
		}
	}
	if !slices.Contains(Methods, r.Method) {
		f.Field("method", "document.method")
	}
	if r.At.IsZero() || r.At.After(now.Add(time.Minute)) {
		f.Field("at", "document.service_at")
	}
	switch r.Method {
	case Direct:
		need("recipient", r.Recipient)
	case Left:
		need("refusal", r.Refusal)
		if len(r.Witnesses) == 0 && r.Media == "" {
			f.Field("witnesses", "document.service_witness")
		}
	case Mail:
		need("tracking", r.Tracking)
	case Entrusted, PassedOn:
		need("recipient", r.Recipient)
		need("relation", r.Relation)
	case Published:
		need("place", r.Place)
	}
	if r.byHand() {
		need("place", r.Place)
		if len(r.Deliverers) < 2 {
			f.Field("deliverers", "document.two_deliverers")
		}
	}
	for name, value := range map[string]string{"place": r.Place, "recipient": r.Recipient, "relation": r.Relation,
		"refusal": r.Refusal, "media": r.Media, "tracking": r.Tracking, "remarks": r.Remarks} {
		if len([]rune(value)) > longestEntry {
			f.Field(name, "document.entry_long", longestEntry)
		}
	}
	if len(r.Witnesses) > mostNames || len(r.Deliverers) > mostNames {
		f.Field("witnesses", "document.entry_long", mostNames)
	}
	return f.OrNil()
}

// byHand tells whether somebody carried the paper there.
func (r Receipt) byHand() bool { return r.Method == Direct || r.Method == Left }

func servicePurpose(id int64) string { return "document_service/" + strconv.FormatInt(id, 10) }

// Serve records that a sealed document reached the petitioner. Served
// electronically, it lies on the page that follows the case.
func (s *Service) Serve(ctx context.Context, a access.Actor, id int64, r Receipt, now time.Time) (Document, error) {
	d, err := s.load(ctx, a, id)
	if err != nil {
		return d, err
	}
	switch {
	case !s.mine(a, d) || !d.Kind.Drafts(a):
		return d, ErrNotYours
	case d.recused:
		return d, ErrRecused
	case !d.Kind.Tell:
		return d, ErrUnlawful
	case d.State != Sealed && d.State != Served:
		return d, wrongState(d.State)
	}
	if err := r.check(now); err != nil {
		return d, err
	}
	detail, err := json.Marshal(r)
	if err != nil {
		return d, err
	}
	r.ID, r.By = s.IDs.Next(), a.ID
	var b db.Batch
	insertService(&b, r, d.ID, s.Keys.Seal(servicePurpose(r.ID), detail), now)
	b.Expect(1, serveQuery, id, d.Version, db.At(r.At))
	s.record(&b, id, Event{Kind: "served", ActorID: a.ID, Role: a.Role, Note: string(r.Method), At: now})
	if d.ServedAt.IsZero() {
		d.ServedAt = r.At
	}
	d.State, d.Version = Served, d.Version+1
	err = s.send(ctx, &b)
	if r.Key != "" && db.IsUniqueOn(err, "document_service.command_key") {
		return s.load(ctx, a, id)
	}
	return d, err
}

// Receipts lists how a document was served, oldest first.
func (s *Service) Receipts(ctx context.Context, documentID int64) ([]Receipt, error) {
	rows, err := s.store.services(ctx, documentID)
	if err != nil {
		return nil, err
	}
	out := make([]Receipt, len(rows))
	for i, row := range rows {
		plain, err := s.Keys.Unseal(servicePurpose(row.ID), row.detail)
		if err != nil {
			return nil, errLost.Because(err)
		}
		if err := json.Unmarshal(plain, &out[i]); err != nil {
			return nil, errLost.Because(err)
		}
		out[i].ID, out[i].Method, out[i].At, out[i].By = row.ID, row.method, row.at, row.by
	}
	return out, nil
}

// lastService writes the newest receipt of a document into a view.
func (s *Service) lastService(ctx context.Context, id int64, v *wording.Service) error {
	all, err := s.Receipts(ctx, id)
	if err != nil || len(all) == 0 {
		return err
	}
	r := all[len(all)-1]
	v.Method, v.Place, v.Recipient, v.Relation = methodZH[r.Method], r.Place, r.Recipient, r.Relation
	v.Refusal, v.Media, v.Remarks, v.Witnesses, v.Deliverers = r.Refusal, r.Media, r.Remarks, r.Witnesses, r.Deliverers
	v.At = r.At.In(calendar.China).Format("2006年1月2日15时04分")
	if r.Tracking != "" {
		v.Remarks = strings.TrimSpace("邮件号" + r.Tracking + "　" + r.Remarks)
	}
	return nil
}

// Letter is a document as the petitioner's pages list it.
type Letter struct {
	ID       int64
	KindID   string
	Name     string // in the reader's language
	Label    string
	Issuer   string
	ServedAt time.Time
	OpenedAt time.Time // zero until the petitioner opened it
}

// OfCase lists what was served on the petitioner of a case, newest first. The
// caller has proven that the case is the reader's.
func (s *Service) OfCase(ctx context.Context, caseID int64) ([]Letter, error) {
	list, err := s.store.ofCase(ctx, caseID)
	if err != nil {
		return nil, err
	}
	var out []Letter
	for _, d := range slices.Backward(list) {
		if d.State != Served || !d.Kind.Tell {
			continue
		}
		u, _ := s.Units.Unit(d.UnitID)
		out = append(out, Letter{
			ID: d.ID, KindID: d.Kind.ID, Name: d.Kind.Name(i18n.Lang(ctx)), Label: d.Label,
			Issuer: u.Name(i18n.Lang(ctx)), ServedAt: d.ServedAt, OpenedAt: d.OpenedAt,
		})
	}
	return out, nil
}

// Read gives a served document to the petitioner whose case it is of and
// records that it was opened, or with fetch, taken away as a file.
func (s *Service) Read(ctx context.Context, a access.Actor, id int64, fetch bool, now time.Time) (Document, error) {
	d, err := s.store.byID(ctx, s.DB.Read(), id)
	if err != nil {
		return d, err
	}
	if a.Role != access.Petitioner || a.Cosigner != 0 || a.CaseID == 0 || a.CaseID != d.CaseID || d.State != Served || !d.Kind.Tell {
		return Document{}, ErrUnknown
	}
	kind := "read"
	switch {
	case fetch:
		kind = "downloaded"
	case d.OpenedAt.IsZero():
		kind = "opened"
	}
	var b db.Batch
	if d.OpenedAt.IsZero() {
		b.Add(openQuery, id, db.At(now))
	}
	s.note(&b, id, kind, a, now)
	if err := s.DB.Send(ctx, &b); err != nil {
		return d, err
	}
	return s.open(d)
}

// Happened lists what happened to a document, oldest first.
func (s *Service) Happened(ctx context.Context, id int64) ([]Event, error) {
	return s.store.events(ctx, id)
}

// Event is one thing that happened to a document.
type Event struct {
	ID      int64
	Kind    string
	ActorID int64
	Role    access.Role
	Note    string
	At      time.Time
}

// names splits what was typed into a field of names.
func names(text string) []string {
	var out []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// missing tells that an error says that something is not there.
func missing(err error) bool { return errors.Is(err, db.ErrNoRows) }
