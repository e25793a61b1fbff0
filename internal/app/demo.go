package app

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/app/demo"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
)

// ErrNotEmpty: the demo city is only made in a store without units.
var ErrNotEmpty = errors.New("this store has units already; the demo city needs an empty one (choose another --data or --database)")

// Demo fills an empty store with the invented city of 名川市.
func Demo(ctx context.Context, c Config, o DemoOptions) error {
	a, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	if len(a.Units.All()) > 0 {
		return ErrNotEmpty
	}
	return a.makeDemo(ctx, o)
}

// demoOnce makes the city if the store is empty and prints its sign-ins.
func (a *App) demoOnce(ctx context.Context, o DemoOptions) error {
	if len(a.Units.All()) == 0 {
		if err := a.makeDemo(ctx, o); err != nil {
			return err
		}
	}
	demo.PrintSignIns(a.Config.Out)
	return nil
}

// makeDemo replays the script through the same use cases that people use.
func (a *App) makeDemo(ctx context.Context, o DemoOptions) error {
	s, err := demo.Generate(demo.Params{Now: a.Clock.Now(), Seed: o.Seed, Cases: o.Cases, Rules: a.Settings.Rules()})
	if err != nil {
		return err
	}
	r := &replay{App: a, script: s, units: map[int64]int64{}, staff: map[int64]int64{}}
	p := newProgress(a.Config.Err, "demo city", len(s.Staff)+2*len(s.Cases))
	defer p.end()
	for _, step := range []func(context.Context, *progress) error{r.city, r.people, r.file, r.live} {
		if err := step(ctx, p); err != nil {
			return fmt.Errorf("making the demo city: %w", err)
		}
	}
	if err := a.Jobs.Drain(ctx); err != nil {
		return err
	}
	return nil
}

// replay gives the script's own ids real ones as it goes.
type replay struct {
	*App
	script *demo.Script
	units  map[int64]int64
	staff  map[int64]int64
	cases  []casework.Case // by place in the script
}

// as acts for an administrator, whose rights the command line has.
func as(ctx context.Context, role access.Role) context.Context {
	return access.With(ctx, access.Actor{Role: role, ID: 1})
}

func (r *replay) city(ctx context.Context, _ *progress) error {
	place := map[int64]int64{}
	forms := make([]unit.Form, len(r.script.Units))
	for i, u := range r.script.Units {
		place[u.ID] = int64(i + 1)
		forms[i] = unit.Form{ParentID: -place[u.ParentID], Code: u.Code, NameZH: u.NameZH, NameEN: u.NameEN, Kind: u.Kind, Sort: i}
	}
	ids, err := r.Units.Add(as(ctx, access.SystemAdmin), forms)
	if err != nil {
		return err
	}
	for i, u := range r.script.Units {
		r.units[u.ID] = ids[i]
	}
	duties := make([]casework.Duty, len(r.script.Duties))
	for i, d := range r.script.Duties {
		d.AreaID, d.UnitID = r.units[d.AreaID], r.units[d.UnitID]
		duties[i] = d
	}
	if err := r.Settings.AddDuties(as(ctx, access.SystemAdmin), duties, r.Clock.Now().AddDate(-2, 0, 0)); err != nil {
		return err
	}
	return r.Settings.SetParameters(as(ctx, access.SecAdmin), map[string]string{account.ParamSecondFactor: "false"})
}

func (r *replay) people(ctx context.Context, p *progress) error {
	users := make([]account.NewUser, len(r.script.Staff))
	for i, st := range r.script.Staff {
		users[i] = account.NewUser{
			Login: st.Login, Name: st.Name, UnitID: r.units[st.UnitID], Role: st.Role, Cleared: st.Cleared, Password: demo.Password,
		}
	}
	ids, _, err := r.Account.AddUsers(as(ctx, access.System), users, r.Clock.Now())
	for i, id := range ids {
		r.staff[r.script.Staff[i].ID] = id
	}
	p.add(len(users))
	return err
}

// actor is the script's actor with real ids.
func (r *replay) actor(a access.Actor, c casework.Case) access.Actor {
	switch {
	case a.Role == access.Petitioner:
		a.CaseID = c.ID
	case a.ID != 0:
		unit, _ := r.Units.Unit(r.units[a.UnitID])
		a.ID, a.UnitID = r.staff[a.ID], unit.ID
		a.AreaID, a.AreaDepth = unit.Area, len(unit.Areas)
	}
	return a
}

// file registers every case in the order of time.
func (r *replay) file(ctx context.Context, p *progress) error {
	r.cases = make([]casework.Case, len(r.script.Cases))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for i, c := range r.script.Cases {
		g.Go(func() error {
			receipt, err := r.Intake.File(ctx, r.filing(c), c.Steps[0].At)
			if err != nil {
				return fmt.Errorf("case %d: %w", c.ID, err)
			}
			r.cases[i] = receipt.Case
			p.add(1)
			return nil
		})
	}
	return g.Wait()
}

func (r *replay) filing(c demo.Case) intake.Filing {
	first := c.Steps[0]
	place, _ := r.Units.Unit(r.units[c.AreaUnitID])
	f := intake.Filing{
		Channel: c.Channel, Purpose: intake.Request, Title: c.Title, Words: c.Words, Wish: c.Wish,
		AreaID: place.Area, Place: c.Place, OccurredOn: c.OccurredOn, Persons: c.Persons,
		Anonymous: c.Anonymous, Secret: c.Secret, ReceivedAt: first.Data.ReceivedAt,
	}
	if utf8.RuneCountInString(f.Words) < 10 {
		f.Words += "。" + c.Title
	}
	if first.Actor.Role != access.Petitioner {
		f.Actor = r.actor(first.Actor, casework.Case{})
	}
	switch {
	case first.Data.Nature == casework.R0, c.Anonymous && first.Data.Nature != casework.R1:
		f.Purpose = intake.Suggestion
	case first.Data.Nature == casework.R1:
		f.Purpose, f.AccusedID = intake.Accusation, r.units[first.Data.BarredUnitID]
	}
	if !c.Anonymous {
		who := r.script.People[c.PersonID-1]
		f.Who = intake.Petitioner{Name: who.Name, OrgName: who.Org, Phone: who.Phone, IDNo: who.IDNo, Address: who.Address}
		if who.Org != "" {
			f.Who.IDNo = ""
		}
	}
	return f
}

// live plays the rest of every case's steps, many cases at a time.
func (r *replay) live(ctx context.Context, p *progress) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8 * runtime.NumCPU())
	for i, c := range r.script.Cases {
		g.Go(func() error {
			defer p.add(1)
			for _, step := range c.Steps[1:] {
				d := step.Data
				d.UnitID, d.BarredUnitID = r.units[d.UnitID], r.units[d.BarredUnitID]
				act := casework.Action{No: r.cases[i].No, Verb: step.Verb, Actor: r.actor(step.Actor, r.cases[i]), Data: d, Now: step.At}
				if _, err := r.Procedure.Do(ctx, act); err != nil {
					return fmt.Errorf("case %d, %s: %w", c.ID, step.Verb, err)
				}
			}
			return nil
		})
	}
	return g.Wait()
}
