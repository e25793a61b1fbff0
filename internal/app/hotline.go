package app

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/door/hotline"
	"xinqiao/internal/filing/door/sms"
	"xinqiao/internal/filing/door/voicemail"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/likeness"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/fetch"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/web"
)

// telephones are the doors that people reach by telephone.
type telephones struct {
	Hotline      *hotline.Service
	hotlinePages *hotline.Web
	Short        *sms.Service
}

// fetchPatience is how long a recording may take to arrive.
const fetchPatience = 2 * time.Minute

// wireTelephones makes the hotline, the mailbox and the door of short messages.
func (a *App) wireTelephones() error {
	files, err := blob.Open(filepath.Join(a.Config.Data, "calls"), a.Keys)
	if err != nil {
		return err
	}
	words, err := catalogue()
	if err != nil {
		return err
	}
	voice, err := voiceOf(a.Config.Phone)
	if err != nil {
		return err
	}
	a.Hotline = hotline.New(hotline.Needs{
		DB: a.DB, IDs: a.IDs, Clock: a.Clock, Log: a.Log, Keys: a.Keys, Files: recordings{files}, Fetcher: fetch.New(fetchPatience), Doors: a.Doors,
		Cases: called{a.Intake, a.Procedure}, History: callers{a.Person, a.Procedure}, Candidates: sameMatter{a.Likeness}, Transcriber: listener{a.Native},
	})
	a.Hotline.Schedule(a.Jobs)
	a.hotlinePages = hotline.NewWeb(a.Hotline, account.NewWeb(a.Account).Need)
	a.Worklist.FromCalls(a.Hotline)
	a.CasePage.Add(casepage.Panel{ID: "calls", TitleKey: "hotline.calls_of_case", Icon: "phone", Order: 120,
		Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
			return a.hotlinePages.Panel(ctx, v.Actor, v.Case.ID)
		}})
	a.Short = sms.New(sms.Needs{
		Doors: a.Doors, Sink: a.Doors, Cases: written{a.Tracking, a.Procedure}, Clock: a.Clock, Log: a.Log, Text: words.Text,
		Base: a.Config.BaseURL(), Ping: a.DB.Ping,
	})
	a.Doors.Register(hotline.Kind(a.Hotline), sms.Kind(a.Short), voicemail.Kind(voicemail.Needs{
		Dir: filepath.Join(a.Config.Data, "voicemail"), Keys: a.Keys, Voice: voice, Clock: a.Clock, Log: a.Log,
	}))
	return nil
}

// telephonePages are what operators and Kannel reach.
func (a *App) telephonePages() []web.Capability {
	return []web.Capability{a.hotlinePages, sms.NewWeb(a.Short)}
}

// largeBodies lets recordings through that are larger than other requests.
func largeBodies(rt *web.Router, api web.Handler) {
	rt.Handle("PUT /api/v1/calls/{call}/recording", api, web.MaxBody(hotline.LongestRecording), web.Timeout(fetchPatience))
}

// recordings are the sealed files of calls.
type recordings struct{ *blob.Store }

// Load implements hotline.Files.
func (r recordings) Load(_ context.Context, key string) ([]byte, error) {
	f, err := r.Open(key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

// called are cases as operators read them back.
type called struct {
	*intake.Service
	cases *procedure.Service
}

// CaseID implements hotline.Cases.
func (c called) CaseID(ctx context.Context, no string) (int64, error) {
	one, err := c.cases.Case(ctx, access.Actor{Role: access.System}, no)
	return one.ID, err
}

// Words implements hotline.Cases.
func (c called) Words(ctx context.Context, a access.Actor, no string) (hotline.Words, error) {
	one, err := c.cases.Case(ctx, a, no)
	if err != nil {
		return hotline.Words{}, err
	}
	m, err := c.Matter(ctx, one.ID)
	return hotline.Words{No: one.No, Title: one.Title, Text: m.Words, Wish: m.Wish, Place: m.Place}, err
}

// callers find what was filed under a number. An operator needs to know of a
// caller's open cases whoever registered them, so number, title and state are
// shown of all in the jurisdiction; what is confidential is not, and opening
// one takes the right to see it.
type callers struct {
	*person.Service
	cases *procedure.Service
}

// mostEarlier is how many cases of a caller are shown.
const mostEarlier = 8

// Earlier implements hotline.History.
func (c callers) Earlier(ctx context.Context, a access.Actor, phone string) ([]hotline.Earlier, error) {
	persons, err := c.ByPhoneIndex(ctx, phone)
	if err != nil || len(persons) == 0 {
		return nil, err
	}
	cases, err := c.cases.OfPersons(ctx, persons)
	if err != nil {
		return nil, err
	}
	var out []hotline.Earlier
	scope := access.Visible(a)
	for _, one := range cases {
		if one.Lane != access.LaneOpen || !inArea(one, a) || len(out) == mostEarlier {
			continue
		}
		out = append(out, hotline.Earlier{No: one.No, Title: one.Title, State: one.State, Day: one.RegisteredAt, Opens: scope.Sees(one.Facts())})
	}
	return out, nil
}

// inArea tells whether a case lies in the actor's jurisdiction.
func inArea(c casework.Case, a access.Actor) bool {
	return a.AreaDepth >= 1 && a.AreaDepth <= len(c.Areas) && c.Areas[a.AreaDepth-1] == a.AreaID
}

// written lets a telephone ask and urge with number and query code, as slowly
// as on the pages.
type written struct {
	*tracking.Service
	cases *procedure.Service
}

// Standing implements sms.Cases.
func (w written) Standing(ctx context.Context, p sms.Proof, now time.Time) (sms.Standing, error) {
	c, _, err := w.Enter(ctx, p.No, p.Code, p.Visitor, now)
	out := sms.Standing{State: c.State}
	for _, o := range c.Obligations {
		if o.UnitID != 0 && o.ClosedAt.IsZero() && (out.Due.IsZero() || o.DueAt.Before(out.Due)) {
			out.Due = o.DueAt
		}
	}
	return out, err
}

// Urge implements sms.Cases.
func (w written) Urge(ctx context.Context, p sms.Proof, key string, now time.Time) error {
	c, who, err := w.Enter(ctx, p.No, p.Code, p.Visitor, now)
	if err != nil {
		return err
	}
	_, err = w.cases.Do(ctx, casework.Action{No: c.No, Verb: casework.Urge, Actor: who, Key: key, Now: now})
	return err
}

// listener writes recordings down with the helper program, when it is there.
type listener struct{ *native.Engine }

// Ready implements hotline.Transcriber.
func (l listener) Ready(context.Context) error {
	if s := l.Status(); s.Speech != native.Ready && s.Speech != native.Broken {
		return errors.New(string(s.Speech))
	}
	return nil
}

// Transcribe implements hotline.Transcriber.
func (l listener) Transcribe(ctx context.Context, wav []byte) (string, error) {
	t, err := l.Engine.Transcribe(ctx, wav)
	for _, later := range []error{native.ErrNotReady, native.ErrBusy, native.ErrResting} {
		if errors.Is(err, later) {
			return "", hotline.ErrLater
		}
	}
	return t.Text, err
}

// sameMatter are open cases that may be what a caller rings about.
type sameMatter struct{ *likeness.Service }

// Candidates implements hotline.Candidates.
func (s sameMatter) Candidates(ctx context.Context, a access.Actor, phone, words string) ([]hotline.Candidate, error) {
	found, err := s.Service.Candidates(ctx, likeness.Ask{Actor: a, Phone: phone, Text: likeness.Text{Words: words}})
	var out []hotline.Candidate
	for _, c := range found {
		if !c.Case.State.Open() {
			continue
		}
		one := hotline.Candidate{Earlier: hotline.Earlier{No: c.Case.No, Title: c.Case.Title, State: c.Case.State, Day: c.Case.RegisteredAt, Opens: true}}
		for _, why := range c.Reasons {
			one.Why = append(one.Why, reason(ctx, why, c.Likeness))
		}
		out = append(out, one)
	}
	return out, err
}

func reason(ctx context.Context, why likeness.Reason, alike float64) string {
	if why == likeness.SameWords {
		return i18n.T(ctx, "likeness.reason.words", int(100*alike))
	}
	return i18n.T(ctx, "likeness.reason."+string(why))
}
