// Package topic (热点) groups what people wrote in the last thirty days, so that
// somebody may act before more complain: topics with words, place, people,
// span, heat and growth. Groups come from platform/learn/cluster; nobody's list
// of persons, no score of a person.
//
// Each figure is counted from the cases that the reader may see; a topic of
// fewer than three people is none. Words are shared by at least two people. The
// confidential lane, and who asked to stay unknown, are in no topic.
//
// Owned tables: topic, topic_case, topic_build. It reads case_file, since who
// may see a case depends on where it stands now.
package topic

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/learn/cluster"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Told is what one case says, as far as it is grouped.
type Told struct {
	CaseID int64
	Who    int64 // the same for the same person; 0 for everybody unknown
	At     time.Time
	Title  string
	Words  string
}

// Cases reads what was told, newest first, in the open lane only.
type Cases interface {
	Told(ctx context.Context, below int64, limit int) ([]Told, error)
}

// Units names units.
type Units interface {
	Unit(id int64) (access.Unit, bool)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB    *db.DB
	Cases Cases
	Units Units
	IDs   IDs
	Clock clock.Clock
}

// Service groups and shows. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{n, store{n.DB}} }

// Errors of this capability.
var (
	ErrNotFound = fault.New(fault.NotFound, "topic.not_found")
	ErrWider    = fault.New(fault.Denied, "topic.wider")
)

// Days is how far a topic reaches back.
const Days = 30

const (
	halfLife    = 7 * 24 * time.Hour
	fewestWho   = 3 // people, below which nothing is a topic
	mostTopics  = 200
	longestName = 60
)

// Topic is one as a reader sees it.
type Topic struct {
	ID          int64
	Name        string // as somebody called it
	NamedBy     string
	Words       []string
	PlaceID     int64 // the government of most of its cases
	DismissedAt time.Time
	DismissedBy string
	cluster.Heat
}

// Title is its name, or its words.
func (t Topic) Title() string {
	if t.Name != "" {
		return t.Name
	}
	return strings.Join(t.Words, " · ")
}

// List gives the topics that an actor may see, the hottest first; or those
// that were dismissed.
func (s *Service) List(ctx context.Context, a access.Actor, dismissed bool) ([]Topic, error) {
	scope := access.Visible(a)
	if scope.Nothing {
		return nil, nil
	}
	topics, err := s.store.topics(ctx)
	if err != nil {
		return nil, err
	}
	members, err := s.store.members(ctx, scope, 0)
	if err != nil {
		return nil, err
	}
	of := map[int64][]member{}
	for _, m := range members {
		of[m.topicID] = append(of[m.topicID], m)
	}
	var out []Topic
	for _, t := range topics {
		t.measure(of[t.ID], s.Clock.Now())
		if t.People >= fewestWho && t.DismissedAt.IsZero() != dismissed {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b Topic) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(b.People, a.People), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// measure counts a topic from the cases that the reader may see.
func (t *Topic) measure(list []member, now time.Time) {
	events, places := make([]cluster.Event, len(list)), map[int64]int{}
	for i, m := range list {
		events[i] = cluster.Event{At: m.at, Who: decimal(m.who)}
		places[m.place]++
	}
	t.Heat = cluster.Of(events, now, halfLife)
	for id, n := range places {
		if n > places[t.PlaceID] || n == places[t.PlaceID] && id < t.PlaceID {
			t.PlaceID = id
		}
	}
}

// Case is a case of a topic.
type Case struct {
	No, Title, State string
	RegisteredAt     time.Time
}

// Topic opens one with the cases that the actor may see, newest first.
func (s *Service) Topic(ctx context.Context, a access.Actor, id int64) (Topic, []Case, error) {
	scope := access.Visible(a)
	t, err := s.store.topic(ctx, s.DB.Read(), id)
	if err != nil {
		return t, nil, err
	}
	if scope.Nothing {
		return t, nil, ErrNotFound
	}
	list, err := s.store.members(ctx, scope, id)
	if err != nil {
		return t, nil, err
	}
	t.measure(list, s.Clock.Now())
	if t.People < fewestWho {
		return Topic{}, nil, ErrNotFound
	}
	cases, err := s.store.cases(ctx, scope, id)
	return t, cases, err
}

// Rename gives a topic a name; "" takes it away again.
func (s *Service) Rename(ctx context.Context, a access.Actor, id int64, name string) error {
	if err := s.own(ctx, a, id); err != nil {
		return err
	}
	if name = strings.TrimSpace(name); len([]rune(name)) > longestName {
		return fault.New(fault.Invalid, "topic.form").Field("name", "topic.long", longestName)
	}
	return s.store.rename(ctx, id, name, a.Name)
}

// Dismiss takes a topic out of the list, or back.
func (s *Service) Dismiss(ctx context.Context, a access.Actor, id int64, away bool) error {
	if err := s.own(ctx, a, id); err != nil {
		return err
	}
	at, by := time.Time{}, ""
	if away {
		at, by = s.Clock.Now(), a.Name
	}
	return s.store.dismiss(ctx, id, at, by)
}

// own refuses to change a topic of which the actor sees a part only.
func (s *Service) own(ctx context.Context, a access.Actor, id int64) error {
	t, _, err := s.Topic(ctx, a, id)
	if err != nil {
		return err
	}
	all, err := s.store.members(ctx, access.Visible(access.Actor{Role: access.System}), id)
	if err == nil && len(all) > t.Texts {
		err = ErrWider
	}
	return err
}
