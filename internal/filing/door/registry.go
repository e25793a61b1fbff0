package door

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Merge (归并方式) says how a door of another line stands to the one number
// 12345.
type Merge string

// The ways of merging.
const (
	Merged    Merge = "merged"    // 整合: the line is switched off, its calls come to 12345
	Dual      Merge = "dual"      // 双号并行: both numbers stay, both end here
	Subcentre Merge = "subcentre" // 分中心: seats of its own, cases here
)

// Merges lists the ways in display order.
var Merges = []Merge{Merged, Dual, Subcentre}

// Entry is one door of the registry.
type Entry struct {
	Code     string
	Kind     string
	Channel  casework.Channel
	NameZH   string
	NameEN   string
	Values   map[string]string // of its kind's fields that are no secrets
	Hours    string            // "08:30-17:30"; "" is around the clock
	Workdays bool              // and on working days only
	Merge    Merge
	UnitID   int64 // whose staff look after its arrivals; 0: all who register
	Priority int   // least first
	Active   bool
	Version  int64

	OpenedAt, ChangedAt, ProbedAt, OKAt time.Time

	ChangedBy int64
	Error     string // of the last probe or run; "" when it works

	secrets    []byte
	leaseUntil time.Time
}

// Name gives the door's name in a language.
func (e Entry) Name(lang string) string {
	if lang == "en" && e.NameEN != "" {
		return e.NameEN
	}
	return e.NameZH
}

const secretPurpose = "door-secrets:"

// Setting gives what a door is opened with, secrets in clear. It is for the
// doors themselves; those that are called over HTTP find theirs with it.
func (s *Service) Setting(ctx context.Context, code string) (Setting, error) {
	e, err := s.Entry(ctx, code)
	if err != nil {
		return Setting{}, err
	}
	return s.setting(e)
}

func (s *Service) setting(e Entry) (Setting, error) {
	out := Setting{Code: e.Code, Channel: e.Channel, Values: map[string]string{}}
	for _, f := range s.kinds[e.Kind].Fields {
		out.Values[f.Name] = f.Default
	}
	maps.Copy(out.Values, e.Values)
	secrets, err := s.unsealed(e)
	maps.Copy(out.Values, secrets)
	return out, err
}

func (s *Service) unsealed(e Entry) (map[string]string, error) {
	out := map[string]string{}
	if len(e.secrets) == 0 {
		return out, nil
	}
	text, err := s.Keys.Unseal(secretPurpose+e.Code, e.secrets)
	if err != nil {
		return out, fmt.Errorf("door %s: %w", e.Code, err)
	}
	return out, json.Unmarshal(text, &out)
}

// Active lists the settings of the open doors of a kind.
func (s *Service) Active(ctx context.Context, kind string) ([]Setting, error) {
	all, err := s.Entries(ctx)
	var out []Setting
	for _, e := range all {
		if e.Active && e.Kind == kind {
			set, err := s.setting(e)
			if err != nil {
				return nil, err
			}
			out = append(out, set)
		}
	}
	return out, err
}

// administrators keep the registry.
var administrators = []access.Role{access.SystemAdmin}

var (
	codeForm  = regexp.MustCompile(`^[a-z][a-z0-9-]{1,38}[a-z0-9]$`)
	hoursForm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$`)
)

// Save adds a door (Version 0) or changes one. given are the values of all
// fields of its kind; a secret that is left empty stays as it was.
func (s *Service) Save(ctx context.Context, a access.Actor, e Entry, given map[string]string) error {
	if !a.Has(administrators...) && !a.Has(access.System) {
		return ErrDenied
	}
	old := Entry{}
	if e.Version > 0 {
		var err error
		if old, err = s.Entry(ctx, e.Code); err != nil {
			return err
		}
		e.Kind = old.Kind
	}
	secrets, err := s.unsealed(old)
	if err != nil {
		return err
	}
	if err := s.fill(&e, given, secrets); err != nil {
		return err
	}
	e.ChangedAt, e.ChangedBy = s.Clock.Now(), a.ID
	if err := s.write(ctx, e); err != nil {
		return err
	}
	s.Changed()
	return nil
}

// Changed makes the runner look at the registry now.
func (s *Service) Changed() {
	select {
	case s.wake <- struct{}{}:
	default: // it looks already
	}
}

func (s *Service) write(ctx context.Context, e Entry) error {
	var b db.Batch
	add, action := updateEntry, "door.edit"
	if e.Version == 0 {
		add, action = insertEntry, "door.add"
	}
	if err := add(&b, e); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := tx.Send(ctx, &b); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, action, e.Code, e.Kind)
	})
	if db.IsUnique(err) {
		return fault.New(fault.Invalid, "door.invalid").Field("code", "door.code_taken").Because(err)
	}
	return decided(err)
}

// fill checks an entry and sorts the values into settings and secrets.
func (s *Service) fill(e *Entry, given, secrets map[string]string) error {
	kind, ok := s.kinds[e.Kind]
	if !ok {
		return ErrKind
	}
	bad := fault.New(fault.Invalid, "door.invalid")
	checkEntry(bad, e)
	if _, ok := s.Units.Unit(e.UnitID); e.UnitID != 0 && !ok {
		bad.Field("unit", "door.unit_unknown")
	}
	e.Values = map[string]string{}
	for _, f := range kind.Fields {
		value := strings.TrimSpace(given[f.Name])
		switch {
		case f.Secret && value != "":
			secrets[f.Name] = value
		case !f.Secret:
			e.Values[f.Name] = value
		}
		if f.Need && value == "" && f.Default == "" && secrets[f.Name] == "" {
			bad.Field("set-"+f.Name, "door.value_missing")
		}
		if len(f.Choices) > 0 && value != "" && !slices.Contains(f.Choices, value) {
			bad.Field("set-"+f.Name, "door.value_unknown")
		}
	}
	text, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	if e.secrets = nil; len(secrets) > 0 {
		e.secrets = s.Keys.Seal(secretPurpose+e.Code, text)
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	return s.tryOpen(kind, *e)
}

func checkEntry(bad *fault.Error, e *Entry) {
	e.NameZH, e.NameEN, e.Hours = strings.TrimSpace(e.NameZH), strings.TrimSpace(e.NameEN), strings.TrimSpace(e.Hours)
	if !codeForm.MatchString(e.Code) {
		bad.Field("code", "door.code_form")
	}
	if e.NameZH == "" || len(e.NameZH) > 200 {
		bad.Field("name_zh", "door.name_missing")
	}
	if !slices.Contains(casework.Channels, e.Channel) || e.Channel == casework.Imported {
		bad.Field("channel", "door.channel_unknown")
	}
	if e.Merge == "" {
		e.Merge = Merged
	}
	if !slices.Contains(Merges, e.Merge) {
		bad.Field("merge", "door.merge_unknown")
	}
	if e.Hours != "" && !hoursForm.MatchString(e.Hours) {
		bad.Field("hours", "door.hours_form")
	}
}

// tryOpen asks the kind itself whether the settings make a door.
func (s *Service) tryOpen(kind Kind, e Entry) error {
	set, err := s.setting(e)
	if err != nil {
		return err
	}
	if _, err = kind.Open(set); err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	return fault.New(fault.Invalid, "door.invalid").Field("kind", "door.does_not_open", clip(err.Error())).Because(err)
}

// longestError is how much of a door's error the registry keeps.
const longestError = 300

func clip(text string) string {
	if r := []rune(text); len(r) > longestError {
		return string(r[:longestError]) + "…"
	}
	return text
}

// Try opens a door as it is saved and probes it.
func (s *Service) Try(ctx context.Context, code string) error {
	e, err := s.Entry(ctx, code)
	if err != nil {
		return err
	}
	kind, ok := s.kinds[e.Kind]
	if !ok {
		return ErrKind
	}
	set, err := s.setting(e)
	if err != nil {
		return err
	}
	d, err := kind.Open(set)
	if err != nil {
		return err
	}
	return Probe(ctx, d)
}
