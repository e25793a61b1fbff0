package app

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/filing/cosign"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/platform/db"
)

// wireCosign makes the co-signing of petitions. The petitioner's pages and the
// signers need each other: tracking proves who asks, cosign knows who signed.
func (a *App) wireCosign() {
	a.Cosign = cosign.New(cosign.Needs{
		DB: a.DB, Cases: a.Procedure, People: signers{a.Person}, Matters: wishes{a.Intake}, Codes: a.Intake.Codes(),
		Keys: a.Keys, Clock: a.Clock, Base: a.Config.PublicURL,
	})
	a.cosignWeb = cosign.NewWeb(a.Cosign, a.Tracking, account.NewWeb(a.Account).Need)
	a.Tracking.Signers, a.Tracking.Joint = a.Cosign, a.cosignWeb.Joint
	a.CasePage.Add(casepage.Panel{ID: "cosigners", TitleKey: "cosign.panel", Icon: "users", Order: 210, Render: func(ctx context.Context, v casepage.View) (templ.Component, error) {
		return a.cosignWeb.Panel(ctx, v.Actor, v.Case)
	}})
}

// signers takes co-signers to person, and masks back.
type signers struct{ *person.Service }

func toSigner(p cosign.Signer) person.Person {
	return person.Person{Kind: person.Individual, Name: p.Name, Phone: p.Phone, IDNo: p.IDNo, Address: p.Address}
}

// Check implements cosign.People.
func (s signers) Check(p cosign.Signer, now time.Time) error { return person.Check(toSigner(p), now) }

// Add implements cosign.People.
func (s signers) Add(b *db.Batch, p cosign.Signer, now time.Time) (int64, error) {
	return s.Record(b, toSigner(p), now)
}

// Masks implements cosign.People.
func (s signers) Masks(ctx context.Context, ids []int64) (map[int64]cosign.Mask, error) {
	list, err := s.Masked(ctx, ids)
	out := make(map[int64]cosign.Mask, len(list))
	for id, m := range list {
		out[id] = cosign.Mask{Name: m.Name, Phone: m.Phone}
	}
	return out, err
}

// wishes are what join pages show of a matter.
type wishes struct{ *intake.Service }

// Told implements cosign.Matters.
func (w wishes) Told(ctx context.Context, caseID int64) (cosign.Told, error) {
	m, err := w.Matter(ctx, caseID)
	return cosign.Told{Wish: m.Wish}, err
}

// recipients are the signers as notices go to them.
type recipients struct{ *cosign.Service }

// Signers implements notify.Signers.
func (r recipients) Signers(ctx context.Context, caseID, after int64, limit int) (persons []int64, next int64, err error) {
	list, err := r.Recipients(ctx, caseID, after, limit)
	for _, s := range list {
		persons = append(persons, s.PersonID)
	}
	if len(list) == limit {
		next = list[limit-1].Seq
	}
	return persons, next, err
}
