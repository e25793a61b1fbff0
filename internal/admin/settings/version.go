package settings

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Version is a published set of rules. It is never changed; what is wrong with
// it is put right by the next. At any moment the version holds whose date came
// last; of several with one date, the one published last.
type Version struct {
	Serial int64
	ID     string // kept by the cases that start under it
	From   time.Time
	MadeBy int64 // 0: the program
	MadeAt time.Time
	Note   string            // why
	Values map[string]string // what is absent has its default
}

// Value gives a rule's value under this version.
func (v Version) Value(name string) string { return value(v.Values, name) }

// Publication is a change of rules, with the date from which it holds.
type Publication struct {
	Values map[string]string // those that change; the others stay as they are now
	From   calendar.Date     // zero or today: at once
	Note   string
	Base   int64 // serial of the newest version that the author saw, 0 = any
}

// The bounds of a publication.
const (
	noteMin, noteMax = 4, 500
	farthest         = 366 // days ahead
)

// Versions lists all versions, the last published first.
func (s *Service) Versions() []Version { return s.current().versions }

// InForce is the version that holds now.
func (s *Service) InForce() Version { return s.current().inForce }

// VersionOf finds a version by its id.
func (s *Service) VersionOf(id string) (Version, bool) {
	for _, v := range s.Versions() {
		if v.ID == id {
			return v, true
		}
	}
	return Version{}, false
}

// Planned lists the versions that will hold later, the next first.
func (s *Service) Planned() []Version {
	snap, now := s.current(), s.Clock.Now()
	var out []Version
	for _, v := range order(snap.versions) {
		if v.From.After(now) {
			if n := len(out); n > 0 && out[n-1].From.Equal(v.From) {
				out = out[:n-1] // superseded before it held
			}
			out = append(out, v)
		}
	}
	return out
}

// order sorts versions by when they hold, the last word for each moment last.
func order(list []Version) []Version {
	return slices.SortedFunc(slices.Values(list), func(a, b Version) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Serial, b.Serial))
	})
}

// holding finds the version in force at a moment, and when the next one comes.
func holding(ordered []Version, now time.Time) (v Version, next time.Time) {
	for _, x := range ordered {
		if x.From.After(now) {
			return v, x.From
		}
		v = x
	}
	return v, time.Time{}
}

// Publish makes a new version of the rules. Cases that run keep theirs.
func (s *Service) Publish(ctx context.Context, p Publication) (Version, error) {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return Version{}, err
	}
	now := s.Clock.Now()
	v := Version{From: now, MadeBy: access.From(ctx).ID, MadeAt: now, Note: strings.TrimSpace(p.Note), Values: fill(s.InForce(), p.Values)}
	wrong := fault.New(fault.Invalid, "settings.form")
	if err := check(ctx, v.Values, Definition.Rule); err != nil {
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Invalid {
			return Version{}, err
		}
		wrong = f
	}
	if n := utf8.RuneCountInString(v.Note); n < noteMin || n > noteMax {
		wrong.Field("note", "settings.length", noteMin, noteMax)
	}
	switch today := calendar.On(now); {
	case p.From.IsZero() || p.From == today:
	case p.From.Before(today):
		wrong.Field("from", "settings.from_past")
	case p.From.Sub(today) > farthest:
		wrong.Field("from", "settings.from_far")
	default:
		v.From = p.From.Start()
	}
	if err := wrong.OrNil(); err != nil {
		return Version{}, err
	}
	return s.publish(ctx, v, p.Base)
}

// publish stores a version that was checked.
func (s *Service) publish(ctx context.Context, v Version, base int64) (Version, error) {
	v.From = v.From.Truncate(time.Microsecond) // as the store keeps it
	err := s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		all, err := s.store.versions(ctx, tx)
		if err != nil {
			return err
		}
		newest := all[0]
		if base != 0 && newest.Serial != base {
			return fault.New(fault.Conflict, "settings.published_meanwhile")
		}
		if before, _ := holding(order(all), v.From); len(Differences(before, v)) == 0 {
			return fault.New(fault.Invalid, "settings.form").Field("note", "settings.nothing_changed")
		}
		v.Serial, v.ID = newest.Serial+1, freeID(calendar.On(v.From), all)
		if err := s.store.addVersion(ctx, tx, v); err != nil {
			return err
		}
		return s.journal.Note(ctx, tx, "parameter.publish", "rules/"+v.ID, detail(newest, v))
	})
	if db.IsUnique(err) {
		err = fault.New(fault.Conflict, "settings.published_meanwhile")
	}
	return v, err
}

// Republish publishes the values of an old version again: the way to undo.
func (s *Service) Republish(ctx context.Context, id string, p Publication) (Version, error) {
	old, ok := s.VersionOf(id)
	if !ok {
		return Version{}, fault.New(fault.NotFound, "settings.version_unknown")
	}
	p.Values = fill(old, nil)
	return s.Publish(ctx, p)
}

// fill completes the values of a version with those that change, so that what
// is stored says everything, whatever defaults a later program has.
func fill(base Version, change map[string]string) map[string]string {
	all := map[string]string{}
	for _, d := range Definitions {
		if d.Rule() {
			all[d.Name] = base.Value(d.Name)
		}
	}
	maps.Copy(all, change)
	return all
}

// freeID names a version after the day from which it holds.
func freeID(day calendar.Date, taken []Version) string {
	id := day.String()
	for n := 2; slices.ContainsFunc(taken, func(v Version) bool { return v.ID == id }); n++ {
		id = day.String() + "." + strconv.Itoa(n)
	}
	return id
}

// Difference is a rule that two versions disagree on.
type Difference struct {
	Definition
	Before, After string
}

// Differences lists what changes from a to b in display order.
func Differences(a, b Version) []Difference {
	var out []Difference
	for _, d := range Definitions {
		if before, after := a.Value(d.Name), b.Value(d.Name); d.Rule() && before != after {
			out = append(out, Difference{d, before, after})
		}
	}
	return out
}

// detail is the line of the administrators' log.
func detail(before, v Version) string {
	var parts []string
	for _, d := range Differences(before, v) {
		parts = append(parts, d.Name+" "+d.Before+" → "+d.After)
	}
	return v.Note + "; from " + v.From.In(calendar.China).Format(time.DateTime) + "; " + strings.Join(parts, ", ")
}
