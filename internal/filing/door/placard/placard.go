package placard

import (
	"context"
	"crypto/rand"
	_ "embed"
	"net/url"
	"slices"
	"strconv"
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

// Kind is where a code hangs.
type Kind string

// Kinds lists them in display order.
var Kinds = []Kind{"station", "grid", "agent", "counter"} // 信访接待站点, 网格, 代办员, 窗口

// Code is one code.
type Code struct {
	ID      int64
	Token   string
	Kind    Kind
	Label   string
	UnitID  int64 // whose it is
	AreaID  int64 // place that is filled in
	StaffID int64 // the agent who carries it, or 0
	Place   string
	Active  bool
	Scans   int64
	MadeBy  int64
	MadeAt  time.Time
}

// Units is the unit tree.
type Units interface {
	Unit(id int64) (access.Unit, bool)
	All() []access.Unit
}

// Staff finds agents by their sign-in.
type Staff interface {
	ActorByLogin(ctx context.Context, login string) (access.Actor, bool, error)
	Actor(ctx context.Context, id int64) (access.Actor, bool, error)
}

// IDs makes row ids.
type IDs interface{ Next() int64 }

// Needs is what New wires together.
type Needs struct {
	DB    *db.DB
	Units Units
	Staff Staff
	IDs   IDs
	Clock clock.Clock
	Base  string // public address; "" takes the request's
}

// Service keeps the codes. Make it with New.
type Service struct{ Needs }

// New makes the service.
func New(n Needs) *Service { return &Service{n} }

// What can go wrong.
var (
	ErrNotFound = fault.New(fault.NotFound, "placard.not_found")
	ErrOff      = fault.New(fault.NotFound, "placard.off")
	ErrDenied   = fault.New(fault.Denied, "placard.denied")
)

// keepers make codes and print them.
var keepers = []access.Role{access.SystemAdmin, access.BureauHead}

// Form is what is asked for a new code.
type Form struct {
	Kind   Kind
	Label  string
	AreaID int64
	Place  string
	Login  string // of the agent
}

// The limits of a form, in characters.
const (
	mostLabel = 40
	mostPlace = 200
)

// sees: a bureau head keeps the codes of the own place, an administrator all.
func (s *Service) sees(a access.Actor, area int64) bool {
	if a.Has(access.SystemAdmin) {
		return true
	}
	u, ok := s.Units.Unit(area)
	return ok && a.Has(access.BureauHead) && slices.Contains(u.Areas, a.AreaID)
}

// Make adds a code.
func (s *Service) Make(ctx context.Context, a access.Actor, f Form) (Code, error) {
	if !a.Has(keepers...) {
		return Code{}, ErrDenied
	}
	bad := fault.New(fault.Invalid, "placard.invalid")
	c := Code{ID: s.IDs.Next(), Token: strings.ToLower(rand.Text()[:13]), Kind: f.Kind, Label: strings.TrimSpace(f.Label), AreaID: f.AreaID, Place: strings.TrimSpace(f.Place),
		Active: true, MadeBy: a.ID, MadeAt: s.Clock.Now()}
	if !slices.Contains(Kinds, f.Kind) {
		bad.Field("kind", "placard.kind")
	}
	if n := len([]rune(c.Label)); n == 0 || n > mostLabel {
		bad.Field("label", "placard.label", mostLabel)
	}
	if len([]rune(c.Place)) > mostPlace {
		bad.Field("place", "placard.place", mostPlace)
	}
	u, ok := s.Units.Unit(f.AreaID)
	if !ok || !u.Active || u.Area != u.ID || u.BureauID == 0 || !s.sees(a, f.AreaID) {
		bad.Field("area", "placard.area")
	}
	c.UnitID = u.BureauID
	if login := strings.TrimSpace(f.Login); login != "" || f.Kind == "agent" {
		who, active, err := s.Staff.ActorByLogin(ctx, login)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return Code{}, err
		}
		if err != nil || !active || !who.Has(access.Agent) {
			bad.Field("login", "placard.agent")
		}
		c.StaffID, c.UnitID = who.ID, who.UnitID
	}
	if err := bad.OrNil(); err != nil {
		return Code{}, err
	}
	var b db.Batch
	insertCode(&b, c)
	return c, s.DB.Send(ctx, &b)
}

// List gives the codes that the actor keeps, the youngest first.
func (s *Service) List(ctx context.Context, a access.Actor) ([]Code, error) {
	if !a.Has(keepers...) {
		return nil, ErrDenied
	}
	all, err := s.codes(ctx)
	return slices.DeleteFunc(all, func(c Code) bool { return !s.sees(a, c.AreaID) }), err
}

// Switch turns a code on or off. One that is off leads nowhere.
func (s *Service) Switch(ctx context.Context, a access.Actor, id int64, on bool) error {
	c, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	if !a.Has(keepers...) || !s.sees(a, c.AreaID) {
		return ErrNotFound
	}
	var b db.Batch
	setActive(&b, id, on)
	return s.DB.Send(ctx, &b)
}

// Scan counts a scan and gives the code.
func (s *Service) Scan(ctx context.Context, token string) (Code, error) {
	c, err := s.byToken(ctx, token)
	if err != nil {
		return c, err
	}
	if !c.Active {
		return c, ErrOff
	}
	var b db.Batch
	countScan(&b, c.ID)
	return c, s.DB.Send(ctx, &b)
}

// path is where a scan leads: the guided filing with place and route.
func (c Code) path() string {
	q := url.Values{"area": {strconv.FormatInt(c.AreaID, 10)}, "via": {c.Token}}
	if c.Place != "" {
		q.Set("place", c.Place)
	}
	return "/file?" + q.Encode()
}

// Came notes which code a filing came through, in the same unit of work. A
// token that is nobody's, or was switched off, changes nothing.
func (s *Service) Came(b *db.Batch, token string, caseID int64) { insertCase(b, token, caseID) }

// Of gives the code that a case came through; false when through none.
func (s *Service) Of(ctx context.Context, caseID int64) (Code, bool, error) {
	return s.ofCase(ctx, caseID)
}
