package notify

import (
	"context"
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
)

// point is an address, sealed, of a member of staff or of the petitioner of a
// case.
type point struct {
	ID        int64
	StaffID   int64
	CaseID    int64
	Way       sender.Way
	Mask      string
	sealed    []byte
	index     []byte
	CreatedAt time.Time
}

// purpose binds a sealed address to its owner.
func (p point) purpose() string {
	return "contact/" + short(p.StaffID) + "/" + short(p.CaseID) + "/" + string(p.Way)
}

// contacts are how one member of staff can and wants to be reached.
type contacts struct {
	Points []point
	Off    []sender.Way
	Quiet  Quiet
	Lang   string
}

func (k contacts) off(w sender.Way) bool { return w != sender.InApp && slices.Contains(k.Off, w) }

// of lists the addresses of a way; the telephone number serves calls too.
func (k contacts) of(w sender.Way, staffID int64) []point {
	if w == sender.InApp {
		return []point{{StaffID: staffID, Way: w}}
	}
	var out []point
	for _, p := range k.Points {
		if p.Way == w || w == sender.Phone && p.Way == sender.SMS {
			p.Way = w
			out = append(out, p)
		}
	}
	return out
}

func (l *look) contactsOf(ctx context.Context, q db.Queryer, staffID int64) (contacts, error) {
	if known, ok := l.contacts[staffID]; ok {
		return known, nil
	}
	k, err := l.store.contacts(ctx, q, staffID)
	l.contacts[staffID] = k
	return k, err
}

// seal makes a point of an address in normal form.
func (s *Service) seal(p point, address, mask string, now time.Time) point {
	p.ID, p.Mask, p.CreatedAt = s.IDs.Next(), mask, now
	p.sealed = s.Keys.Seal(p.purpose(), []byte(address))
	p.index = s.Keys.Index("contact", string(p.Way)+" "+address)
	return p
}

func (s *Service) unseal(p point) (string, error) {
	address, err := s.Keys.Unseal(p.purpose(), p.sealed)
	return string(address), err
}

// Reach is what somebody gives on the page of the own reminders. Empty
// addresses take the old ones away; keep leaves them.
type Reach struct {
	Mobile, Mail, OpenID string
	Off                  []sender.Way
	Quiet                Quiet
	Lang                 string
	Keep                 []sender.Way
}

var openIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{10,64}$`)

// Mine gives the actor's own addresses, masked, and preferences.
func (s *Service) Mine(ctx context.Context) (contacts, error) {
	return s.store.contacts(ctx, s.DB.Read(), access.From(ctx).ID)
}

// SetMine changes them.
func (s *Service) SetMine(ctx context.Context, r Reach) error {
	me := access.From(ctx)
	if !me.Signed() {
		return fault.New(fault.Unsigned, "notify.unsigned")
	}
	wrong := fault.New(fault.Invalid, "notify.form")
	fresh := map[sender.Way]point{}
	for way, text := range map[sender.Way]string{sender.SMS: r.Mobile, sender.Mail: r.Mail, sender.WeChat: r.OpenID} {
		if strings.TrimSpace(text) == "" {
			continue
		}
		address, mask, id := normalAddress(way, text)
		if id != "" {
			wrong.Field(string(way), id)
			continue
		}
		fresh[way] = s.seal(point{StaffID: me.ID, Way: way}, address, mask, s.Clock.Now())
	}
	if r.Quiet.From < 0 || r.Quiet.From >= dayEnd || r.Quiet.To < 0 || r.Quiet.To >= dayEnd {
		wrong.Field("quiet_from", "notify.time")
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	if r.Lang != i18n.EN {
		r.Lang = i18n.ZH
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, way := range []sender.Way{sender.SMS, sender.Mail, sender.WeChat} {
			p, given := fresh[way]
			if !given && slices.Contains(r.Keep, way) {
				continue
			}
			if err := s.store.dropPoints(ctx, tx, me.ID, 0, way); err != nil {
				return err
			}
			if given {
				if err := s.store.addPoint(ctx, tx, p); err != nil {
					return err
				}
			}
		}
		return s.store.setPreference(ctx, tx, me.ID, r)
	})
}

// normalAddress brings an address to its one form, with its mask; id says what
// is wrong with it.
func normalAddress(way sender.Way, text string) (address, mask, id string) {
	text = strings.TrimSpace(text)
	switch way {
	case sender.SMS:
		p, err := identity.ParsePhone(text)
		if err != nil || p.Kind != identity.Mobile {
			return "", "", "notify.mobile"
		}
		return p.Number, identity.MaskPhone(p.Number), ""
	case sender.Mail:
		a, err := mail.ParseAddress(text)
		if err != nil || len(a.Address) > 254 || a.Name != "" {
			return "", "", "notify.mail"
		}
		return a.Address, maskMail(a.Address), ""
	case sender.WeChat:
		if !openIDForm.MatchString(text) {
			return "", "", "notify.openid"
		}
		return text, text[:2] + "****" + text[len(text)-2:], ""
	}
	return "", "", "notify.way"
}

func maskMail(address string) string {
	local, host, _ := strings.Cut(address, "@")
	first, _ := utf8.DecodeRuneInString(local)
	return string(first) + "***@" + host
}

// subscription is what a browser gives when somebody allows messages.
type subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// mostBrowsers of one person get messages; the oldest makes room.
const mostBrowsers = 5

// AddBrowser keeps a browser's subscription: the actor's own, or, with a case,
// its petitioner's.
func (s *Service) AddBrowser(ctx context.Context, caseID int64, body []byte) error {
	var sub subscription
	wrong := fault.New(fault.Invalid, "notify.subscription")
	if err := json.Unmarshal(body, &sub); err != nil {
		return wrong.Because(err)
	}
	if !strings.HasPrefix(sub.Endpoint, "https://") || len(sub.Endpoint) > 1000 || len(sub.Keys.P256dh) > 200 || sub.Keys.P256dh == "" || len(sub.Keys.Auth) > 100 {
		return wrong
	}
	p := point{StaffID: access.From(ctx).ID, CaseID: caseID, Way: sender.Push}
	if caseID != 0 {
		p.StaffID = 0
	} else if p.StaffID == 0 {
		return fault.New(fault.Unsigned, "notify.unsigned")
	}
	address, err := json.Marshal(sub)
	if err != nil {
		return err
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(sub.Endpoint, "https://"), "/")
	p = s.seal(p, string(address), host, s.Clock.Now())
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.makeRoom(ctx, tx, p, mostBrowsers); err != nil {
			return err
		}
		return s.store.addPoint(ctx, tx, p)
	})
}

// ForgetBrowsers forgets the actor's browsers.
func (s *Service) ForgetBrowsers(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return s.store.dropPoints(ctx, tx, access.From(ctx).ID, 0, sender.Push)
	})
}
