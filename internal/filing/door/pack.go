package door

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/fault"
)

// Tray is an arrival as it lies in the tray: what can be listed without
// opening the seal.
type Tray struct {
	ID        int64
	Door      string
	Mask      string // of the sender's address
	State     State
	Lane      access.Lane
	At        time.Time // received by the door
	CreatedAt time.Time
	CaseID    int64
	CaseNo    string
	StaffID   int64
	DecidedAt time.Time
	Reason    string // message id, or what staff wrote
	Attempts  int
	NextAt    time.Time

	key, thread, from, payload []byte
	blobs                      []string
}

// Stuck tells whether the program gave up hope, though not the arrival.
func (t Tray) Stuck() bool { return t.State == Received && t.Attempts >= stuckAfter }

// payload is what is sealed of an arrival.
type payload struct {
	Key, Thread, From string
	Raw               kept
	Files             []kept
	Draft             Draft
}

// kept is a part: small ones in the payload, others in the store.
type kept struct {
	Name, Type, SHA256 string
	Size               int
	Data               []byte `json:",omitempty"`
	Blob               string `json:",omitempty"`
}

// inline is the largest part that is kept in the row.
const inline = 32 << 10

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// purpose binds a payload to its row, so that it cannot be moved.
func purpose(id int64) string { return "arrival/" + formatID(id) + "/payload" }

// pack seals an arrival; its large parts are on disk afterwards.
func (s *Service) pack(ctx context.Context, a Arrival, index []byte) (Tray, error) {
	now := s.Clock.Now()
	t := Tray{
		ID: s.IDs.Next(), Door: a.Door, State: Held, Lane: confidential(a.Draft), At: a.At, CreatedAt: now,
		Reason: reasonUnconfirmed, NextAt: now.Add(grace), Mask: maskSender(a), key: index,
	}
	switch {
	case a.Aside != "":
		t.State, t.Reason, t.DecidedAt = Aside, "door.aside."+a.Aside, now
	case a.Ready:
		t.State, t.Reason = Received, ""
	}
	if t.At.IsZero() || t.At.After(now) {
		t.At = now
	}
	if a.Thread != "" {
		t.thread = s.Keys.Index("arrival-thread:"+a.Door, a.Thread)
	}
	if from := senderOf(a); from != "" {
		t.from = s.fromIndex(from)
	}
	p := payload{Key: a.Key, Thread: a.Thread, From: a.From, Draft: a.Draft, Files: make([]kept, len(a.Files))}
	var err error
	if p.Raw, err = s.keep(ctx, a.Raw); err != nil {
		return t, err
	}
	for i, f := range a.Files {
		if p.Files[i], err = s.keep(ctx, f); err != nil {
			return t, err
		}
	}
	for _, k := range append(p.Files[:len(p.Files):len(p.Files)], p.Raw) {
		if k.Blob != "" {
			t.blobs = append(t.blobs, k.Blob)
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return t, fmt.Errorf("door: pack: %w", err)
	}
	t.payload = s.Keys.Seal(purpose(t.ID), text)
	return t, nil
}

func (s *Service) keep(ctx context.Context, p Part) (kept, error) {
	sum := sha256.Sum256(p.Data)
	k := kept{Name: p.Name, Type: p.Type, Size: len(p.Data), SHA256: hex.EncodeToString(sum[:])}
	if len(p.Data) <= inline {
		k.Data = p.Data
		return k, nil
	}
	ref, err := s.Blobs.Keep(ctx, bytes.NewReader(p.Data), int64(len(p.Data))) // the store seals
	if err != nil {
		return k, fmt.Errorf("door: keep a file: %w", err)
	}
	k.Blob = ref.Key
	return k, nil
}

// unpack opens an arrival with all its parts.
func (s *Service) unpack(t Tray) (Arrival, error) {
	p, err := s.open(t)
	if err != nil {
		return Arrival{}, err
	}
	a := Arrival{
		Door: t.Door, Key: p.Key, At: t.At, Thread: p.Thread, From: p.From, Draft: p.Draft, Ready: t.State == Received,
		Files: make([]Part, len(p.Files)),
	}
	if a.Raw, err = s.part(p.Raw); err != nil {
		return a, err
	}
	for i, k := range p.Files {
		if a.Files[i], err = s.part(k); err != nil {
			return a, err
		}
	}
	return a, nil
}

// open reads the payload, without the parts that lie in the store.
func (s *Service) open(t Tray) (payload, error) {
	var p payload
	text, err := s.Keys.Unseal(purpose(t.ID), t.payload)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fault.New(fault.Internal, "door.sealed").Because(err)
	}
	return p, nil
}

func (s *Service) part(k kept) (Part, error) {
	p := Part{Name: k.Name, Type: k.Type, Data: k.Data}
	if k.Blob == "" {
		return p, nil
	}
	f, err := s.Blobs.Open(k.Blob)
	if err != nil {
		return p, fmt.Errorf("door: open a file: %w", err)
	}
	defer f.Close()
	if p.Data, err = io.ReadAll(f); err != nil {
		return p, fmt.Errorf("door: read a file: %w", err)
	}
	return p, nil
}

// upload hands the files of an arrival to the attachments of its case to be.
// The same file at another try is kept once.
func (s *Service) upload(ctx context.Context, t Tray, a Arrival, by int64) error {
	for _, p := range a.Files {
		if len(p.Data) == 0 {
			continue
		}
		if err := s.Files.Receive(ctx, s.token(t.ID), p.Name, bytes.NewReader(p.Data), by); err != nil {
			return err
		}
	}
	return nil
}

// senderOf is the address by which a sender is known again.
func senderOf(a Arrival) string {
	if a.From != "" {
		return a.From
	}
	return a.Draft.Person.Phone
}

func (s *Service) fromIndex(from string) []byte {
	if p, err := identity.ParsePhone(from); err == nil {
		from = p.Number
	}
	return s.Keys.Index("arrival-from", strings.ToLower(strings.TrimSpace(from)))
}

// maskSender shows enough to tell two senders apart and not enough to reach
// one: the ends of a number, the first letter and the place of an address.
func maskSender(a Arrival) string {
	from := []rune(strings.TrimSpace(senderOf(a)))
	if at := strings.LastIndex(string(from), "@"); at > 0 {
		return string(from[0]) + "***" + string(from)[at:]
	}
	if len(from) < 7 {
		return strings.Repeat("*", len(from))
	}
	return string(from[:3]) + "****" + string(from[len(from)-2:])
}

// SweepFiles deletes files of arrivals that no row names, as a crash may leave
// them.
func (s *Service) SweepFiles(ctx context.Context) error {
	n, err := s.Blobs.Sweep(ctx, s.Clock.Now().Add(-24*time.Hour), s.knownBlobs)
	if n > 0 {
		s.Log.InfoContext(ctx, "orphaned files of arrivals deleted", "count", n)
	}
	return err
}
