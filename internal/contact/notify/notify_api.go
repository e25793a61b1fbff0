package notify

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/sender"
)

// API is the JSON door of reminders.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// ReminderRow is a reminder of the asker's tray.
type ReminderRow struct {
	ID        int64     `json:"id"`
	No        string    `json:"no,omitempty" example:"MC26-0A1B-7K3F" doc:"Absent when the asker may no longer see the case."`
	Condition Condition `json:"condition,omitempty" enum:"arrived,soon,unstarted,overdue,unfinished" doc:"Of a reminder."`
	Level     Level     `json:"level,omitempty" enum:"handler,head,bureau,convenor" doc:"As what the asker was reminded."`
	Duty      int       `json:"duty,omitempty" doc:"The obligation's number within the case."`
	News      string    `json:"news,omitempty" example:"supervision.opened" doc:"What happened, if the item is no reminder of a duty."`
	Path      string    `json:"path,omitempty" doc:"Page on which news are read."`
	Due       time.Time `json:"due_at,omitzero"`
	At        time.Time `json:"at"`
	Read      time.Time `json:"read_at,omitzero"`
	Settled   bool      `json:"settled,omitempty" doc:"The condition no longer holds."`
}

type trayInput struct {
	Unread bool  `query:"unread" doc:"Only what is not read yet."`
	After  int64 `query:"after" doc:"next of the page before."`
}

// ReminderList is a page of the tray.
type ReminderList struct {
	Unread    int           `json:"unread" doc:"Up to 100."`
	Reminders []ReminderRow `json:"reminders" nullable:"false"`
	Next      int64         `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

type trayOutput struct{ Body ReminderList }

type readInput struct {
	rest.Keyed
	Body struct {
		ID int64 `json:"id" minimum:"0" doc:"Of a reminder; 0 = all of them."`
	}
}

type areaInput struct {
	Area int64 `query:"area_id" doc:"A government of the unit tree; 0 = the whole city."`
}

// MatrixBody is a matrix with its version.
type MatrixBody struct {
	Area    int64     `json:"area_id"`
	Version int64     `json:"version" doc:"0 = the area has none of its own: this is the one that holds there. To save, send back the version that you read."`
	Matrix  Matrix    `json:"matrix"`
	Changed time.Time `json:"changed_at,omitzero"`
}

type matrixOutput struct{ Body MatrixBody }

type matrixInput struct {
	rest.Keyed
	Body struct {
		Area    int64  `json:"area_id"`
		Version int64  `json:"version"`
		Matrix  Matrix `json:"matrix"`
	}
}

// MessageRow is a delivery of the log. It names neither case nor address.
type MessageRow struct {
	ID        int64      `json:"id"`
	Way       sender.Way `json:"way"`
	About     string     `json:"about" example:"overdue"`
	To        string     `json:"to,omitempty" doc:"A member of staff; absent of a petitioner."`
	Mask      string     `json:"address,omitempty" example:"138****0000" doc:"Masked."`
	State     State      `json:"state" enum:"queued,sending,sent,delivered,read,stuck,failed,dropped"`
	Class     Class      `json:"problem,omitempty"`
	Code      string     `json:"code,omitempty" doc:"The carrier's."`
	Attempts  int        `json:"attempts"`
	Created   time.Time  `json:"created_at"`
	Sent      time.Time  `json:"sent_at,omitzero"`
	Delivered time.Time  `json:"delivered_at,omitzero"`
	Read      time.Time  `json:"read_at,omitzero"`
}

type messagesInput struct {
	State State `query:"state" enum:"queued,sending,sent,delivered,read,stuck,failed,dropped" doc:"Without it, all."`
	After int64 `query:"after" doc:"next of the page before."`
}

// MessageList is a page of the log.
type MessageList struct {
	Messages []MessageRow `json:"messages" nullable:"false"`
	Next     int64        `json:"next,omitempty"`
}

type messagesOutput struct{ Body MessageList }

type decideInput struct {
	rest.Keyed
	ID   int64 `path:"id"`
	Body struct {
		Do  string     `json:"do" enum:"retry,other,dismiss"`
		Way sender.Way `json:"way,omitempty" doc:"Of other: the way to take in its place."`
	}
}

// Register adds the operations.
func (a *API) Register(api huma.API) {
	tags := []string{"reminders"}
	huma.Register(api, huma.Operation{OperationID: "inbox-list", Method: http.MethodGet, Path: "/api/v1/inbox",
		Summary: "List the asker's reminders", Tags: tags, Security: rest.Staff, Description: "Newest first."}, a.tray)
	huma.Register(api, huma.Operation{OperationID: "inbox-read", Method: http.MethodPost, Path: "/api/v1/inbox/read", DefaultStatus: http.StatusNoContent,
		Summary: "Mark reminders as read", Tags: tags, Security: rest.Staff}, a.read)
	huma.Register(api, huma.Operation{OperationID: "matrix-get", Method: http.MethodGet, Path: "/api/v1/reminders/matrix",
		Summary: "Read the reminder matrix of an area", Tags: tags, Security: rest.Staff}, a.matrix)
	huma.Register(api, huma.Operation{OperationID: "matrix-set", Method: http.MethodPut, Path: "/api/v1/reminders/matrix",
		Summary: "Save the next version of a matrix", Tags: tags, Security: rest.Staff, Description: "It holds at once. Refused when somebody else has saved since the version that is sent."}, a.setMatrix)
	huma.Register(api, huma.Operation{OperationID: "message-list", Method: http.MethodGet, Path: "/api/v1/messages",
		Summary: "List messages with their receipts", Tags: tags, Security: rest.Staff, Description: "For the system administrator and bureau heads. Stuck ones wait for a decision."}, a.messages)
	huma.Register(api, huma.Operation{OperationID: "message-decide", Method: http.MethodPost, Path: "/api/v1/messages/{id}", DefaultStatus: http.StatusNoContent,
		Summary: "Decide about a stuck message", Tags: tags, Security: rest.Staff}, a.decide)
}

// signed refuses who is not on the staff.
func signed(ctx context.Context) error {
	if !access.From(ctx).Signed() {
		return rest.Fail(ctx, rest.ErrUnsigned)
	}
	return nil
}

// orFail describes an error, if there is one.
func orFail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return rest.Fail(ctx, err)
}

func (a *API) tray(ctx context.Context, in *trayInput) (*trayOutput, error) {
	if err := signed(ctx); err != nil {
		return nil, err
	}
	before := in.After
	if before <= 0 {
		before = math.MaxInt64
	}
	items, more, err := a.service.Tray(ctx, in.Unread, before)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &trayOutput{}
	if out.Body.Unread, err = a.service.Unread(ctx); err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out.Body.Reminders = make([]ReminderRow, len(items))
	for i, it := range items {
		out.Body.Reminders[i] = ReminderRow{ID: it.ID, No: it.Case.No, Condition: it.Condition, Level: it.Level, Duty: it.Seq,
			Due: it.DueAt, At: it.At, Read: it.ReadAt, Settled: it.Stale, News: it.Kind, Path: it.Path}
	}
	if more {
		out.Body.Next = items[len(items)-1].ID
	}
	return out, nil
}

func (a *API) read(ctx context.Context, in *readInput) (*struct{}, error) {
	if err := signed(ctx); err != nil {
		return nil, err
	}
	_, err := a.service.MarkRead(ctx, in.Body.ID)
	return nil, orFail(ctx, err)
}

func (a *API) matrix(ctx context.Context, in *areaInput) (*matrixOutput, error) {
	if err := signed(ctx); err != nil {
		return nil, err
	}
	v, err := a.service.MatrixOf(ctx, in.Area)
	return &matrixOutput{MatrixBody{v.AreaID, v.Number, v.Matrix, v.ChangedAt}}, orFail(ctx, err)
}

func (a *API) setMatrix(ctx context.Context, in *matrixInput) (*matrixOutput, error) {
	if err := signed(ctx); err != nil {
		return nil, err
	}
	if err := a.service.SetMatrix(ctx, in.Body.Area, in.Body.Version, in.Body.Matrix); err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return a.matrix(ctx, &areaInput{in.Body.Area})
}

func (a *API) messages(ctx context.Context, in *messagesInput) (*messagesOutput, error) {
	if err := signed(ctx); err != nil {
		return nil, err
	}
	lines, more, err := a.service.Outgoing(ctx, in.State, in.After)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &messagesOutput{}
	out.Body.Messages = make([]MessageRow, len(lines))
	for i, l := range lines {
		out.Body.Messages[i] = MessageRow{ID: l.ID, Way: l.Way, About: l.Template, To: l.To, Mask: l.Mask, State: l.State, Class: l.Class, Code: l.Code,
			Attempts: l.Attempts, Created: l.CreatedAt, Sent: l.SentAt, Delivered: l.DeliveredAt, Read: l.ReadAt}
	}
	if more {
		out.Body.Next = lines[len(lines)-1].ID
	}
	return out, nil
}

func (a *API) decide(ctx context.Context, in *decideInput) (*struct{}, error) {
	if err := signed(ctx); err != nil {
		return nil, err
	}
	var err error
	switch in.Body.Do {
	case "retry":
		err = a.service.Retry(ctx, in.ID)
	case "other":
		err = a.service.Another(ctx, in.ID, in.Body.Way)
	default:
		err = a.service.Dismiss(ctx, in.ID)
	}
	return nil, orFail(ctx, err)
}
