package deadlines

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door of the calculator.
type API struct{ calculator *Calculator }

// NewAPI makes the JSON door.
func NewAPI(c *Calculator) *API { return &API{c} }

// ClockRow is a clock as the API shows it, in the language asked for.
type ClockRow struct {
	Clock    casework.Clock `json:"clock" example:"T4"`
	Name     string         `json:"name"`
	Duty     string         `json:"duty" doc:"What is owed, or what one may do."`
	Group    string         `json:"group" enum:"law,hotline,platform"`
	Length   int            `json:"length" doc:"Of the version in force; of a hotline clock, for normal urgency."`
	Unit     string         `json:"unit" enum:"calendar_days,working_days,hours"`
	Starts   string         `json:"starts"`
	Stops    string         `json:"stops"`
	Basis    string         `json:"basis"`
	Extend   int            `json:"extend,omitempty" doc:"Longest extension in days."`
	Settable bool           `json:"settable,omitempty" doc:"The length can be set case by case."`
	Window   bool           `json:"window,omitempty" doc:"A right that ends, not a duty."`
	RollOver bool           `json:"roll_over,omitempty" doc:"A last day off rolls over to the next working day."`
	Pausable bool           `json:"pausable,omitempty" doc:"The days of a hearing are not counted."`
}

// ClockList is every clock.
type ClockList struct {
	Version string     `json:"version" doc:"Of the rules in force."`
	Clocks  []ClockRow `json:"clocks" nullable:"false"`
}

type clocksOutput struct{ Body ClockList }

type dueInput struct {
	Clock   string   `path:"clock" maxLength:"32" example:"T4"`
	Start   string   `query:"start" required:"true" maxLength:"40" example:"2026-03-02" doc:"A Beijing date, or a moment in RFC 3339."`
	Extend  int      `query:"extend" doc:"Days of an extension."`
	Days    int      `query:"days" doc:"A length of its own, where the clock has one."`
	Urgency string   `query:"urgency" maxLength:"10" doc:"Of a hotline order: blue, yellow or red."`
	Pauses  []string `query:"pause" maxItems:"3" doc:"Days of a hearing, such as 2026-03-10/2026-03-12."`
}

// Day is a day that was left out.
type Day struct {
	Date    string `json:"date" example:"2026-02-17"`
	Holiday string `json:"holiday,omitempty" doc:"Absent of a plain weekend."`
}

// DueBody is a deadline and how it came about.
type DueBody struct {
	Clock    casework.Clock `json:"clock"`
	Start    time.Time      `json:"start"`
	Due      time.Time      `json:"due" doc:"The first moment that is too late."`
	LastDay  string         `json:"last_day"`
	Amber    time.Time      `json:"amber" doc:"When the light turns amber."`
	Light    casework.Light `json:"light" enum:"green,amber,red,off" doc:"Now."`
	Length   int            `json:"length"`
	Unit     string         `json:"unit"`
	Extended int            `json:"extended,omitempty"`
	Paused   int            `json:"paused,omitempty"`
	RollOver bool           `json:"roll_over"`
	Skipped  []Day          `json:"skipped" nullable:"false" doc:"Days that were not counted."`
	MakeUp   []string       `json:"make_up" nullable:"false" doc:"Weekend days that were counted."`
	Certain  bool           `json:"certain" doc:"The holidays of every year involved are known."`
	Version  string         `json:"version" doc:"Of the rules."`
	Why      string         `json:"why" doc:"In one sentence, in the language asked for."`
}

type dueOutput struct{ Body DueBody }

// Register adds the operations of the calculator.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "clock-list", Method: http.MethodGet, Path: "/api/v1/clocks",
		Summary: "List the clocks", Tags: []string{"reference"}, Security: rest.Anybody,
		Description: "Every deadline with the length that holds now."}, a.list)
	huma.Register(api, huma.Operation{OperationID: "clock-due", Method: http.MethodGet, Path: "/api/v1/clocks/{clock}/due",
		Summary: "Count a deadline", Tags: []string{"reference"}, Security: rest.Anybody,
		Description: "With the rules and the calendar that cases run under."}, a.due)
}

func (a *API) list(ctx context.Context, _ *struct{}) (*clocksOutput, error) {
	out := &clocksOutput{Body: ClockList{Version: a.calculator.Version(), Clocks: []ClockRow{}}}
	for _, r := range a.calculator.Rows() {
		k := string(r.Clock)
		out.Body.Clocks = append(out.Body.Clocks, ClockRow{
			Clock: r.Clock, Name: i18n.T(ctx, "clock."+k), Duty: i18n.T(ctx, "duty."+k), Group: r.Group, Length: r.Length.Days, Unit: r.Length.Unit.String(),
			Starts: i18n.T(ctx, "start."+k), Stops: i18n.T(ctx, "stop."+k), Basis: i18n.T(ctx, "law."+k),
			Extend: r.Extend, Settable: r.Set, Window: r.Window, RollOver: r.Person, Pausable: r.Pause,
		})
	}
	return out, nil
}

func (a *API) due(ctx context.Context, in *dueInput) (*dueOutput, error) {
	answer, err := a.calculator.Reckon(in.question())
	if err != nil {
		return nil, rest.Fail(ctx, rest.Rename(err, map[string]string{"from": "pause"}))
	}
	e := answer.Why
	out := &dueOutput{Body: DueBody{
		Clock: answer.Clock, Start: e.Count.Start, Due: answer.Due, LastDay: e.Count.Last.String(), Amber: answer.Warn, Light: answer.Light,
		Length: e.Days, Unit: e.Count.Unit.String(), Extended: e.Extended, Paused: e.Paused, RollOver: e.Count.Window,
		Skipped: []Day{}, MakeUp: []string{}, Certain: e.Count.Covered, Version: e.Version, Why: e.Sentence(ctx),
	}}
	for _, s := range e.Count.Skipped {
		out.Body.Skipped = append(out.Body.Skipped, Day{s.Date.String(), s.Holiday})
	}
	for _, d := range e.Count.MakeUp {
		out.Body.MakeUp = append(out.Body.MakeUp, d.String())
	}
	return out, nil
}

// question reads the input; what is none becomes a value that is refused.
func (in *dueInput) question() Question {
	q := Question{Clock: casework.Clock(in.Clock), Urgency: casework.Urgency(in.Urgency), Extend: in.Extend, Days: in.Days}
	if day, err := calendar.ParseDate(in.Start); err == nil {
		q.Start = day.Start()
	} else if at, err := time.Parse(time.RFC3339, in.Start); err == nil {
		q.Start = at
	}
	for _, text := range in.Pauses {
		from, to, _ := strings.Cut(text, "/")
		q.Pauses = append(q.Pauses, span(from, to))
	}
	return q
}
