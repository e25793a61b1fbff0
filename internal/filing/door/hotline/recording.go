package hotline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

const (
	// LongestRecording is the largest recording taken: an hour at 8 kHz and 16 bit.
	LongestRecording = 60 << 20
	// mostTries is how often a recording is asked for; the waits double up to
	// a day, which makes nearly a week.
	mostTries = 14
	firstWait = 30 * time.Second
)

// audio recognises the sound files that call centres write.
func audio(b []byte) string {
	switch {
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WAVE":
		return "audio/wav"
	case len(b) > 3 && string(b[:3]) == "ID3", len(b) > 2 && b[0] == 0xff && b[1]&0xe0 == 0xe0:
		return "audio/mpeg"
	case bytes.HasPrefix(b, []byte("OggS")):
		return "audio/ogg"
	case len(b) > 12 && string(b[4:8]) == "ftyp":
		return "audio/mp4"
	case bytes.HasPrefix(b, []byte("#!AMR")):
		return "audio/amr"
	}
	return ""
}

// Push takes a recording that the call centre hands over itself. The same one
// again changes nothing; another one is refused.
func (s *Service) Push(ctx context.Context, door, external string, sound []byte) (Call, error) {
	var c Call
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var found bool
		var err error
		if c, found, err = s.store.byExternal(ctx, tx, door, external); err == nil && !found {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return c, err
	}
	return s.keepSound(ctx, c, sound)
}

// keepSound keeps a recording, which the store seals, and ties it to its call, once.
func (s *Service) keepSound(ctx context.Context, c Call, sound []byte) (Call, error) {
	raw := sha256.Sum256(sound)
	sum := hex.EncodeToString(raw[:])
	if c.Recording == "kept" {
		if c.RecordingSum == sum {
			return c, nil
		}
		return c, errSecond
	}
	kind := audio(sound)
	if kind == "" || c.RecordingSum != "" && c.RecordingSum != sum {
		return c, errBroken
	}
	ref, err := s.Files.Keep(ctx, bytes.NewReader(sound), LongestRecording)
	if err != nil {
		return c, err
	}
	c.Recording, c.RecordingSum, c.RecordingKey, c.RecordingTyp, c.RecordingSize = "kept", sum, ref.Key, kind, int64(len(sound))
	c.url, c.RecordingDue = nil, time.Time{}
	if s.Transcriber != nil && c.Transcript == "" && kind == "audio/wav" {
		c.Transcript = "wanted"
	}
	var b db.Batch
	keep(&b, c)
	return c, s.DB.Send(ctx, &b) // a file that lost the race is swept
}

// Sound gives a recording as it came, to who may hear it.
func (s *Service) Sound(ctx context.Context, a access.Actor, id int64) (Call, []byte, error) {
	if !a.Signed() {
		return Call{}, nil, ErrUnsigned
	}
	c, err := s.store.byID(ctx, s.DB.Read(), id)
	if err != nil {
		return c, nil, err
	}
	if !a.Has(takers...) && c.CaseID == 0 {
		return c, nil, ErrNotFound
	}
	if _, ok, err := s.Hears(ctx, a, c); err != nil || !ok {
		return c, nil, errOr(err, ErrNotFound)
	}
	b, err := s.sound(ctx, c)
	return c, b, err
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// sound reads a recording and holds it to its sum.
func (s *Service) sound(ctx context.Context, c Call) ([]byte, error) {
	if c.Recording != "kept" {
		return nil, errNone
	}
	b, err := s.Files.Load(ctx, c.RecordingKey)
	if err != nil {
		return nil, fault.New(fault.Internal, "hotline.lost").Because(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != c.RecordingSum {
		return nil, fault.New(fault.Internal, "hotline.lost")
	}
	return b, nil
}

// FetchRecordings gets what the call centre has ready.
func (s *Service) FetchRecordings(ctx context.Context) error {
	list, err := s.store.wanted(ctx, s.Clock.Now())
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := s.fetch(ctx, c, s.Clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) fetch(ctx context.Context, c Call, now time.Time) error {
	l, err := s.line(ctx, c.Door)
	if errors.Is(err, ErrClosed) {
		return nil // its recordings wait
	}
	if err != nil {
		return err
	}
	address, err := s.Keys.Unseal(purpose(c.ID, "url"), c.url)
	if err != nil {
		return err
	}
	sound, err := s.Fetcher.Fetch(ctx, l.origin, string(address), LongestRecording)
	if err == nil {
		if _, err = s.keepSound(ctx, c, sound); err == nil || db.IsUnavailable(err) {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.Log.Warn("a recording could not be fetched", "call", c.ID, "try", c.RecordingTries+1, "error", err)
	if c.RecordingTries++; c.RecordingTries >= mostTries {
		c.Recording = "lost"
	}
	c.RecordingDue = now.Add(min(firstWait<<c.RecordingTries, 24*time.Hour))
	var b db.Batch
	keep(&b, c)
	return s.DB.Send(ctx, &b)
}

const longestTranscript = 50_000

// Hear writes down what was said in the recordings that wait for it.
func (s *Service) Hear(ctx context.Context) error {
	if s.Transcriber == nil || s.Transcriber.Ready(ctx) != nil {
		return nil // they wait until there is a model
	}
	list, err := s.store.toHear(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		b, err := s.sound(ctx, c)
		text := ""
		if err == nil {
			text, err = s.Transcriber.Transcribe(ctx, b)
		}
		if ctx.Err() != nil || errors.Is(err, ErrLater) {
			return ctx.Err()
		}
		how := "machine"
		if err != nil {
			s.Log.Warn("a recording was not written down", "call", c.ID, "error", err)
			how = "failed"
		}
		if err := s.writeDown(ctx, c.ID, how, text); err != nil {
			return err
		}
	}
	return nil
}

// Write keeps the transcript that a person typed.
func (s *Service) Write(ctx context.Context, a access.Actor, id int64, text string) error {
	c, err := s.Call(ctx, a, id)
	if err != nil {
		return err
	}
	if _, ok, err := s.Hears(ctx, a, c); err != nil || !ok {
		return errOr(err, ErrNotFound)
	}
	text = strings.TrimSpace(text)
	f := fault.New(errEvent.Kind, "hotline.incomplete")
	if text == "" {
		f.Field("text", "hotline.required")
	} else if utf8.RuneCountInString(text) > longestTranscript {
		f.Field("text", "hotline.too_long", longestTranscript)
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	return s.writeDown(ctx, id, "person", text)
}

// writeDown keeps a transcript. A machine never overwrites a person.
func (s *Service) writeDown(ctx context.Context, id int64, how, text string) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		c, err := s.store.locked(ctx, tx, id)
		if err != nil || how != "person" && c.Transcript == "person" {
			return err
		}
		c.Transcript, c.TranscriptAt, c.text = how, s.Clock.Now(), nil
		if text != "" {
			c.text = s.Keys.Seal(purpose(id, "transcript"), []byte(text))
		}
		var b db.Batch
		write(&b, c)
		return tx.Send(ctx, &b)
	})
}

// transcript gives the text in clear.
func (s *Service) transcript(c Call) string { return s.clear(c, "transcript", c.text) }

// orphanLife is how long a file may lie without a call that refers to it.
const orphanLife = 24 * time.Hour

// Sweep deletes files that a lost race or a crash left behind.
func (s *Service) Sweep(ctx context.Context) error {
	_, err := s.Files.Sweep(ctx, s.Clock.Now().Add(-orphanLife), s.store.known)
	return err
}
