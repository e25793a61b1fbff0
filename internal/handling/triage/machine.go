package triage

import (
	"bytes"
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/learn"
)

// History reads what people decided. The confidential lane and whoever asked
// to stay unknown are left out by it.
type History interface {
	// Decided reads some cases.
	Decided(ctx context.Context, q db.Queryer, ids []int64) ([]Decision, error)
	// Dispatched lists dispatched cases below an id, newest first; 0 begins.
	Dispatched(ctx context.Context, below int64, limit int) ([]Decision, error)
}

// Journal writes down what administrators do.
type Journal interface {
	Note(ctx context.Context, q db.Queryer, action, object, detail string) error
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB       *db.DB
	History  History
	Taxonomy Taxonomy
	Duties   Duties
	Names    Names
	Journal  Journal
	IDs      IDs
	Clock    clock.Clock
	Log      *slog.Logger
}

// Service suggests and learns. Make it with New.
type Service struct {
	Needs
	store    store
	keywords *Keywords
	now      atomic.Pointer[machines]
}

// New makes the service; Refresh loads the models in use.
func New(n Needs) *Service {
	s := &Service{Needs: n, store: store{n.DB}, keywords: NewKeywords(n.Taxonomy, n.Duties)}
	s.now.Store(&machines{})
	return s
}

// Errors of this capability.
var (
	ErrNoModel = fault.New(fault.NotFound, "triage.no_model")
	ErrNoCase  = fault.New(fault.NotFound, "triage.no_case")
)

// machine is a model in use.
type machine struct {
	Version
	model         *learn.Model
	sure, likely  float64 // probabilities from which on that precision held
	isSure, known bool    // whether there are such
}

// machines are those in use; never changed.
type machines map[Question]*machine

// Precisions that words stand for.
const (
	sureAt   = 0.98
	likelyAt = 0.90
)

// Watch keeps the models those in use when another process changes them, until
// ctx is done.
func (s *Service) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "triage models not refreshed", "error", err)
		}
	}
}

// Refresh reads which models are in use and loads those that are new.
func (s *Service) Refresh(ctx context.Context) error {
	ids, err := s.store.activeIDs(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	old, next, same := *s.now.Load(), machines{}, true
	for q, id := range ids {
		if m := old[q]; m != nil && m.ID == id {
			next[q] = m
			continue
		}
		same = false
		if next[q], err = s.load(ctx, id); err != nil {
			return err
		}
	}
	if !same || len(next) != len(old) {
		s.now.Store(&next)
	}
	return nil
}

func (s *Service) load(ctx context.Context, id int64) (*machine, error) {
	v, err := s.store.version(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	raw, err := s.store.model(ctx, id)
	if err != nil {
		return nil, err
	}
	model, err := learn.Load(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	m := &machine{Version: v, model: model}
	m.sure, _, m.isSure = model.Threshold(sureAt)
	m.likely, _, m.known = model.Threshold(likelyAt)
	return m, nil
}

// level says in a word how far a probability can be trusted.
func (m *machine) level(p float64) Level {
	switch {
	case m.isSure && p >= m.sure:
		return Sure
	case m.known && p >= m.likely:
		return Likely
	}
	return Unsure
}

// Level is how far a suggestion can be trusted.
type Level string

// The levels: of answers that were as certain 98 or 90 in a hundred held; below
// that the machine does not say which.
const (
	Sure   Level = "sure"
	Likely Level = "likely"
	Unsure Level = "unsure"
)

// Source is where a suggestion comes from.
type Source string

// The sources.
const (
	ByModel    Source = "model"
	ByDuty     Source = "duty"
	ByKeywords Source = "keywords"
)

// Option is one answer that is offered.
type Option struct {
	Label string   // a category's code, a nature, an urgency, a unit's id
	P     float64  // of a model: its probability; of keywords: a share
	Words []string // that led there
	From  Source
	Basis string // of the duty list: the legal basis
}

// Guess is what is offered for one question, the likeliest first. Below its
// threshold the machine abstains and only lists.
type Guess struct {
	Question Question
	Level    Level
	Options  []Option
	ModelID  int64
	Version  int
}

const offered = 2

// Guesses answers every question that there is evidence for.
func (s *Service) Guesses(ctx context.Context, m Matter) ([]Guess, error) {
	var out []Guess
	for _, q := range Questions[:len(Questions)-1] {
		g, err := s.guess(ctx, q, m)
		if err != nil {
			return nil, err
		}
		if len(g.Options) > 0 {
			out = append(out, g)
		}
	}
	g, err := s.unit(ctx, m, out)
	if err == nil && len(g.Options) > 0 {
		out = append(out, g)
	}
	return out, err
}

// guess asks the model of a question, and counts keywords where there is none.
func (s *Service) guess(ctx context.Context, q Question, m Matter) (Guess, error) {
	g := Guess{Question: q, Level: Unsure}
	machine := (*s.now.Load())[q]
	if machine == nil {
		if q != OfCategory {
			return g, nil
		}
		list, err := s.keywords.Suggest(ctx, m, offered)
		for _, k := range list {
			g.Options = append(g.Options, Option{Label: k.Category, P: k.Confidence, Words: k.Found, From: ByKeywords})
		}
		return g, err
	}
	title, body := s.read(q, m)
	for _, r := range machine.model.Predict(title, body) {
		if len(g.Options) == offered {
			break
		}
		if s.offers(q, r.Label, m.Areas) {
			g.Options = append(g.Options, Option{Label: r.Label, P: r.P, Words: words(machine.model, title, body, r.Label), From: ByModel})
		}
	}
	g.ModelID, g.Version = machine.ID, machine.Number
	if len(g.Options) > 0 {
		g.Level = machine.level(g.Options[0].P)
	}
	return g, nil
}

// unit asks the duty list for the likeliest category first, then what was done
// with similar cases, then the duty list for the next category.
func (s *Service) unit(ctx context.Context, m Matter, others []Guess) (Guess, error) {
	past, err := s.guess(ctx, OfUnit, m)
	if err != nil || len(others) == 0 || others[0].Question != OfCategory {
		return past, err
	}
	category := others[0]
	g := Guess{Question: OfUnit, Level: past.Level, ModelID: past.ModelID, Version: past.Version}
	for i, c := range category.Options {
		if id, basis, ok := s.Duties.Responsible(c.Label, m.Areas); ok {
			g.add(Option{Label: decimal(id), P: c.P, From: ByDuty, Basis: basis, Words: c.Words})
			if i == 0 {
				g.Level = category.Level
			}
		}
		for _, o := range past.Options {
			g.add(o)
		}
	}
	return g, nil
}

// add offers one more answer, if there is room and it is new.
func (g *Guess) add(o Option) {
	if len(g.Options) < offered && !g.has(o.Label) {
		g.Options = append(g.Options, o)
	}
}

func (g Guess) has(label string) bool {
	for _, o := range g.Options {
		if o.Label == label {
			return true
		}
	}
	return false
}

const mostWords = 4

// words are those that led to a label, each once. What was redacted is none.
func words(m *learn.Model, title, body, label string) []string {
	var out []string
	for _, span := range m.Explain(title, body, label) {
		w := strings.TrimSpace(span.Word)
		if len(out) == mostWords {
			break
		}
		if w != "" && !strings.Contains(w, "*") && !contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func contains(list []string, w string) bool {
	for _, o := range list {
		if strings.Contains(o, w) {
			return true
		}
	}
	return false
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

// teaches tells whether a case may be suggested for: the confidential lane
// is none of the machine's business.
func teaches(lane access.Lane) bool { return lane == access.LaneOpen }
