package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/app/bench"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/platform/db"
)

// benchUnits is how many departments the benchmark's city has, and
// benchHandlers how many of them have somebody signed in.
const (
	benchUnits    = 32
	benchHandlers = 4
)

// benchStore fills an instance once, and knows what the clients need.
type benchStore struct {
	*App
	place bench.Place
}

// prepareBench makes the city when it is missing and cases until there are n.
func (a *App) prepareBench(ctx context.Context, n int, open bool) (*benchStore, error) {
	ctx = access.With(ctx, access.Actor{Role: access.System})
	s := &benchStore{App: a}
	if len(a.Units.All()) == 0 {
		if err := s.found(ctx); err != nil {
			return nil, err
		}
	}
	all := a.Units.All()
	s.place = bench.Place{City: all[0].ID, Areas: all[0].Areas, Bureau: all[0].BureauID}
	s.place.Clerk = access.Actor{ID: 1, Role: access.BureauClerk, UnitID: all[0].BureauID, AreaID: all[0].ID, AreaDepth: 1}
	for _, u := range all {
		if u.Kind == access.Department {
			s.place.Units = append(s.place.Units, u.ID)
		}
	}
	for _, c := range a.Settings.Categories() {
		if c.Parent != "" {
			s.place.Categories = append(s.place.Categories, c.Code)
		}
	}
	have, err := s.cases(ctx)
	if err != nil || have >= n {
		return s, err
	}
	return s, s.fill(ctx, have, n, open)
}

// found makes the city and lets staff sign in with a password alone.
func (s *benchStore) found(ctx context.Context) error {
	c := s.Config.City
	forms := []unit.Form{
		{Code: c.CityCode, NameZH: c.CityNameZH, Kind: access.Government},
		{ParentID: -1, Code: c.CityCode + "-XF", NameZH: c.CityNameZH + "信访局", Kind: access.Bureau},
	}
	for i := range benchUnits {
		forms = append(forms, unit.Form{ParentID: -1, Code: fmt.Sprintf("%s-%02d", c.CityCode, i), NameZH: fmt.Sprintf("第%d局", i+1), Kind: access.Department, Sort: i + 1})
	}
	ids, err := s.Units.Add(ctx, forms)
	if err != nil {
		return err
	}
	if err := s.Settings.SetParameters(ctx, map[string]string{account.ParamSecondFactor: "false"}); err != nil {
		return err
	}
	people := []account.NewUser{{Login: "clerk", Name: "张丽", UnitID: ids[1], Role: access.BureauClerk, Password: benchPassword}}
	for i := range benchHandlers {
		people = append(people, account.NewUser{Login: fmt.Sprintf("unit%d", i), Name: "李强", UnitID: ids[2+i], Role: access.UnitHandler, Password: benchPassword})
	}
	for _, p := range people {
		if _, _, err := s.Account.AddUser(ctx, p, s.Clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

const benchPassword = "bridge-over-42-rivers"

// flows signs everybody in and finds cases to look at.
func (s *benchStore) flows(ctx context.Context) (*bench.Flows, error) {
	ctx = access.With(ctx, access.Actor{Role: access.System})
	now := s.Clock.Now()
	f := &bench.Flows{Place: s.place}
	token := func(login string) (string, error) {
		if _, err := s.Account.ResetUser(ctx, login, benchPassword, now); err != nil { // ends the tokens of earlier runs
			return "", err
		}
		return s.Account.UserToken(ctx, login, "bench", 1, now)
	}
	var err error
	if f.Clerk, err = token("clerk"); err != nil {
		return nil, err
	}
	for i := range benchHandlers {
		t, err := token(fmt.Sprintf("unit%d", i))
		if err != nil {
			return nil, err
		}
		f.Units = append(f.Units, t)
	}
	in, err := s.Account.SignIn(ctx, "clerk", benchPassword, account.Visit{}, now)
	if err != nil {
		return nil, err
	}
	f.Cookie = in.Token
	rows, err := s.Worklist.List(ctx, s.place.Clerk, worklist.Query{}, now)
	if err != nil {
		return nil, err
	}
	for _, r := range rows.Rows {
		f.Nos = append(f.Nos, r.No)
	}
	if len(f.Nos) == 0 {
		return nil, fmt.Errorf("the benchmark's queue is empty")
	}
	return f, nil
}

// fillWriters share the work of filling; fillPart travels together.
const (
	fillWriters = 3
	fillPart    = 1000
)

// fill makes cases with their lives through the doors that imports use. The
// word index is built after them, at once.
func (s *benchStore) fill(ctx context.Context, have, n int, open bool) error {
	bar := newProgress(s.Config.Err, fmt.Sprintf("filling %d cases", n), n-have)
	parts := make(chan int)
	g, filling := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(parts)
		for i := have; i < n; i += fillPart {
			select {
			case parts <- i:
			case <-filling.Done():
				return filling.Err()
			}
		}
		return nil
	})
	for range fillWriters {
		g.Go(func() error {
			for from := range parts {
				if err := s.fillFrom(filling, from, min(from+fillPart, n), n, open); err != nil {
					return err
				}
				bar.add(min(fillPart, n-from))
			}
			return nil
		})
	}
	err := g.Wait()
	bar.end()
	if err != nil {
		return err
	}
	bar = newProgress(s.Config.Err, "indexing words", n)
	defer bar.end()
	_, err = s.Worklist.Reindex(ctx, bar.set)
	return err
}

func (s *benchStore) fillFrom(ctx context.Context, from, to, n int, open bool) error {
	now := s.Clock.Now()
	r := rand.New(rand.NewPCG(uint64(from), 42))
	past := &past{Service: s.Procedure, life: func(i int) bench.Life { return s.place.NewLife(r, from+i, n, now, open) }}
	door := intake.New(intake.Needs{DB: s.DB, Cases: past, People: people{s.Person}, Units: s.Units, Keys: s.Keys, Clock: s.Clock})
	list := make([]intake.Filing, 0, to-from)
	for i := from; i < to; i++ {
		f := filingOf(i)
		f.Channel, f.Key = casework.Imported, fmt.Sprintf("bench/%t/%d", open, i)
		list = append(list, f)
	}
	done, err := door.FileMany(ctx, list, now)
	if err == nil && len(done.Rejects) > 0 {
		err = fmt.Errorf("filling: %w", done.Rejects[0].Err)
	}
	return err
}

func filingOf(n int) intake.Filing {
	f := intake.Filing{Channel: casework.Web, Purpose: intake.Request}
	f.Title, f.Words, f.Wish, f.Place = bench.Words(n)
	f.Who.Name, f.Who.Phone, f.Who.Address = bench.Name(n)
	return f
}

// past registers cases with the life that they have had.
type past struct {
	*procedure.Service
	life func(i int) bench.Life
	mu   sync.Mutex
	i    int
}

// Register implements intake.Cases.
func (p *past) Register(ctx context.Context, b *db.Batch, r casework.Registration) (casework.Case, error) {
	p.mu.Lock()
	l := p.life(p.i)
	p.i++
	p.mu.Unlock()
	r.Now = l.At.Truncate(time.Microsecond)
	return p.Enact(ctx, b, r, l.Steps)
}
