package cosign

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/fault"
)

// MaxLines are added at once.
const MaxLines = 500

// LineError says what is wrong with a line of a list, without repeating it.
type LineError struct {
	Line int // counted from 1
	ID   string
	Args []any
}

// Adding is a list of signers as staff type it from a letter.
type Adding struct {
	No    string
	Key   string
	Actor access.Actor
	Lines string // one person a line: name, phone, and if known the ID number
}

// line is one person of a list.
type line struct {
	n   int
	who Signer
}

// read takes a list apart. Commas, tabs and spaces part the fields of a line.
func read(text string) (out []line) {
	for i, each := range strings.Split(text, "\n") {
		parts := strings.FieldsFunc(each, func(r rune) bool { return strings.ContainsRune(" \t\r,，、;；　|", r) })
		if len(parts) == 0 {
			continue
		}
		l := line{n: i + 1, who: Signer{Name: parts[0]}}
		for _, p := range parts[1:] {
			switch {
			case l.who.Phone == "":
				l.who.Phone = p
			case l.who.IDNo == "":
				l.who.IDNo = p
			default:
				l.who.Address += p
			}
		}
		out = append(out, l)
	}
	return out
}

// Add signs for a whole list: all of it, or nothing when a line is wrong.
func (s *Service) Add(ctx context.Context, in Adding, now time.Time) ([]Receipt, []LineError, error) {
	c, err := s.Cases.Case(ctx, in.Actor, in.No)
	if err != nil {
		return nil, nil, err
	}
	if !in.Actor.Has(registrars...) {
		return nil, nil, ErrNoStaff
	}
	if !joinable(c) {
		return nil, nil, ErrNotYet
	}
	lines := read(in.Lines)
	bad := fault.New(fault.Invalid, "cosign.invalid")
	switch {
	case len(lines) == 0:
		return nil, nil, bad.Field("lines", "cosign.lines_missing")
	case len(lines) > MaxLines:
		return nil, nil, bad.Field("lines", "cosign.lines_many", MaxLines)
	}
	list := s.entries(in, c, lines, now)
	if done, err := s.added(ctx, c, list); done != nil || err != nil {
		return done, nil, err
	}
	wrong, err := s.wrong(ctx, c, lines, list, now)
	if err != nil || len(wrong) > 0 {
		return nil, wrong, err
	}
	err = s.sign(ctx, casework.Action{No: c.No, Verb: casework.Cosign, Actor: in.Actor, Now: now}, list)
	if err != nil {
		if done, look := s.added(ctx, c, list); done != nil || look != nil {
			return done, nil, look
		}
		if wrong, look := s.wrong(ctx, c, lines, list, now); look != nil || len(wrong) > 0 {
			return nil, wrong, look
		}
		return nil, nil, err
	}
	return s.receipts(c, list), nil, nil
}

func (s *Service) entries(in Adding, c casework.Case, lines []line, now time.Time) []entry {
	list := make([]entry, len(lines))
	for i, l := range lines {
		list[i] = s.entry(l.who, now)
		list[i].by = in.Actor.ID
		if in.Key != "" {
			list[i].key = "desk:" + strconv.FormatInt(in.Actor.ID, 36) + ":" + c.No + ":" + in.Key + ":" + strconv.Itoa(i)
		}
	}
	return list
}

// added gives the receipts of a list that its key has added before.
func (s *Service) added(ctx context.Context, c casework.Case, list []entry) ([]Receipt, error) {
	for i := range list {
		if list[i].key == "" {
			return nil, nil
		}
		seq, phone, ok, err := s.store.byKey(ctx, list[i].key)
		switch {
		case err != nil:
			return nil, err
		case !ok && i == 0:
			return nil, nil
		case !ok || string(phone) != string(list[i].phone):
			return nil, ErrReused
		}
		list[i].seq = seq
	}
	out := s.receipts(c, list)
	for i := range out {
		out[i].Again = true
	}
	return out, nil
}

func (s *Service) receipts(c casework.Case, list []entry) []Receipt {
	out := make([]Receipt, len(list))
	for i, e := range list {
		out[i] = s.receipt(c.No, e.seq)
		out[i].Name = identity.MaskName(e.who.Name)
	}
	return out
}

// wrong finds what has to be corrected, line by line.
func (s *Service) wrong(ctx context.Context, c casework.Case, lines []line, list []entry, now time.Time) ([]LineError, error) {
	var out []LineError
	seen := map[string]int{}
	for i, l := range lines {
		note := func(id string, args ...any) { out = append(out, LineError{l.n, id, args}) }
		if l.who.Phone == "" {
			note("cosign.phone_missing")
			continue
		}
		err := s.known(l.who, now)
		if e, ok := fault.As(err); ok && len(e.Fields) > 0 {
			note(e.Fields[0].ID, e.Fields[0].Args...)
			continue
		} else if err != nil {
			return nil, err
		}
		if first := max(seen["p"+string(list[i].phone)], idSeen(seen, list[i])); first > 0 {
			note("cosign.line_twice", first)
			continue
		}
		seen["p"+string(list[i].phone)] = l.n
		if list[i].id != nil {
			seen["i"+string(list[i].id)] = l.n
		}
		if err := s.fresh(ctx, c, list[i]); err != nil {
			e, ok := fault.As(err)
			if !ok || e.Kind != fault.Conflict {
				return nil, err
			}
			note(e.ID)
		}
	}
	return out, nil
}

func idSeen(seen map[string]int, e entry) int {
	if e.id == nil {
		return 0
	}
	return seen["i"+string(e.id)]
}
