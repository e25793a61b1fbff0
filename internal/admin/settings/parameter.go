package settings

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Kind is what a parameter's value is.
type Kind int

// The kinds.
const (
	Whole  Kind = iota // a whole number from Min to Max
	Switch             // "true" or "false"
)

// Group is where a parameter stands on its page. Those of SignIn and Practice
// hold at once; all others are rules, which come in versions.
type Group string

// The groups, in display order; their titles are the messages
// "settings.group.GROUP".
const (
	OfLaw    Group = "law"      // clocks of the Regulations
	OfReview Group = "review"   // review and recheck
	OfOrder  Group = "hotline"  // hotline orders
	OfDesk   Group = "desk"     // the platform's own clocks
	OfHard   Group = "hard"     // hard cases, and closings that did not satisfy
	OfPerson Group = "person"   // what petitioners can do, and when
	Practice Group = "practice" // how a desk likes to work
	SignIn   Group = "signin"   // of the security administrator
)

// Definition describes one parameter. Its words are the messages
// "param.NAME" and "param.NAME.help".
type Definition struct {
	Name    string
	Group   Group
	Kind    Kind
	Default string
	Min     int
	Max     int
	Unit    string      // message "settings.unit.UNIT"
	Owner   access.Role // who may set it
}

// Rule tells whether the parameter belongs to the versions: a running case
// keeps the value that it started under.
func (d Definition) Rule() bool { return d.Group != SignIn && d.Group != Practice }

// bounds are the usual value of a number, the least and the most.
type bounds struct{ usual, low, high int }

// rule defines a whole number that comes in versions.
func rule(g Group, name string, b bounds, unit string) Definition {
	return Definition{name, g, Whole, strconv.Itoa(b.usual), b.low, b.high, unit, access.SystemAdmin}
}

// signIn defines a whole number of the security administrator.
func signIn(name string, value, low, high int, unit string) Definition {
	return Definition{name, SignIn, Whole, strconv.Itoa(value), low, high, unit, access.SecAdmin}
}

// DossierRequired is the parameter that keeps a case from being concluded
// while its dossier lacks a document.
const DossierRequired = "dossier.required"

// TellOpened and TellOpenedConfidential tell petitioners when their identity
// was opened, by the lane of the case.
const (
	TellOpened             = "opened.told"
	TellOpenedConfidential = "opened.told_confidential"
)

// Definitions lists every parameter in display order. A duty of the
// Regulations can be made shorter here, never longer; a right that they give
// can be made longer, never shorter.
var Definitions = []Definition{
	rule(OfLaw, "clock.T1", bounds{15, 1, 15}, "days"),
	rule(OfLaw, "clock.T1A", bounds{4, 1, 5}, "days"),
	rule(OfLaw, "clock.T2", bounds{15, 1, 15}, "days"),
	rule(OfLaw, "clock.T4", bounds{60, 1, 60}, "days"),
	rule(OfLaw, "extension.max_days", bounds{30, 1, 30}, "days"),
	rule(OfLaw, "clock.T9", bounds{30, 1, 90}, "days"),
	rule(OfLaw, "report.max_days", bounds{90, 15, 180}, "days"),
	rule(OfLaw, "clock.T10", bounds{30, 1, 30}, "days"),
	rule(OfLaw, "clock.T11", bounds{10, 1, 10}, "workdays"),
	rule(OfLaw, "clock.statute", bounds{60, 1, 60}, "days"),
	rule(OfLaw, "clock.explain", bounds{15, 1, 15}, "days"),
	rule(OfLaw, "clock.mediation", bounds{30, 1, 30}, "days"),
	rule(OfLaw, "clock.supervision", bounds{15, 1, 30}, "days"),
	rule(OfLaw, "clock.instruction", bounds{15, 1, 30}, "days"),

	rule(OfReview, "clock.T5", bounds{30, 30, 60}, "days"),
	rule(OfReview, "clock.T6", bounds{30, 1, 30}, "days"),
	rule(OfReview, "clock.T7", bounds{30, 30, 60}, "days"),
	rule(OfReview, "clock.T8", bounds{30, 1, 30}, "days"),
	rule(OfReview, "clock.T12", bounds{3, 1, 5}, "workdays"),
	rule(OfReview, "clock.hearing", bounds{30, 7, 30}, "days"),
	rule(OfReview, "clock.help", bounds{90, 30, 180}, "days"),

	rule(OfOrder, "order_dispatch.red", bounds{1, 1, 4}, "hours"),
	rule(OfOrder, "order_dispatch.yellow", bounds{2, 1, 8}, "hours"),
	rule(OfOrder, "order_dispatch.blue", bounds{24, 1, 24}, "hours"),
	rule(OfOrder, "order_feedback.red", bounds{2, 1, 24}, "hours"),
	rule(OfOrder, "order_feedback.yellow", bounds{24, 2, 72}, "hours"),
	rule(OfOrder, "order_feedback.blue", bounds{5, 1, 10}, "workdays"),

	rule(OfDesk, "clock.sign", bounds{1, 1, 5}, "workdays"),
	rule(OfDesk, "clock.redirect", bounds{3, 1, 10}, "workdays"),
	rule(OfDesk, "clock.ruling", bounds{3, 1, 10}, "workdays"),
	rule(OfDesk, "clock.extend", bounds{3, 1, 10}, "workdays"),
	rule(OfDesk, "clock.conclude", bounds{5, 1, 15}, "workdays"),
	rule(OfDesk, "clock.read", bounds{1, 1, 5}, "workdays"),
	rule(OfDesk, "clock.callback", bounds{1, 1, 5}, "workdays"),
	rule(OfDesk, "soon.days", bounds{3, 1, 10}, "days"),
	rule(OfDesk, "recall.minutes", bounds{30, 0, 240}, "minutes"),

	rule(OfHard, "clock.assist", bounds{15, 1, 60}, "days"),
	rule(OfHard, "clock.room", bounds{30, 1, 60}, "days"),
	rule(OfHard, "clock.park_ruling", bounds{3, 1, 10}, "workdays"),
	rule(OfHard, "clock.park", bounds{90, 7, 180}, "days"),
	rule(OfHard, "clock.look_back", bounds{5, 1, 15}, "workdays"),
	rule(OfHard, "clock.consultation", bounds{10, 1, 20}, "workdays"),
	rule(OfHard, "clock.higher_check", bounds{15, 1, 30}, "workdays"),

	rule(OfPerson, "clock.material", bounds{15, 5, 60}, "days"),
	rule(OfPerson, "urge.cooldown_hours", bounds{24, 1, 168}, "hours"),
	rule(OfPerson, "rate.days", bounds{30, 7, 90}, "days"),
	rule(OfPerson, "contest.days", bounds{30, 15, 90}, "days"),

	{DossierRequired, Practice, Switch, "false", 0, 0, "", access.SystemAdmin},
	{TellOpened, Practice, Switch, "true", 0, 0, "", access.SystemAdmin},
	{TellOpenedConfidential, Practice, Switch, "false", 0, 0, "", access.SystemAdmin},
	{"queue.online_first", Practice, Switch, "false", 0, 0, "", access.SystemAdmin},

	{"second_factor.required", SignIn, Switch, "true", 0, 0, "", access.SecAdmin},
	signIn("password.days", 0, 0, 365, "days"),
	signIn("session.idle_minutes", 30, 5, 240, "minutes"),
	signIn("session.hours", 12, 1, 24, "hours"),
}

var definitions = func() map[string]Definition {
	m := map[string]Definition{}
	for _, d := range Definitions {
		m[d.Name] = d
	}
	return m
}()

// Check names what is wrong with a value, "" if nothing is.
func (d Definition) Check(value string) (id string, args []any) {
	switch d.Kind {
	case Switch:
		if value != "true" && value != "false" {
			return "settings.choose", nil
		}
	default:
		n, err := strconv.Atoi(value)
		if err != nil || n < d.Min || n > d.Max {
			return "settings.range", []any{d.Min, d.Max}
		}
	}
	return "", nil
}

// Parameter gives a parameter's value now, or its default. Asking for a name
// that is not defined is a mistake of the program and gives "".
func (s *Service) Parameter(name string) string {
	snap := s.current()
	if definitions[name].Rule() {
		return snap.inForce.Value(name)
	}
	return value(snap.values, name)
}

// Int gives a parameter that is a whole number.
func (s *Service) Int(name string) int {
	n, _ := strconv.Atoi(s.Parameter(name))
	return n
}

// Bool gives a parameter that is a switch.
func (s *Service) Bool(name string) bool { return s.Parameter(name) == "true" }

func value(set map[string]string, name string) string {
	if v, ok := set[name]; ok {
		return v
	}
	return definitions[name].Default
}

// SetParameters sets several parameters that hold at once, all or none. Rules
// are published instead.
func (s *Service) SetParameters(ctx context.Context, values map[string]string) error {
	if err := check(ctx, values, func(d Definition) bool { return !d.Rule() }); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(values))
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, name := range names {
			if s.Parameter(name) == values[name] {
				continue
			}
			if err := s.store.setValue(ctx, tx, name, values[name]); err != nil {
				return err
			}
			detail := s.Parameter(name) + " → " + values[name]
			if err := s.journal.Note(ctx, tx, "parameter.set", "parameter/"+name, detail); err != nil {
				return err
			}
		}
		return nil
	})
}

// check refuses values that are not the actor's to set, not of the kind asked
// for, or out of bounds. It trims them.
func check(ctx context.Context, values map[string]string, ofKind func(Definition) bool) error {
	wrong := fault.New(fault.Invalid, "settings.form")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		d, ok := definitions[name]
		if !ok || !ofKind(d) {
			return fault.New(fault.NotFound, "settings.parameter_unknown")
		}
		if err := only(ctx, d.Owner); err != nil {
			return err
		}
		values[name] = strings.TrimSpace(values[name])
		if id, args := d.Check(values[name]); id != "" {
			wrong.Field(name, id, args...)
		}
	}
	return wrong.OrNil()
}
