package settings

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
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

// Definition describes one parameter. Its words are the messages
// "param.NAME" and "param.NAME.help".
type Definition struct {
	Name    string
	Kind    Kind
	Default string
	Min     int
	Max     int
	Unit    string      // message "settings.unit.UNIT"
	Owner   access.Role // who may set it
}

func whole(name string, value, low, high int, unit string) Definition {
	return Definition{name, Whole, strconv.Itoa(value), low, high, unit, access.SystemAdmin}
}

// security makes a parameter the security administrator's.
func security(d Definition) Definition {
	d.Owner = access.SecAdmin
	return d
}

// Definitions lists every parameter in display order. The clocks of the
// Regulations can be made shorter here, never longer.
var Definitions = []Definition{
	whole("clock.T1", 15, 1, 15, "days"),
	whole("clock.T2", 15, 1, 15, "days"),
	whole("clock.T4", 60, 1, 60, "days"),
	whole("clock.T9", 30, 1, 90, "days"),
	whole("clock.T11", 10, 1, 10, "workdays"),
	whole("clock.sign", 1, 1, 5, "workdays"),
	whole("clock.redirect", 3, 1, 10, "workdays"),
	whole("clock.ruling", 3, 1, 10, "workdays"),
	whole("clock.extend", 3, 1, 10, "workdays"),
	whole("clock.material", 15, 5, 60, "days"),
	whole("clock.conclude", 5, 1, 15, "workdays"),
	whole("extension.max_days", 30, 1, 30, "days"),
	whole("report.max_days", 90, 15, 180, "days"),
	whole("soon.days", 3, 1, 10, "days"),
	whole("recall.minutes", 30, 0, 240, "minutes"),
	whole("urge.cooldown_hours", 24, 1, 168, "hours"),
	whole("rate.days", 30, 7, 90, "days"),
	whole("contest.days", 30, 15, 90, "days"),

	security(Definition{"second_factor.required", Switch, "true", 0, 0, "", ""}),
	security(whole("password.days", 0, 0, 365, "days")),
	security(whole("session.idle_minutes", 30, 5, 240, "minutes")),
	security(whole("session.hours", 12, 1, 24, "hours")),
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

// Parameter gives a parameter's value, or its default. Asking for a name that
// is not defined is a mistake of the program and gives "".
func (s *Service) Parameter(name string) string { return value(s.now.Load().values, name) }

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

// SetParameters sets several parameters, all or none.
func (s *Service) SetParameters(ctx context.Context, values map[string]string) error {
	wrong := fault.New(fault.Invalid, "settings.form")
	names := slices.Sorted(maps.Keys(values))
	for _, name := range names {
		d, ok := definitions[name]
		if !ok {
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
	if err := wrong.OrNil(); err != nil {
		return err
	}
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

// lawful turns the values into the numbers that decisions use. Their version
// names them, so that every explanation can say which it used.
func lawful(set map[string]string) casework.Params {
	p := casework.DefaultParams()
	number := func(name string) int {
		n, _ := strconv.Atoi(value(set, name))
		return n
	}
	for k, length := range p.Lengths {
		if _, ok := definitions["clock."+string(k)]; ok {
			length.Days = number("clock." + string(k))
			p.Lengths[k] = length
		}
	}
	p.RecallWithin = time.Duration(number("recall.minutes")) * time.Minute
	p.UrgeCooldown = time.Duration(number("urge.cooldown_hours")) * time.Hour
	p.RateDays, p.ContestDays = number("rate.days"), number("contest.days")
	p.MaxExtension, p.MaxReport = number("extension.max_days"), number("report.max_days")
	p.SoonDays = number("soon.days")
	if mark := fingerprint(set); mark != "" {
		p.Version += "+" + mark
	}
	return p
}

// fingerprint is "" while every length is the default.
func fingerprint(set map[string]string) string {
	h := fnv.New32a()
	changed := false
	for _, name := range slices.Sorted(maps.Keys(set)) {
		d := definitions[name]
		if d.Kind == Whole && d.Owner == access.SystemAdmin && set[name] != d.Default {
			fmt.Fprintf(h, "%s=%s;", name, set[name])
			changed = true
		}
	}
	if !changed {
		return ""
	}
	return fmt.Sprintf("%08x", h.Sum32())
}
