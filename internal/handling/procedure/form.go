package procedure

import "xinqiao/internal/core/casework"

// Input is how a field of a verb's form is asked for.
type Input string

// The inputs.
const (
	Line   Input = "line"   // one line of text
	Words  Input = "words"  // several lines
	Number Input = "number" // whole number
	Choice Input = "choice" // one of Options
	Unit   Input = "unit"   // a unit of the tree
	Matter Input = "matter" // a category of the taxonomy
	YesNo  Input = "yesno"  // uphold or refuse
	Attach Input = "files"  // files
	Grade  Input = "grade"  // four grades
	Demand Input = "demand" // one of the case's requests
	Chore  Input = "chore"  // one of its open tasks
)

// Field is one question of a verb's form. Name is the field of casework.Data
// in its JSON spelling; label and help are messages "field.<Name>" and
// "field.<Name>.help".
type Field struct {
	Name     string
	Input    Input
	Required bool
	Options  []string // of Choice: message ids without their prefix
	Prefix   string   // of the options' messages, "outcome."
	Default  string
	Only     func(casework.Case) bool // asked only where it holds; nil = always
}

// asks tells whether the field belongs into the form for this case.
func (f Field) asks(c casework.Case) bool { return f.Only == nil || c.ID == 0 || f.Only(c) }

func names[T ~string](ts []T) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = string(t)
	}
	return out
}

var (
	reason   = Field{Name: "reason", Input: Words, Required: true}
	basis    = Field{Name: "basis", Input: Words, Required: true}
	text     = Field{Name: "text", Input: Words, Required: true}
	uploads  = Field{Name: "files", Input: Attach}
	upheld   = Field{Name: "upheld", Input: YesNo, Required: true}
	unit     = Field{Name: "unit", Input: Unit, Required: true}
	barred   = Field{Name: "barred", Input: Unit}
	category = Field{Name: "category", Input: Matter, Required: true}
	nature   = Field{Name: "nature", Input: Choice, Required: true, Options: names(casework.Natures), Prefix: "nature.", Default: "R7"}
	urgency  = Field{Name: "urgency", Input: Choice, Required: true, Options: names(casework.Urgencies), Prefix: "urgency.", Default: "blue"}
	course   = Field{Name: "procedure", Input: Choice, Options: []string{"ordinary", "simple"}, Prefix: "procedure.", Default: "ordinary"}
	outcome  = Field{Name: "outcome", Input: Choice, Required: true, Options: names(casework.Conclusions), Prefix: "outcome."}
	evidence = Field{Name: "evidence", Input: Words}
	methods  = Field{Name: "method", Input: Choice, Required: true, Options: []string{"direct", "post", "electronic", "left", "announced"}, Prefix: "method.", Default: "direct"}
	results  = Field{Name: "result", Input: Choice, Required: true, Options: names(casework.Results), Prefix: "result."}
	facts    = Field{Name: "facts", Input: Words, Required: true}
	remedy   = Field{Name: "remedy", Input: Words, Required: true}
	demand   = Field{Name: "request", Input: Demand, Required: true}
	chore    = Field{Name: "task", Input: Chore, Required: true}
	duty     = Field{Name: "duty", Input: Line, Required: true}
	people   = Field{Name: "attendees", Input: Words, Required: true}
	meeting  = Field{Name: "method", Input: Choice, Required: true, Options: []string{"video", "phone", "onsite"}, Prefix: "method.", Default: "onsite"}
	repeat   = Field{Name: "repeat", Input: Choice, Options: []string{"no", "yes"}, Prefix: "repeat.", Default: "no", Only: petitionsOnly}
	amend    = Field{Name: "amend", Input: YesNo}
	plan     = Field{Name: "plan", Input: Words, Required: true}
)

func petitionsOnly(c casework.Case) bool { return c.Kind != casework.Order && !c.IsReview() }
func reviewsOnly(c casework.Case) bool   { return c.IsReview() }
func noReviews(c casework.Case) bool     { return !c.IsReview() }
func reworkOnly(c casework.Case) bool    { return c.Rework }
func notFinal(c casework.Case) bool      { return c.Stage != casework.Recheck }

// singles are cases whose opinion answers one request in one step.
func singles(c casework.Case) bool { return len(c.Lines()) == 1 && !c.IsReview() }

// only narrows a field to some cases.
func only(f Field, where func(casework.Case) bool) Field {
	f.Only = where
	return f
}

// optional makes a field one that may stay empty.
func optional(f Field) Field {
	f.Required = false
	return f
}

func number(name, def string) Field {
	return Field{Name: name, Input: Number, Required: true, Default: def}
}

// forms says what each verb asks for. Verbs without a row are one click.
var forms = map[casework.Verb][]Field{
	casework.Triage:           {category, nature, urgency, course, repeat, barred},
	casework.Forward:          {unit, only(category, noReviews), only(nature, noReviews), only(urgency, noReviews), only(course, noReviews), repeat, only(barred, noReviews)},
	casework.Assign:           {unit, number("report_days", "30"), only(category, noReviews), only(nature, noReviews), only(urgency, noReviews), only(course, noReviews), repeat, only(barred, noReviews)},
	casework.Rule:             {upheld, reason, optional(duty), amend},
	casework.Accept:           {course, only(plan, reworkOnly)},
	casework.Object:           {reason, basis, optional(duty), {Name: "suggest", Input: Unit}},
	casework.Decline:          {reason, basis, {Name: "again", Input: YesNo, Only: petitionsOnly}, again("new_facts"), again("new_reasons"), again("new_law"), {Name: "linked", Input: Line, Only: petitionsOnly}},
	casework.Divert:           {{Name: "route", Input: Line, Required: true}, reason},
	casework.RequestMaterial:  {text, number("days", "15")},
	casework.Record:           {text, {Name: "method", Input: Choice, Options: []string{"call", "visit", "meeting", "check", "other"}, Prefix: "method.", Default: "call"}, uploads},
	casework.RequestExtension: {number("days", "30"), reason},
	casework.RuleExtension:    {upheld, reason},
	casework.Draft: {facts, text, basis, only(results, singles), only(remedy, notFinal), only(optional(evidence), reworkOnly),
		{Name: "decision", Input: Choice, Required: true, Options: names(casework.Decisions), Prefix: "decision.", Only: reviewsOnly}},
	casework.ReturnDraft:  {reason},
	casework.Serve:        {methods},
	casework.Reply:        {text, outcome, evidence, uploads},
	casework.ConcludeCase: {only(outcome, noReviews), only(evidence, noReviews), {Name: "text", Input: Words}, uploads},
	casework.Withdraw:     {reason},
	casework.Supplement:   {text, uploads},
	casework.Rate:         {{Name: "rated_unit", Input: Grade, Required: true}, {Name: "rated_result", Input: Grade, Required: true}, {Name: "text", Input: Words}},
	casework.Contest:      {reason},
	casework.Dismiss:      {reason},

	casework.AddRequest:    {{Name: "title", Input: Line, Required: true}, nature},
	casework.AnswerRequest: {demand, results, facts, text, basis, remedy},
	casework.DivertRequest: {demand, {Name: "route", Input: Line, Required: true}, reason},
	casework.ExplainRoute:  {demand, text, methods},
	casework.ToOrdinary:    {reason},

	casework.AddTask:       {unit, text, number("days", "10")},
	casework.AnswerTask:    {chore, text, uploads},
	casework.ReturnTask:    {chore, reason},
	casework.RecallTask:    {chore, reason},
	casework.Consult:       {meeting, people, text, uploads},
	casework.NameInterim:   {unit, reason},
	casework.SettleDispute: {unit, duty, reason, amend},
	casework.Convene:       {reason, optional(number("days", "30"))},
	casework.Invite:        {unit},
	casework.CloseRoom:     {text, optional(unit)},
	casework.Reroute:       {unit, reason},
	casework.Recuse:        {reason},
	casework.AskRecusal:    {reason},
	casework.RuleRecusal:   {upheld, reason},

	casework.RequestReview: {reason, uploads},
	casework.OpenHearing:   {text, people, optional(number("days", "30"))},
	casework.CloseHearing:  {text, uploads},
	casework.Finalise:      {{Name: "ground", Input: Choice, Required: true, Options: names(casework.Grounds), Prefix: "ground."}, reason, evidence},
	casework.OpenHelp:      {text, number("days", "90")},
	casework.CloseHelp:     {text},

	casework.Redo:             {reason},
	casework.LookAgain:        {upheld, text},
	casework.HoldConsultation: {upheld, meeting, people, text},
	casework.CheckAbove:       {upheld, text},

	casework.AskPark:         {reason, plan, number("days", "180")},
	casework.RulePark:        {upheld, reason},
	casework.Resume:          {text},
	casework.End:             {reason, basis},
	casework.Convert:         {{Name: "kind", Input: Choice, Required: true, Options: names(casework.Kinds), Prefix: "kind."}, reason},
	casework.PromiseCallback: {text, number("days", "1")},
	casework.CallBack:        {text},
	casework.CoRate:          {{Name: "rated_unit", Input: Grade, Required: true}, {Name: "rated_result", Input: Grade, Required: true}, {Name: "text", Input: Words}},
	casework.NameSpeakers:    {number("count", "5")},

	casework.Relate: {{Name: "relation", Input: Choice, Required: true, Options: names(casework.RelationKinds), Prefix: "relation.", Default: "join"},
		{Name: "linked", Input: Line, Required: true}, {Name: "text", Input: Words}},
	casework.Unrelate: {reason},

	casework.ProposeMediation: {text, optional(number("days", "30"))},
	casework.ConsentMediation: {upheld},
	casework.RecordMediation:  {upheld, text, uploads},
	casework.Supervise:        {reason, text, number("days", "15")},
	casework.GiveFeedback:     {text, uploads},
	casework.Instruct:         {text, number("days", "15")},
	casework.AnswerInstruct:   {text, uploads},
	casework.DropDirective:    {reason},
	casework.ReportUrgent:     {text},
}

// again is one of the three questions before "not accepted again".
func again(name string) Field {
	return Field{Name: name, Input: Choice, Options: []string{"no", "yes"}, Prefix: "novelty.", Only: petitionsOnly}
}

// Form lists what a verb asks for; empty for a verb of one click.
func Form(v casework.Verb) []Field { return forms[v] }
