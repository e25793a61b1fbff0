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
}

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
)

func number(name, def string) Field {
	return Field{Name: name, Input: Number, Required: true, Default: def}
}

// forms says what each verb asks for. Verbs without a row are one click.
var forms = map[casework.Verb][]Field{
	casework.Triage:           {category, nature, urgency, course, barred},
	casework.Forward:          {unit, category, nature, urgency, course, barred},
	casework.Assign:           {unit, number("report_days", "30"), category, nature, urgency, course, barred},
	casework.Rule:             {upheld, reason},
	casework.Accept:           {course},
	casework.Object:           {reason, basis},
	casework.Decline:          {reason, basis},
	casework.Divert:           {{Name: "route", Input: Line, Required: true}, reason},
	casework.RequestMaterial:  {text, number("days", "15")},
	casework.Record:           {text, {Name: "method", Input: Choice, Options: []string{"call", "visit", "meeting", "check", "other"}, Prefix: "method.", Default: "call"}, uploads},
	casework.RequestExtension: {number("days", "30"), reason},
	casework.RuleExtension:    {upheld, reason},
	casework.Draft:            {{Name: "facts", Input: Words, Required: true}, text, basis, {Name: "remedy", Input: Words, Required: true}},
	casework.ReturnDraft:      {reason},
	casework.Serve:            {methods},
	casework.Reply:            {text, outcome, evidence, uploads},
	casework.ConcludeCase:     {outcome, evidence, {Name: "text", Input: Words}, uploads},
	casework.Withdraw:         {reason},
	casework.Supplement:       {text, uploads},
	casework.Rate:             {{Name: "rated_unit", Input: Grade, Required: true}, {Name: "rated_result", Input: Grade, Required: true}, {Name: "text", Input: Words}},
	casework.Contest:          {reason},
	casework.Dismiss:          {reason},
}

// Form lists what a verb asks for; empty for a verb of one click.
func Form(v casework.Verb) []Field { return forms[v] }
