package reception

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Leaders lists those of the staff who lead.
type Leaders interface {
	Leaders(ctx context.Context) ([]access.Actor, error)
}

// IDs makes row ids, ordered by time.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB      *db.DB
	Units   Units
	Leaders Leaders
	IDs     IDs
	Clock   clock.Clock
}

// Service is the capability. Make it with New.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n} }

// Errors of this capability.
var (
	ErrNotFound = fault.New(fault.NotFound, "reception.not_found")
	ErrDenied   = fault.New(fault.Denied, "reception.not_yours")
	errStale    = fault.New(fault.Conflict, "reception.changed_meanwhile")
)

var (
	editors  = []access.Role{access.BureauHead, access.SystemAdmin}
	planners = []access.Role{access.BureauHead, access.BureauClerk, access.Leader}
)

// Items are what a bureau publishes, in the order of Art. 18. All of them are
// required.
var Items = []string{"online", "mail", "phone", "hours", "place", "query", "law", "course"}

// Info is what one bureau publishes: a text for each item.
type Info struct {
	Bureau    access.Unit
	Texts     map[string]string
	UpdatedAt time.Time
}

// Missing lists the items that are not there yet.
func (i Info) Missing() []string {
	return slices.DeleteFunc(slices.Clone(Items), func(item string) bool { return i.Texts[item] != "" })
}

// Complete tells whether everything that the article asks for is there.
func (i Info) Complete() bool { return len(i.Missing()) == 0 }

// bureaus are the petition bureaus of the tree, the upper ones first.
func (s *Service) bureaus() []access.Unit {
	var out []access.Unit
	for _, u := range s.Units.All() {
		if u.Active && u.Kind == access.Bureau {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, func(a, b access.Unit) int { return len(a.Areas) - len(b.Areas) })
	return out
}

// All gives what every bureau of the tree publishes, also those that have
// published nothing.
func (s *Service) All(ctx context.Context) ([]Info, error) {
	texts, err := s.store.infos(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	var out []Info
	for _, u := range s.bureaus() {
		i := texts[u.ID]
		i.Bureau = u
		out = append(out, i)
	}
	return out, nil
}

// Editable gives those that the actor may edit: a head the bureaus of the own
// jurisdiction, the system administrator all.
func (s *Service) Editable(ctx context.Context, a access.Actor) ([]Info, error) {
	if !a.Has(editors...) {
		return nil, ErrDenied
	}
	all, err := s.All(ctx)
	return slices.DeleteFunc(all, func(i Info) bool { return !edits(a, i.Bureau) }), err
}

func edits(a access.Actor, u access.Unit) bool {
	return a.Role == access.SystemAdmin || a.Role == access.BureauHead && slices.Contains(u.Areas, a.AreaID)
}

// Info gives what one bureau publishes to those who may edit it.
func (s *Service) Info(ctx context.Context, a access.Actor, bureauID int64) (Info, error) {
	all, err := s.Editable(ctx, a)
	for _, i := range all {
		if i.Bureau.ID == bureauID {
			return i, nil
		}
	}
	if err == nil {
		err = ErrNotFound
	}
	return Info{}, err
}

const longest = 2000

// Publish replaces what a bureau publishes. A text may stay empty; it is then
// named as missing.
func (s *Service) Publish(ctx context.Context, a access.Actor, bureauID int64, texts map[string]string, now time.Time) error {
	i, err := s.Info(ctx, a, bureauID)
	if err != nil {
		return err
	}
	i.Texts = map[string]string{}
	f := fault.New(fault.Invalid, "reception.incomplete")
	for _, item := range Items {
		i.Texts[item] = strings.TrimSpace(texts[item])
		if len([]rune(i.Texts[item])) > longest {
			f.Field(item, "reception.too_long", longest)
		}
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	var b db.Batch
	saveInfo(&b, i, a.ID, now)
	return s.DB.Send(ctx, &b)
}

func stale(err error) error {
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}
