package supervision

import (
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/fault"
)

// Kind is what a directive is.
type Kind string

// The kinds.
const (
	Supervise Kind = "supervise" // 督办 (Art. 38, 40)
	Measure   Kind = "measure"   // 分级措施 (Art. 39)
	LookBack  Kind = "look_back" // 责任回查、倒查
	Recommend Kind = "recommend" // 三项建议 (Art. 14, 40)
	Instruct  Kind = "instruct"  // 领导批示
)

// Kinds lists the kinds in display order.
var Kinds = []Kind{Supervise, Measure, LookBack, Recommend, Instruct}

// variants are the forms of each kind; a kind without any has none to choose.
var variants = map[Kind][]string{
	Supervise: {"phone", "online", "letter", "meeting", "on_site"},    // 电话、网上、发函、会议、实地
	Measure:   {"talk", "bulletin", "listed", "rectify"},              // 约谈、通报、挂牌督办、限期整改
	Recommend: {"improve_work", "improve_policy", "hold_responsible"}, // 改进工作、完善政策、追究责任
	LookBack:  {"handling", "delay", "repeat", "conduct"},             // 办理质量、拖延、反复、作风
	Instruct:  {"on_case", "on_matter"},                               // 对事项、对工作
}

// Variants lists the forms of a kind.
func Variants(k Kind) []string { return variants[k] }

// State is where a directive stands.
type State string

// The states.
const (
	Served    State = "served"    // 待反馈: the unit must answer
	Answered  State = "answered"  // 待审核: supervision must read the answer
	Returned  State = "returned"  // 退回重报: the unit must answer again
	Accepted  State = "accepted"  // 已认可: to be closed, or watched on
	Closed    State = "closed"    // 已办结
	Withdrawn State = "withdrawn" // 已撤销
)

// States lists the states in the order of a life.
var States = []State{Served, Answered, Returned, Accepted, Closed, Withdrawn}

// Open tells whether somebody still owes something.
func (s State) Open() bool { return s != Closed && s != Withdrawn && s != "" }

// Verb is what can be done with a directive.
type Verb string

// The verbs.
const (
	Open         Verb = "open"
	Answer       Verb = "answer"        // 反馈
	ReturnAnswer Verb = "return_answer" // 退回反馈
	Accept       Verb = "accept"        // 认可反馈
	Find         Verb = "find"          // 回查认定
	Prolong      Verb = "prolong"       // 延长期限
	Note         Verb = "note"          // 督查记录
	Close        Verb = "close"         // 办结
	Withdraw     Verb = "withdraw"      // 撤销
	Lapse        Verb = "lapse"         // 逾期: the program marks it
)

// Adoptions are how a unit answers a recommendation (Art. 40).
var Adoptions = []string{"adopted", "partly", "not_adopted"}

// Findings are how a look-back ends, and how other directives close.
var (
	Findings = []string{"confirmed", "partly_confirmed", "not_confirmed"}
	Results  = []string{"done", "partly_done", "not_done"}
)

// Directive is the row: what was asked of whom, and where it stands.
type Directive struct {
	ID          int64
	Kind        Kind
	Variant     string
	State       State
	Version     int64
	CaseID      int64 // 0: about a matter, not a case
	CaseNo      string
	OnClock     bool  // the case's own clock runs for it: the unit asked is the one that must act there
	ParentID    int64 // the directive from which this one follows
	CandidateID int64
	TeamID      int64
	Areas       [3]int64
	UnitID      int64 // who must answer
	FromUnitID  int64
	IssuedBy    int64 // staff
	LeaderID    int64 // of an instruction
	LeaderName  string
	Title       string
	Text        string
	Facts       string
	Basis       string
	Wanted      string // what the answer must contain
	Evidence    []conduct.Evidence
	Days        int
	Adoption    string
	Result      string
	OpenedAt    time.Time
	DueAt       time.Time // when who must act next is late
	LapsedAt    time.Time // when the sweep marked this moment missed
	Lapses      int       // how often a moment was missed by the unit
	LastAt      time.Time
	ClosedAt    time.Time
}

// Entry is one thing that happened to a directive.
type Entry struct {
	ID    int64
	Seq   int64
	Verb  Verb
	At    time.Time
	State State // reached
	Actor access.Actor
	Text  string
	Detail
	Tell      casework.Verb // what the case's timeline must hear, "" = nothing
	ToldAt    time.Time
	ToldFault string
}

// Detail is what only some verbs bring.
type Detail struct {
	Adoption string  `json:"adoption,omitempty"`
	Result   string  `json:"result,omitempty"`
	Days     int     `json:"days,omitempty"`
	Files    []int64 `json:"files,omitempty"`
}

// Lengths are the days that the states of a directive last.
type Lengths struct {
	Calendar calendar.Calendar
	Review   int          // working days to read an answer
	Default  map[Kind]int // calendar days to answer
	Most     int
}

// lengthsOf takes the days from the rules in force. A recommendation's are T10:
// 30 days where the rules do not set them.
func lengthsOf(r casework.Rules) Lengths {
	l := Lengths{Calendar: r.Calendar, Review: 5, Most: 180,
		Default: map[Kind]int{Supervise: 15, Measure: 30, LookBack: 10, Recommend: 30, Instruct: 15}}
	if t10, ok := r.Params.Lengths[casework.T10]; ok && t10.Days > 0 {
		l.Default[Recommend] = t10.Days
	}
	return l
}

func (l Lengths) answerDue(now time.Time, days int) time.Time {
	return l.Calendar.Due(now, days, calendar.CalendarDays).Due.UTC()
}

func (l Lengths) reviewDue(now time.Time) time.Time {
	return l.Calendar.Due(now, l.Review, calendar.WorkingDays).Due.UTC()
}

// side is who acts: the unit that was asked, or those who watch.
type side int

const (
	unitSide side = iota
	watchSide
	program
)

// step is one row of the table.
type step struct {
	verb  Verb
	from  []State
	to    State // "" = unchanged
	by    side
	kinds []Kind // nil = all
	needs []string
}

// steps is the whole life of a directive. Order is the order of the buttons.
var steps = []step{
	{verb: Answer, from: []State{Served, Returned}, to: Answered, by: unitSide, kinds: []Kind{Supervise, Measure, LookBack, Instruct}, needs: []string{"text"}},
	{verb: Answer, from: []State{Served, Returned}, to: Answered, by: unitSide, kinds: []Kind{Recommend}, needs: []string{"adoption", "text"}},
	{verb: Accept, from: []State{Answered}, to: Accepted, by: watchSide, kinds: []Kind{Supervise, Measure, Recommend, Instruct}},
	{verb: Find, from: []State{Answered, Served, Returned}, to: Accepted, by: watchSide, kinds: []Kind{LookBack}, needs: []string{"finding", "text"}},
	{verb: ReturnAnswer, from: []State{Answered}, to: Returned, by: watchSide, needs: []string{"text", "days"}},
	{verb: Close, from: []State{Accepted}, to: Closed, by: watchSide, kinds: []Kind{Supervise, Measure, Recommend, Instruct}, needs: []string{"result", "text"}},
	{verb: Close, from: []State{Accepted}, to: Closed, by: watchSide, kinds: []Kind{LookBack}, needs: []string{"text"}},
	{verb: Prolong, from: []State{Served, Returned}, by: watchSide, needs: []string{"days", "text"}},
	{verb: Note, from: []State{Served, Answered, Returned, Accepted}, by: watchSide, needs: []string{"text"}},
	{verb: Withdraw, from: []State{Served, Answered, Returned, Accepted}, to: Withdrawn, by: watchSide, needs: []string{"text"}},
	{verb: Lapse, from: []State{Served, Answered, Returned, Accepted}, by: program},
}

// Watchers are the roles that press; the others answer.
var Watchers = []access.Role{access.Supervisor, access.Inspector, access.Leader, access.BureauHead}

// answerers are the roles that answer for their unit.
var answerers = []access.Role{access.UnitHandler, access.UnitHead, access.BureauClerk, access.BureauHead}

func refuse(id string, args ...any) *fault.Error {
	return fault.New(fault.RuleBroken, "supervision."+id, args...)
}

// stepOf finds the row of a verb for a directive.
func stepOf(d Directive, v Verb) (step, bool) {
	for _, s := range steps {
		if s.verb == v && (s.kinds == nil || slices.Contains(s.kinds, d.Kind)) {
			return s, true
		}
	}
	return step{}, false
}

// holds tells whether the actor stands on a side of the directive. Nobody
// judges what the own unit was asked.
func (s side) holds(d Directive, a access.Actor) bool {
	switch s {
	case unitSide:
		return a.UnitID == d.UnitID && a.Has(answerers...)
	case watchSide:
		if a.UnitID == d.UnitID {
			return false
		}
		return a.Has(Watchers...) || d.Kind == Instruct && a.Role == access.BureauClerk && a.UnitID == d.FromUnitID
	}
	return a.Role == access.System
}

// allowed answers whether a verb may be used now; nil when it may.
func allowed(d Directive, a access.Actor, v Verb, now time.Time) error {
	s, ok := stepOf(d, v)
	switch {
	case !ok:
		return refuse("no_such_verb")
	case !s.by.holds(d, a) && a.UnitID == d.UnitID && s.by == watchSide && a.Has(Watchers...):
		return refuse("own_unit")
	case !s.by.holds(d, a):
		return fault.New(fault.Denied, "supervision.not_yours")
	case !slices.Contains(s.from, d.State):
		return refuse("wrong_state")
	case v == Find && d.State != Answered && now.Before(d.DueAt):
		return refuse("right_to_reply", d.DueAt) // the unit's time to reply has not passed
	}
	return nil
}

// Permitted lists the verbs that the actor may use now, the likeliest first.
func Permitted(d Directive, a access.Actor, now time.Time) []Verb {
	var out []Verb
	for _, s := range steps {
		if s.by != program && !slices.Contains(out, s.verb) && allowed(d, a, s.verb, now) == nil {
			out = append(out, s.verb)
		}
	}
	return out
}

// Act is a wish to use a verb on a directive.
type Act struct {
	Verb  Verb
	Actor access.Actor
	Text  string
	Detail
}

// decide answers what a verb makes of a directive. It changes nothing.
func decide(d Directive, act Act, now time.Time, l Lengths) (Directive, Entry, error) {
	if err := allowed(d, act.Actor, act.Verb, now); err != nil {
		return d, Entry{}, err
	}
	s, _ := stepOf(d, act.Verb)
	if err := complete(s, act, l); err != nil {
		return d, Entry{}, err
	}
	if s.to != "" {
		d.State, d.LapsedAt = s.to, time.Time{}
	}
	d.Version++
	d.LastAt = now
	d.settle(act, now, l)
	return d, Entry{Seq: d.Version, Verb: act.Verb, At: now, State: d.State, Actor: act.Actor, Text: act.Text,
		Detail: act.Detail, Tell: tells(d, act.Verb)}, nil
}

// settle sets what the verb changes beside the state.
func (d *Directive) settle(act Act, now time.Time, l Lengths) {
	switch act.Verb {
	case Answer:
		d.Adoption, d.DueAt = act.Adoption, l.reviewDue(now)
	case ReturnAnswer:
		d.DueAt = l.answerDue(now, act.Days)
	case Prolong:
		d.DueAt, d.LapsedAt = l.answerDue(d.DueAt.Add(-time.Second), act.Days), time.Time{} // the moment is the end of its day
		d.Days += act.Days
	case Accept, Find:
		d.DueAt = l.reviewDue(now)
		if act.Verb == Find {
			d.Result = act.Result
		}
	case Close, Withdraw:
		d.DueAt, d.ClosedAt = time.Time{}, now
		if act.Result != "" {
			d.Result = act.Result
		}
	case Lapse:
		d.LapsedAt = now
		if d.State == Served || d.State == Returned {
			d.Lapses++
		}
	}
}

// tells says which verb the case's own timeline hears.
func tells(d Directive, v Verb) casework.Verb {
	if d.CaseID == 0 {
		return ""
	}
	switch {
	case d.Kind != Supervise && d.Kind != Instruct:
		return ""
	case v == Open && !d.OnClock:
		return casework.Record // a note: whoever owns the case now owes no answer
	case !d.OnClock:
		return ""
	case v == Open:
		return map[Kind]casework.Verb{Supervise: casework.Supervise, Instruct: casework.Instruct}[d.Kind]
	case v == Answer:
		return map[Kind]casework.Verb{Supervise: casework.GiveFeedback, Instruct: casework.AnswerInstruct}[d.Kind]
	case v == Withdraw:
		return casework.DropDirective
	case v == Prolong: // dropped, and given anew
		return map[Kind]casework.Verb{Supervise: casework.Supervise, Instruct: casework.Instruct}[d.Kind]
	}
	return ""
}

const longest = 5000

// complete names the fields that a verb lacks.
func complete(s step, act Act, l Lengths) error {
	f := fault.New(fault.Invalid, "supervision.incomplete")
	for _, need := range s.needs {
		switch need {
		case "text":
			words(f, "text", act.Text, true)
		case "days":
			if act.Days < 1 || act.Days > l.Most {
				f.Field("days", "supervision.days", l.Most)
			}
		case "adoption":
			choose(f, "adoption", act.Adoption, Adoptions)
		case "finding":
			choose(f, "result", act.Result, Findings)
		case "result":
			choose(f, "result", act.Result, Results)
		}
	}
	return f.OrNil()
}

func words(f *fault.Error, name, text string, must bool) {
	n := len([]rune(text))
	if must && n == 0 {
		f.Field(name, "supervision.required")
	} else if n > longest {
		f.Field(name, "supervision.too_long", longest)
	}
}

func choose(f *fault.Error, name, value string, from []string) {
	if !slices.Contains(from, value) {
		f.Field(name, "supervision.choose")
	}
}
