package app

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/app/demo"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/cosign"
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
	p := newProgress(a.Config.Err, "demo city", len(s.Staff)+2*len(s.Cases)+lettered)
	defer p.end()
	if err := a.Triage.Begin(ctx); err != nil { // choices are compared with what the keywords say
		return err
	}
	for _, step := range []func(context.Context, *progress) error{r.city, r.people, r.reachable, r.file, r.live, r.papers} {
		if err := step(ctx, p); err != nil {
			return fmt.Errorf("making the demo city: %w", err)
		}
	}
	if err := a.Jobs.Drain(ctx); err != nil {
		return err
	}
	for _, work := range []func(context.Context) error{a.demoOversight, a.demoMeetings, r.demoTelephones, a.demoWaysIn, a.demoNetwork, r.demoMatters, a.demoLearning} {
		if err := work(ctx); err != nil {
			return fmt.Errorf("making the demo city: %w", err)
		}
	}
	return a.Jobs.Drain(ctx)
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
		if c.Of != 0 {
			p.add(1)
			continue // begins when it is asked for
		}
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
	accused := r.units[first.Data.BarredUnitID]
	place, _ := r.Units.Unit(r.units[c.AreaUnitID])
	f := intake.Filing{
		Kind: c.Kind, Channel: c.Channel, Purpose: intake.Request, Title: c.Title, Words: c.Words, Wish: c.Wish,
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
	case c.Revenge:
		f.Purpose, f.AccusedID = intake.Retaliation, accused
	case accused != 0:
		f.Purpose, f.AccusedID = intake.Accusation, accused
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

// live plays the rest of every case's steps, many families of cases at a time
// and each of them in the order of time.
func (r *replay) live(ctx context.Context, p *progress) error {
	families := map[int64][]demo.Case{}
	for _, c := range r.script.Cases {
		families[c.Family] = append(families[c.Family], c)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8 * runtime.NumCPU())
	for _, c := range r.script.Cases {
		if family := families[c.Family]; c.ID == c.Family {
			g.Go(func() error {
				defer p.add(len(family))
				for _, d := range deeds(family) {
					if err := r.do(ctx, d); err != nil {
						return fmt.Errorf("case %d, %s: %w", d.of, d.Verb, err)
					}
				}
				return nil
			})
		}
	}
	return g.Wait()
}

// deed is a step of a case that a person or the sweep takes.
type deed struct {
	of int64
	demo.Step
}

// deeds orders the steps of a family. What the program does by itself when
// they are taken is left out: it registers a review, and notes its end.
func deeds(family []demo.Case) []deed {
	var out []deed
	for _, c := range family {
		for _, st := range c.Steps[1:] {
			if st.Verb != casework.NoteReview {
				out = append(out, deed{c.ID, st})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b deed) int { return a.At.Compare(b.At) })
	return out
}

func (r *replay) do(ctx context.Context, st deed) error {
	c, d := r.cases[st.of-1], st.Data
	d.UnitID, d.BarredUnitID, d.SuggestID = r.units[d.UnitID], r.units[d.BarredUnitID], r.units[d.SuggestID]
	if d.Again {
		d.LinkedNo, d.LinkedID = r.cases[d.LinkedID-1].No, 0
	}
	act := casework.Action{No: c.No, Verb: st.Verb, Actor: r.actor(st.Actor, c), Data: d, Now: st.At}
	switch st.Verb {
	case casework.Cosign:
		return r.join(ctx, act, st.Signers)
	case casework.CoRate:
		_, err := r.Cosign.Rate(ctx, act)
		return err
	}
	after, err := r.Procedure.Do(ctx, act)
	if err != nil || st.Opens == 0 {
		return err
	}
	r.cases[st.Opens-1], err = r.Procedure.Case(ctx, access.Actor{Role: access.System}, after.Appeal)
	return err
}

// join has a clerk type the list of those who sign too.
func (r *replay) join(ctx context.Context, act casework.Action, people []int64) error {
	var list strings.Builder
	for _, id := range people {
		p := r.script.People[id-1]
		fmt.Fprintf(&list, "%s %s %s %s\n", p.Name, p.Phone, p.IDNo, p.Address)
	}
	_, wrong, err := r.Cosign.Add(ctx, cosign.Adding{No: act.No, Actor: act.Actor, Lines: list.String()}, act.Now)
	if len(wrong) > 0 {
		return fmt.Errorf("line %d: %s", wrong[0].Line, wrong[0].ID)
	}
	return err
}
