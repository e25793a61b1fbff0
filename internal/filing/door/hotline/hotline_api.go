package hotline

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/platform/rest"
)

// API is what the call centre posts to.
type API struct{ service *Service }

// NewAPI makes it.
func NewAPI(s *Service) *API { return &API{s} }

// Signed is the proof of a post.
type Signed struct {
	Line      string `header:"X-Xinqiao-Line" maxLength:"60" default:"hotline" doc:"Code of the line in the registry of doors."`
	Stamp     string `header:"X-Xinqiao-Timestamp" required:"true" maxLength:"12" doc:"When the post was signed, in Unix seconds; at most five minutes off."`
	Signature string `header:"X-Xinqiao-Signature" required:"true" maxLength:"400" doc:"v1= and the hexadecimal HMAC-SHA256, under the line's secret, of the timestamp, a full stop and the body; for a recording, of the timestamp, a full stop, the call's id, a full stop and the body. Several separated by spaces while a secret is changed."`
}

// CallEventBody is one thing that happened to a call.
type CallEventBody struct {
	ID        string         `json:"id" maxLength:"100" example:"evt-20261122-000017" doc:"The event's own id. The same id again changes nothing."`
	Type      string         `json:"type" enum:"ringing,answered,ended,recording"`
	Call      string         `json:"call" maxLength:"100" example:"1763794813.42" doc:"The call centre's id of the call."`
	At        time.Time      `json:"at" doc:"When it happened."`
	From      string         `json:"from,omitempty" maxLength:"40" doc:"The caller's number; absent when withheld. Kept sealed."`
	Agent     string         `json:"agent,omitempty" maxLength:"100" doc:"The seat that answers."`
	Recording *CallSoundBody `json:"recording,omitempty" doc:"Of type recording: where it can be fetched."`
}

// CallSoundBody says where a recording lies.
type CallSoundBody struct {
	URL    string `json:"url" maxLength:"2000" doc:"At the origin that the line is configured with. Fetched once and kept; redirects are not followed."`
	SHA256 string `json:"sha256,omitempty" maxLength:"64" doc:"Hexadecimal; what does not match is refused."`
}

// CallTakenBody answers a post.
type CallTakenBody struct {
	CallID int64 `json:"call_id,string" doc:"Our id of the call."`
	Again  bool  `json:"again" doc:"This event was taken before."`
}

type (
	eventInput struct {
		rest.Keyed // the event's id and the file itself already say so
		Signed
		RawBody []byte
		Body    CallEventBody
	}
	soundInput struct {
		rest.Keyed
		Signed
		Call    string `path:"call" maxLength:"100" doc:"The call centre's id of the call."`
		RawBody []byte `contentType:"audio/wav"`
	}
	takenOutput struct{ Body CallTakenBody }
)

// Register adds the operations.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "call-event", Security: rest.CallCentre, Method: http.MethodPost, Path: "/api/v1/calls/events", Tags: []string{"filings"},
		Summary: "Tell what happened to a telephone call",
		Description: "For call centres. A call rings, is answered, ends, has a recording. Events may come late, again or out of order. " +
			"Answer 200 means that the event is on disk; try again after anything else but 4xx.",
	}, a.event)
	huma.Register(api, huma.Operation{
		OperationID: "call-recording", Security: rest.CallCentre, Method: http.MethodPut, Path: "/api/v1/calls/{call}/recording", Tags: []string{"filings"},
		Summary:      "Hand over the recording of a telephone call",
		Description:  "For call centres whose recordings cannot be fetched. WAV, MP3, Ogg, M4A or AMR of at most 60 MiB. The same file again changes nothing; a recording that is kept is never replaced.",
		MaxBodyBytes: LongestRecording,
		RequestBody:  &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}},
	}, a.sound)
}

// prove finds the line whose secret signed a post.
func (a *API) prove(ctx context.Context, s Signed, call string, body []byte) error {
	l, err := a.service.line(ctx, s.Line)
	if err != nil {
		return err
	}
	if !genuine(l.secret, post{s.Stamp, s.Signature, call, body}, a.service.Clock.Now()) {
		return ErrForged
	}
	return nil
}

func (a *API) event(ctx context.Context, in *eventInput) (*takenOutput, error) {
	if err := a.prove(ctx, in.Signed, "", in.RawBody); err != nil {
		return nil, rest.Fail(ctx, err)
	}
	b := in.Body
	e := Event{ID: b.ID, Kind: EventKind(b.Type), Call: b.Call, At: b.At, From: b.From, Seat: b.Agent}
	if b.Recording != nil {
		e.URL, e.Sum = b.Recording.URL, b.Recording.SHA256
	}
	c, again, err := a.service.Tell(ctx, in.Line, e, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &takenOutput{CallTakenBody{c.ID, again}}, nil
}

func (a *API) sound(ctx context.Context, in *soundInput) (*takenOutput, error) {
	if err := a.prove(ctx, in.Signed, in.Call, in.RawBody); err != nil {
		return nil, rest.Fail(ctx, err)
	}
	c, err := a.service.Push(ctx, in.Line, in.Call, in.RawBody)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &takenOutput{CallTakenBody{CallID: c.ID}}, nil
}
