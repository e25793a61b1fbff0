package procedure

import (
	"slices"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
)

// maxWords bounds one text of a command, in characters.
const maxWords = 20_000

// keep returns only the data that the verb's form asks for, so that nothing
// else can ride along into an event, and refuses texts beyond reason.
func keep(v casework.Verb, d casework.Data) (casework.Data, error) {
	var out casework.Data
	f := fault.New(fault.Invalid, "procedure.incomplete")
	from, to := texts(&d), texts(&out)
	for _, field := range forms[v] {
		words, ok := from[field.Name]
		if !ok {
			copyField(&out, d, field.Name)
			continue
		}
		*to[field.Name] = *words
		switch {
		case !utf8.ValidString(*words) || strings.ContainsRune(*words, 0):
			f.Field(field.Name, "procedure.unreadable")
		case utf8.RuneCountInString(*words) > maxWords:
			f.Field(field.Name, "procedure.too_long", maxWords)
		}
	}
	for _, field := range forms[v] {
		if answer := chosenOf(&out, field.Name); field.Input == Choice && answer != "" && !slices.Contains(field.Options, answer) {
			f.Field(field.Name, "procedure.choose")
		}
	}
	if v == casework.Lapse {
		out.LapsedClock = d.LapsedClock
	}
	return out, f.OrNil()
}

// chosenOf gives the answer to a question with given options.
func chosenOf(d *casework.Data, name string) string {
	switch name {
	case "nature":
		return string(d.Nature)
	case "urgency":
		return string(d.Urgency)
	case "procedure":
		return string(d.Procedure)
	case "outcome":
		return string(d.Outcome)
	}
	return d.Method
}

// texts finds the text fields of the data by their names.
func texts(d *casework.Data) map[string]*string {
	return map[string]*string{
		"reason": &d.Reason, "basis": &d.Basis, "text": &d.Text, "facts": &d.Facts,
		"remedy": &d.Remedy, "route": &d.Route, "method": &d.Method, "evidence": &d.Evidence,
		"category": &d.Category,
	}
}

// copyField copies one field that is no text.
func copyField(to *casework.Data, from casework.Data, name string) {
	switch name {
	case "unit":
		to.UnitID = from.UnitID
	case "barred":
		to.BarredUnitID = from.BarredUnitID
	case "report_days":
		to.ReportDays = from.ReportDays
	case "days":
		to.Days = from.Days
	case "upheld":
		to.Upheld = from.Upheld
	case "nature":
		to.Nature = from.Nature
	case "urgency":
		to.Urgency = from.Urgency
	case "procedure":
		to.Procedure = from.Procedure
	case "outcome":
		to.Outcome = from.Outcome
	case "rated_unit":
		to.RatedUnit = from.RatedUnit
	case "rated_result":
		to.RatedResult = from.RatedResult
	case "files":
		to.Files = from.Files
	}
}
