package document

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// Prover lets a petitioner act by case number and query code.
type Prover interface {
	Prove(ctx context.Context, no, code string) (access.Actor, error)
}

// API is the JSON door of documents.
type API struct {
	*Service
	prover Prover
}

// NewAPI makes the JSON door.
func NewAPI(s *Service, p Prover) *API { return &API{s, p} }

// DocumentRow is a document as the API shows it, without its words.
type DocumentRow struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind" example:"D11" doc:"D01–D29, some with a variant."`
	Name    string `json:"name"`
	CaseNo  string `json:"case_no,omitempty"`
	UnitID  int64  `json:"unit_id"`
	State   State  `json:"state" enum:"draft,approved,sealed,served,void"`
	Number  string `json:"number,omitempty" example:"名住处〔2026〕15号"`
	Version int64  `json:"version"`
	SM3     string `json:"sm3,omitempty" doc:"Digest of the sealed PDF."`
	Code    string `json:"verify_code,omitempty" doc:"Of /verify/{code}."`

	Created  time.Time `json:"created_at"`
	Approved time.Time `json:"approved_at,omitzero"`
	Sealed   time.Time `json:"sealed_at,omitzero"`
	Served   time.Time `json:"served_at,omitzero"`
	Opened   time.Time `json:"opened_at,omitzero" doc:"When the petitioner opened it."`
}

// DocumentSheet is a document with its words.
type DocumentSheet struct {
	DocumentRow
	Text     string            `json:"text" doc:"One line, one paragraph; the mark at its start is its format."`
	Receipts []DocumentService `json:"receipts" nullable:"false"`
	Events   []DocumentMoment  `json:"events" nullable:"false"`
}

// DocumentService is a service as the API takes and shows it.
type DocumentService struct {
	Method     Method    `json:"method" enum:"electronic,direct,mail,left,entrusted,passed_on,published"`
	At         time.Time `json:"at,omitzero" doc:"Now, if left out."`
	Place      string    `json:"place,omitempty" maxLength:"200"`
	Recipient  string    `json:"recipient,omitempty" maxLength:"200"`
	Relation   string    `json:"relation,omitempty" maxLength:"200"`
	Refusal    string    `json:"refusal,omitempty" maxLength:"200"`
	Witnesses  []string  `json:"witnesses,omitempty" maxItems:"10"`
	Deliverers []string  `json:"deliverers,omitempty" maxItems:"10" doc:"At least two where somebody carried it there."`
	Media      string    `json:"media,omitempty" maxLength:"200"`
	Tracking   string    `json:"tracking,omitempty" maxLength:"200"`
	Remarks    string    `json:"remarks,omitempty" maxLength:"200"`
}

// DocumentMoment is an event of a document.
type DocumentMoment struct {
	Kind string      `json:"kind"`
	At   time.Time   `json:"at"`
	By   int64       `json:"staff_id,omitempty"`
	Role access.Role `json:"role"`
}

// DocumentList is a page of documents.
type DocumentList struct {
	Documents []DocumentRow  `json:"documents" nullable:"false"`
	Missing   []DocumentNeed `json:"missing,omitempty" doc:"Of a case: what must be there before it is concluded."`
	Next      string         `json:"next,omitempty"`
}

// DocumentNeed is a kind of document that a dossier lacks.
type DocumentNeed struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type ofCaseInput struct {
	No   string `path:"no" example:"MC26-0A1B-7K3F"`
	Code string `header:"X-Query-Code" doc:"Petitioners: the query code of the receipt."`
}

type listInput struct {
	State string `query:"state" enum:"draft,approved,sealed,served,void" default:"draft"`
	After string `query:"after" maxLength:"60"`
}

type documentMake struct {
	rest.Keyed
	No   string `path:"no"`
	Body struct {
		Kind string `json:"kind" example:"D11" maxLength:"20"`
	}
}

type oneInput struct {
	ID   int64  `path:"id"`
	Code string `header:"X-Query-Code" doc:"Petitioners: the query code of the receipt."`
	No   string `header:"X-Case-No" doc:"Petitioners: the number of the case."`
}

type documentText struct {
	ID int64 `path:"id"`
	rest.Keyed
	Body struct {
		Text string `json:"text" maxLength:"200000"`
	}
}

type documentServe struct {
	ID int64 `path:"id"`
	rest.Keyed
	Body DocumentService
}

type documentVoid struct {
	ID int64 `path:"id"`
	rest.Keyed
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"200"`
	}
}

type showInput struct {
	ID int64 `path:"id"`
}

type documentStep struct {
	ID int64 `path:"id"`
	rest.Keyed
	Body struct{} `doc:"Needs no fields; send an empty object."`
}

type (
	rowsOutput  struct{ Body DocumentList }
	rowOutput   struct{ Body DocumentRow }
	sheetOutput struct{ Body DocumentSheet }
	fileOutput  struct {
		ContentType string `header:"Content-Type"`
		Body        []byte
	}
)

// Register adds the operations of documents.
func (a *API) Register(api huma.API) {
	op := func(id, method, path, summary string, who []map[string][]string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Tags: []string{"documents"}, Security: who}
	}
	huma.Register(api, op("document-of-case", http.MethodGet, "/cases/{no}/documents", "List the documents of a case, and what is missing", rest.StaffOrCode), a.ofCase)
	huma.Register(api, op("document-make", http.MethodPost, "/cases/{no}/documents", "Draft a document of a case", rest.Staff), a.make)
	huma.Register(api, op("document-list", http.MethodGet, "/documents", "List the documents of the own unit in a state", rest.Staff), a.list)
	huma.Register(api, op("document-show", http.MethodGet, "/documents/{id}", "Show a document with its words, receipts and history", rest.Staff), a.show)
	huma.Register(api, op("document-edit", http.MethodPost, "/documents/{id}/text", "Replace the words of a draft", rest.Staff), a.edit)
	huma.Register(api, op("document-approve", http.MethodPost, "/documents/{id}/approve", "Approve a draft; it gets its number", rest.Staff),
		a.step(func(ctx context.Context, id int64) (Document, error) {
			return a.Approve(ctx, access.From(ctx), id, a.Clock.Now())
		}))
	huma.Register(api, op("document-seal", http.MethodPost, "/documents/{id}/seal", "Seal and sign an approved document", rest.Staff),
		a.step(func(ctx context.Context, id int64) (Document, error) {
			return a.Seal(ctx, access.From(ctx), id, a.Clock.Now())
		}))
	huma.Register(api, op("document-serve", http.MethodPost, "/documents/{id}/serve", "Record how a sealed document was served", rest.Staff), a.serve)
	huma.Register(api, op("document-void", http.MethodPost, "/documents/{id}/void", "Take a document out of force", rest.Staff), a.void)
	huma.Register(api, op("document-pdf", http.MethodGet, "/documents/{id}/pdf", "Download a document as PDF", rest.StaffOrCode), a.pdf)
}

func (a *API) row(ctx context.Context, d Document) DocumentRow {
	return DocumentRow{
		ID: d.ID, Kind: d.Kind.ID, Name: d.Kind.Name(i18n.Lang(ctx)), CaseNo: d.CaseNo, UnitID: d.UnitID, State: d.State, Number: d.Label, Version: d.Version,
		SM3: d.Digest, Code: d.Code, Created: d.CreatedAt, Approved: d.ApprovedAt, Sealed: d.SealedAt, Served: d.ServedAt, Opened: d.OpenedAt,
	}
}

func (a *API) ofCase(ctx context.Context, in *ofCaseInput) (*rowsOutput, error) {
	who := access.From(ctx)
	var err error
	if in.Code != "" {
		who, err = a.prover.Prove(ctx, in.No, in.Code)
	} else if !who.Signed() {
		err = rest.ErrUnsigned
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	c, err := a.Cases.Case(ctx, who, in.No)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &rowsOutput{Body: DocumentList{Documents: []DocumentRow{}}}
	list, err := a.store.ofCase(ctx, c.ID)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	for _, d := range list {
		if a.lists(who, d) {
			out.Body.Documents = append(out.Body.Documents, a.row(ctx, d))
		}
	}
	if who.Signed() {
		lacking, err := a.Missing(ctx, c)
		if err != nil {
			return nil, rest.Fail(ctx, err)
		}
		for _, k := range lacking {
			out.Body.Missing = append(out.Body.Missing, DocumentNeed{k.ID, k.Name(i18n.Lang(ctx))})
		}
	}
	return out, nil
}

// apiKey binds a client's key to who sends it.
func apiKey(ctx context.Context, key string) string {
	if key == "" {
		return ""
	}
	return "api:" + strconv.FormatInt(access.From(ctx).ID, 36) + ":" + key
}

// lists tells whether a list of a case shows a document.
func (a *API) lists(who access.Actor, d Document) bool {
	if !who.Signed() {
		return d.State == Served && d.Kind.Tell && who.Cosigner == 0 // addressed to the one who filed
	}
	return a.mine(who, d) || d.State != Draft && !hides(who, d)
}

func (a *API) make(ctx context.Context, in *documentMake) (*rowOutput, error) {
	if !access.From(ctx).Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	d, err := a.Make(ctx, access.From(ctx), Wanted{in.No, in.Body.Kind, apiKey(ctx, in.Key)}, a.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &rowOutput{a.row(ctx, d)}, nil
}

func (a *API) list(ctx context.Context, in *listInput) (*rowsOutput, error) {
	who := access.From(ctx)
	if !who.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	before := int64(math.MaxInt64)
	if _, err := web.DecodeCursor(in.After, &before); err != nil {
		return nil, rest.Fail(ctx, err)
	}
	rows, err := a.Waiting(ctx, who, State(in.State), before)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &rowsOutput{Body: DocumentList{Documents: []DocumentRow{}}}
	if len(rows) > perPage {
		rows = rows[:perPage]
		out.Body.Next = web.EncodeCursor(rows[perPage-1].ID)
	}
	for _, d := range rows {
		out.Body.Documents = append(out.Body.Documents, a.row(ctx, d))
	}
	return out, nil
}

func (a *API) sheet(ctx context.Context, id int64) (*sheetOutput, error) {
	d, err := a.Show(ctx, access.From(ctx), id)
	if err != nil {
		return nil, err
	}
	out := &sheetOutput{DocumentSheet{DocumentRow: a.row(ctx, d), Text: d.Text, Receipts: []DocumentService{}, Events: []DocumentMoment{}}}
	receipts, err := a.Receipts(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, r := range receipts {
		out.Body.Receipts = append(out.Body.Receipts, DocumentService{r.Method, r.At, r.Place, r.Recipient, r.Relation, r.Refusal, r.Witnesses, r.Deliverers, r.Media, r.Tracking, r.Remarks})
	}
	events, err := a.Happened(ctx, id)
	for _, e := range events {
		out.Body.Events = append(out.Body.Events, DocumentMoment{e.Kind, e.At, e.ActorID, e.Role})
	}
	return out, err
}

func (a *API) show(ctx context.Context, in *showInput) (*sheetOutput, error) {
	return a.shown(ctx, in.ID, nil)
}

// shown answers with the document as it stands after a change.
func (a *API) shown(ctx context.Context, id int64, err error) (*sheetOutput, error) {
	if !access.From(ctx).Signed() {
		err = rest.ErrUnsigned
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out, err := a.sheet(ctx, id)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return out, nil
}

func (a *API) edit(ctx context.Context, in *documentText) (*sheetOutput, error) {
	return a.shown(ctx, in.ID, a.Edit(ctx, access.From(ctx), in.ID, web.Clean(in.Body.Text), a.Clock.Now()))
}

func (a *API) step(do func(context.Context, int64) (Document, error)) func(context.Context, *documentStep) (*sheetOutput, error) {
	return func(ctx context.Context, in *documentStep) (*sheetOutput, error) {
		_, err := do(ctx, in.ID)
		return a.shown(ctx, in.ID, err)
	}
}

func (a *API) serve(ctx context.Context, in *documentServe) (*sheetOutput, error) {
	now, b := a.Clock.Now(), in.Body
	if b.At.IsZero() {
		b.At = now
	}
	for _, words := range []*string{&b.Place, &b.Recipient, &b.Relation, &b.Refusal, &b.Media, &b.Tracking, &b.Remarks} {
		*words = web.Clean(*words)
	}
	_, err := a.Serve(ctx, access.From(ctx), in.ID, Receipt{
		Method: b.Method, At: b.At.UTC(), Place: b.Place, Recipient: b.Recipient, Relation: b.Relation, Refusal: b.Refusal,
		Witnesses: b.Witnesses, Deliverers: b.Deliverers, Media: b.Media, Tracking: b.Tracking, Remarks: b.Remarks, Key: apiKey(ctx, in.Key),
	}, now)
	return a.shown(ctx, in.ID, err)
}

func (a *API) void(ctx context.Context, in *documentVoid) (*sheetOutput, error) {
	return a.shown(ctx, in.ID, a.Void(ctx, access.From(ctx), in.ID, web.Clean(in.Body.Reason), a.Clock.Now()))
}

// pdf gives the file to staff, or to the petitioner on whom it was served.
func (a *API) pdf(ctx context.Context, in *oneInput) (*fileOutput, error) {
	if in.Code == "" {
		_, data, err := a.Download(ctx, access.From(ctx), in.ID, "pdf", false)
		if err != nil {
			return nil, rest.Fail(ctx, err)
		}
		return &fileOutput{"application/pdf", data}, nil
	}
	who, err := a.prover.Prove(ctx, in.No, in.Code)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	d, err := a.Read(ctx, who, in.ID, true, a.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	data, err := a.PDF(ctx, d)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &fileOutput{"application/pdf", data}, nil
}
