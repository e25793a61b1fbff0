package conduct

import (
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Standard is one of the six standardisations (六个规范化).
type Standard string

// The six.
const (
	Registration Standard = "registration" // 登记录入规范化
	Acceptance   Standard = "acceptance"   // 受理流程规范化
	Handling     Standard = "handling"     // 办理流程规范化
	Review       Standard = "review"       // 审核把关规范化
	Pressing     Standard = "pressing"     // 督查督办规范化
	Rating       Standard = "rating"       // 群众满意度测评规范化
)

// Standards lists the six in the order of a case's life.
var Standards = []Standard{Registration, Acceptance, Handling, Review, Pressing, Rating}

// Mark is whether a case meets a point of a standard.
type Mark string

// The marks.
const (
	Met     Mark = "met"
	Unmet   Mark = "unmet"
	Pending Mark = "pending" // its time has not come
	Exempt  Mark = "exempt"  // does not arise in this case
)

// Point is one line of a checklist: what must be so, and the step that
// enforces it.
type Point struct {
	Standard Standard
	ID       string
	Verb     casework.Verb // the step that cannot be taken without it
	check    func(story) Mark
}

// Checked is a point with its mark on a case.
type Checked struct {
	Point
	Mark Mark
}

// story is a case with its events, as the points read it.
type story struct {
	c      casework.Case
	events []casework.Event
}

// Points is the catalogue, in order.
var Points = []Point{
	{Registration, "registered", casework.Register, func(s story) Mark { return s.done(casework.Register) }},
	{Registration, "classified", casework.Forward, func(s story) Mark { return s.or(s.c.Category != "" && s.c.Nature != "") }},
	{Registration, "dispatched", casework.Forward, func(s story) Mark { return s.clock(casework.T1, casework.Redirect) }},
	{Acceptance, "signed", casework.SignFor, func(s story) Mark { return s.clock(casework.Sign) }},
	{Acceptance, "noticed", casework.Accept, func(s story) Mark { return s.clock(casework.T2) }},
	{Acceptance, "objection", casework.Object, story.objection},
	{Handling, "in_time", casework.Serve, func(s story) Mark { return s.clock(casework.T4, casework.T11, casework.Statute) }},
	{Handling, "extension", casework.RuleExtension, func(s story) Mark { return s.after(casework.RequestExtension, casework.RuleExtension) }},
	{Handling, "opinion", casework.Draft, story.opinion},
	{Review, "approved", casework.Approve, story.approved},
	{Review, "served", casework.Serve, func(s story) Mark { return s.done(casework.Serve, casework.Reply) }},
	{Review, "reported", casework.ConcludeCase, func(s story) Mark { return s.clock(casework.T9) }},
	{Pressing, "urges", casework.Urge, story.urges},
	{Pressing, "overdue", casework.Supervise, story.pressed},
	{Rating, "invited", casework.Rate, story.rated},
	{Rating, "dissatisfied", casework.Contest, story.followed},
}

// Checklist marks every point of the catalogue for a case.
func Checklist(c casework.Case, events []casework.Event) []Checked {
	out := make([]Checked, len(Points))
	for i, p := range Points {
		out[i] = Checked{p, p.check(story{c, events})}
	}
	return out
}

func (s story) find(verbs ...casework.Verb) (casework.Event, bool) {
	for _, e := range slices.Backward(s.events) {
		if slices.Contains(verbs, e.Verb) {
			return e, true
		}
	}
	return casework.Event{}, false
}

// or is met, or not yet, or did not arise before the case was closed.
func (s story) or(ok bool) Mark {
	switch {
	case ok:
		return Met
	case s.c.State.Open():
		return Pending
	}
	return Exempt
}

func (s story) done(verbs ...casework.Verb) Mark {
	_, ok := s.find(verbs...)
	return s.or(ok)
}

// clock: kept in time, missed, still running, or moot.
func (s story) clock(ks ...casework.Clock) Mark {
	mark := Mark("")
	for _, o := range s.c.Obligations {
		if !slices.Contains(ks, o.Clock) {
			continue
		}
		switch {
		case !o.LapsedAt.IsZero() || !o.ClosedAt.IsZero() && o.ClosedAt.After(o.DueAt):
			return Unmet
		case o.Open():
			mark = Pending
		case o.Kept && mark == "":
			mark = Met
		}
	}
	if mark == "" {
		return s.or(false)
	}
	return mark
}

// after: whoever asked was answered.
func (s story) after(asked, ruled casework.Verb) Mark {
	ask, ok := s.find(asked)
	if !ok {
		return Exempt
	}
	if rule, ok := s.find(ruled); ok && rule.Seq > ask.Seq {
		return Met
	}
	if s.c.State.Open() {
		return Pending
	}
	return Unmet
}

func (s story) objection() Mark {
	if e, ok := s.find(casework.Object); ok && (e.Data.Reason == "" || e.Data.Basis == "") {
		return Unmet
	}
	if s.after(casework.Object, casework.Rule) == Met {
		return s.clock(casework.Ruling)
	}
	return s.after(casework.Object, casework.Rule)
}

func (s story) opinion() Mark {
	e, ok := s.find(casework.Draft)
	if !ok {
		return s.or(false)
	}
	if e.Data.Facts == "" || e.Data.Basis == "" || e.Data.Remedy == "" {
		return Unmet
	}
	return Met
}

// approved: the one who approves is not the one who drafted.
func (s story) approved() Mark {
	yes, ok := s.find(casework.Approve)
	draft, drafted := s.find(casework.Draft)
	switch {
	case !ok:
		return s.or(false)
	case drafted && draft.ActorID == yes.ActorID:
		return Unmet
	}
	return Met
}

func (s story) urges() Mark {
	if s.c.Urges == 0 {
		return Exempt
	}
	if len(silent(s.events, s.c.LeadUnitID)) == 0 {
		return Met
	}
	if s.c.State.Open() {
		return Pending
	}
	return Unmet
}

func (s story) pressed() Mark {
	missed, ok := s.find(casework.Lapse)
	if !ok {
		return Exempt
	}
	if e, ok := s.find(casework.Supervise, casework.Instruct, casework.Urge); ok && e.Seq > missed.Seq {
		return Met
	}
	return Unmet
}

func (s story) rated() Mark {
	switch {
	case s.c.State.Open():
		return Pending
	case s.c.RatedResult != casework.Unrated:
		return Met
	case s.c.State == casework.Archived || s.c.State == casework.Withdrawn:
		return Exempt
	}
	return Pending
}

func (s story) followed() Mark {
	e, ok := s.find(casework.Rate)
	if !ok || e.Data.RatedResult > casework.Dissatisfied {
		return Exempt
	}
	for _, next := range s.events {
		if next.Seq > e.Seq && next.Verb != casework.Archive {
			return Met
		}
	}
	return Pending
}

// Hand is who first did one of the three first things with a case.
type Hand struct {
	Role   access.Role
	UnitID int64
	At     time.Time
}

// Hands are the first receiver, the first forwarder and the first handler
// (首接、首转、首办), each a unit.
func Hands(events []casework.Event) (received, forwarded, handled Hand) {
	first := func(h *Hand, e casework.Event) {
		if h.At.IsZero() {
			*h = Hand{e.ActorRole, e.ActorUnit, e.At}
		}
	}
	for _, e := range events {
		switch e.Verb {
		case casework.Register:
			first(&received, e)
		case casework.Forward, casework.Assign:
			first(&forwarded, e)
		case casework.SignFor, casework.Accept, casework.Reply:
			first(&handled, e)
		}
	}
	return received, forwarded, handled
}
