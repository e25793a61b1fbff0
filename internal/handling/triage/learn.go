package triage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/learn"
)

const (
	mostExamples  = 12_000 // the newest cases; what was right years ago teaches little
	readAtOnce    = 500
	keywordWeight = 0.5 // of a keyword, against a case
	fewestOf      = 3   // cases that a label needs to be learned
	deadAfter     = 3 * time.Minute
	enough        = 20 // new choices from which on the night learns
	nightFrom     = 1  // o'clock in Beijing
	nightTo       = 5
	bearable      = 0.001 // of macro-F1: as good as equal
)

// Ask has the models learned anew as soon as the worker looks.
func (s *Service) Ask(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.ask(ctx, tx, access.From(ctx).Name, s.Clock.Now()); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, "triage.asked", "triage", "")
	})
}

// Tick learns when somebody asked, when there is nothing yet, or at night when
// people chose often enough since.
func (s *Service) Tick(ctx context.Context) error {
	run, err := s.store.run(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	due := !run.AskedAt.IsZero()
	if !due {
		if due, err = s.due(ctx, s.Clock.Now()); err != nil || !due {
			return err
		}
	}
	return s.Learn(ctx, run.AskedBy)
}

// due tells whether the night should learn.
func (s *Service) due(ctx context.Context, now time.Time) (bool, error) {
	last, ok, err := s.store.active(ctx, s.DB.Read(), OfCategory)
	if err != nil || !ok {
		return !ok, err
	}
	list, err := s.store.versions(ctx, OfCategory)
	if err != nil {
		return false, err
	}
	for _, v := range list {
		if v.TrainedAt.After(last.TrainedAt) {
			last = v // one that was not used counts too
		}
	}
	hour := now.In(calendar.China).Hour()
	if hour < nightFrom || hour >= nightTo {
		return false, nil
	}
	n, err := s.store.fresh(ctx, OfCategory, last.TrainedAt)
	return n >= enough, err
}

// Learn learns a model for every question. One process does at a time; while
// another one does, it does nothing.
func (s *Service) Learn(ctx context.Context, by string) error {
	return s.LearnNewest(ctx, by, mostExamples)
}

// LearnNewest is Learn from so many cases only.
func (s *Service) LearnNewest(ctx context.Context, by string, most int) error {
	mine, err := s.store.claim(ctx, s.Clock.Now())
	if err != nil || !mine {
		return err
	}
	err = s.learnAll(ctx, by, most)
	end := s.store.end(context.WithoutCancel(ctx), err != nil, s.Clock.Now())
	return errors.Join(err, end, s.Refresh(ctx))
}

func (s *Service) learnAll(ctx context.Context, by string, most int) error {
	decided, err := s.decided(ctx, most)
	if err != nil {
		return err
	}
	for i, q := range Questions {
		progress := func(done, all int) {
			_ = s.store.beat(ctx, q, i*all+done, len(Questions)*all, s.Clock.Now()) // a bar that stands still harms nobody
		}
		if err := s.learn(ctx, q, decided, by, progress); err != nil {
			return fmt.Errorf("learning %s: %w", q, err)
		}
	}
	return nil
}

// decided reads the newest cases that people dispatched.
func (s *Service) decided(ctx context.Context, most int) ([]Decision, error) {
	var out []Decision
	below := int64(0)
	for len(out) < most {
		page, err := s.History.Dispatched(ctx, below, min(readAtOnce, most-len(out)))
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		out, below = append(out, page...), page[len(page)-1].CaseID
		if err := s.store.beat(ctx, "", 0, 0, s.Clock.Now()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Begin learns from the keywords alone where nothing was learned yet: the
// first day of a site.
func (s *Service) Begin(ctx context.Context) error {
	for _, q := range Questions {
		if _, ok, err := s.store.active(ctx, s.DB.Read(), q); err != nil || ok {
			return err
		}
		if err := s.learn(ctx, q, nil, "", nil); err != nil {
			return err
		}
	}
	return s.Refresh(ctx)
}

func (s *Service) learn(ctx context.Context, q Question, decided []Decision, by string, progress func(int, int)) error {
	examples, prior := s.examples(q, decided), s.prior(q)
	for i := range prior {
		prior[i].Weight = keywordWeight
	}
	model, report, err := learn.Train(ctx, examples, learn.Options{Seed: 1, Prior: prior, Progress: progress})
	if errors.Is(err, learn.ErrTooFew) {
		return nil // the duty list, or nobody, speaks for this question
	}
	if err != nil {
		return err
	}
	var raw bytes.Buffer
	if err := model.Save(&raw); err != nil {
		return err
	}
	report.Confusion = nil // labels × labels: what is shown is the table of classes
	v := Version{ID: s.IDs.Next(), Question: q, TrainedAt: s.Clock.Now(), Examples: len(examples), By: by, Report: report}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		last, err := s.store.lastNumber(ctx, tx, q)
		if err != nil {
			return err
		}
		old, found, err := s.store.active(ctx, tx, q)
		if err != nil {
			return err
		}
		v.Number = last + 1
		v.Worse = found && worse(old, v)
		v.Active = !v.Worse
		return s.store.insert(ctx, tx, v, raw.Bytes())
	})
}

// examples are the cases that teach a question. A label with hardly any case
// is left to the keywords.
func (s *Service) examples(q Question, decided []Decision) []learn.Example {
	times := map[string]int{}
	for _, d := range decided {
		times[d.answer(q)]++
	}
	var out []learn.Example
	for _, d := range decided {
		label := d.answer(q)
		if label == "" || times[label] < fewestOf || !s.offers(q, label, s.wide(q, label, d.Areas)) {
			continue
		}
		title, body := s.read(q, d.Matter)
		out = append(out, learn.Example{Title: title, Text: body, Label: label})
	}
	return out
}

// wide widens the place of a case to the unit that handled it: whoever was
// chosen was near enough.
func (s *Service) wide(q Question, label string, areas [3]int64) [3]int64 {
	if q == OfUnit {
		id, _ := strconv.ParseInt(label, 10, 64)
		if u, ok := s.Names.Unit(id); ok {
			areas[2] = u.Area
		}
	}
	return areas
}

// worse compares two versions on the labels that both were checked on: a label
// that is new to the younger one must not count against it. Nothing that was
// checked gives way to what was not.
func worse(old, young Version) bool {
	if !old.Checked() || !young.Checked() {
		return old.Checked()
	}
	f1 := map[string]float64{}
	for _, c := range old.Report.Classes {
		if c.Support > 0 {
			f1[c.Name] = c.F1
		}
	}
	before, now, n := 0.0, 0.0, 0
	for _, c := range young.Report.Classes {
		if was, ok := f1[c.Name]; ok && c.Support > 0 {
			before, now, n = before+was, now+c.F1, n+1
		}
	}
	return n > 0 && (now-before)/float64(n) < -bearable
}

// Activate puts a version into use: rolling back, or forward again.
func (s *Service) Activate(ctx context.Context, id int64) (Version, error) {
	var v Version
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if v, err = s.store.version(ctx, tx, id); err != nil || v.Active {
			return err
		}
		if err := s.store.activate(ctx, tx, v); err != nil {
			return err
		}
		return s.Journal.Note(ctx, tx, "triage.activated", "triage/"+string(v.Question), fmt.Sprintf("v%d", v.Number))
	})
	if err != nil {
		return v, err
	}
	return v, s.Refresh(ctx)
}
