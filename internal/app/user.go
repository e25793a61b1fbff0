package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
)

// ErrUnit: no unit has this code.
var ErrUnit = errors.New("no unit has this code; units are added at /admin/units")

// accounts opens the instance and acts as the program itself: who can run it
// on the server has every right.
func accounts(ctx context.Context, c Config, do func(context.Context, *App) error) error {
	a, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	err = do(access.With(ctx, access.Actor{Role: access.System}), a)
	return plainly(err)
}

// UserAdd adds a member of staff. An empty password makes one that must be
// changed at the first sign-in, and gives it.
func UserAdd(ctx context.Context, c Config, o UserOptions) (password string, err error) {
	err = accounts(ctx, c, func(ctx context.Context, a *App) (err error) {
		unit, err := a.unitFor(ctx, o.Unit)
		if err != nil {
			return err
		}
		_, password, err = a.Account.AddUser(ctx, account.NewUser{
			Login: o.Login, Name: o.Name, UnitID: unit.ID, Role: access.Role(o.Role), Cleared: o.Cleared, Password: o.Password,
		}, a.Clock.Now())
		return err
	})
	return password, err
}

// userPage is how many members of staff are read at a time.
const userPage = 500

// UserList lists staff by login.
func UserList(ctx context.Context, c Config) (list []User, err error) {
	err = accounts(ctx, c, func(ctx context.Context, a *App) error {
		for after := ""; ; {
			page, err := a.Account.ListStaff(ctx, account.StaffFilter{After: after, Limit: userPage})
			if err != nil {
				return err
			}
			for _, s := range page {
				unit, _ := a.Units.Unit(s.UnitID)
				list = append(list, User{
					Login: s.Login, Name: s.Name, Unit: unit.Code, Role: string(s.Role),
					Active: s.Active, SecondFactor: s.SecondFactor,
				})
				after = s.Login
			}
			if len(page) < userPage {
				return nil
			}
		}
	})
	return list, err
}

// UserReset gives a new password, forgets the second factor, the lock, the
// sessions and the tokens.
func UserReset(ctx context.Context, c Config, login, password string) (given string, err error) {
	err = accounts(ctx, c, func(ctx context.Context, a *App) (err error) {
		given, err = a.Account.ResetUser(ctx, login, password, a.Clock.Now())
		return err
	})
	return given, err
}

// UserActive bars a member of staff from signing in, or lets them in again.
func UserActive(ctx context.Context, c Config, login string, active bool) error {
	return accounts(ctx, c, func(ctx context.Context, a *App) error {
		s, err := a.Account.StaffByLogin(ctx, login)
		if err != nil {
			return err
		}
		return a.Account.ActivateStaff(ctx, s.ID, active)
	})
}

// UserToken makes a token for the API, valid for some days.
func UserToken(ctx context.Context, c Config, login, name string, days int) (token string, err error) {
	err = accounts(ctx, c, func(ctx context.Context, a *App) (err error) {
		token, err = a.Account.UserToken(ctx, login, name, days, a.Clock.Now())
		return err
	})
	return token, err
}

// unitFor finds the unit of a new account: by code, or the city itself. In an
// empty store it makes the city and its petition bureau first, so that the
// first administrator can be added with one command.
func (a *App) unitFor(ctx context.Context, code string) (access.Unit, error) {
	if len(a.Units.All()) == 0 {
		if err := a.foundCity(ctx); err != nil {
			return access.Unit{}, err
		}
	}
	if code == "" {
		code = a.Units.All()[0].Code
	}
	unit, ok := a.Units.Tree().ByCode(code)
	if !ok {
		return unit, fmt.Errorf("%q: %w", code, ErrUnit)
	}
	return unit, nil
}

func (a *App) foundCity(ctx context.Context) error {
	c := a.Config.City
	_, err := a.Units.Add(ctx, []unit.Form{
		{Code: c.CityCode, NameZH: c.CityNameZH, NameEN: c.CityNameEN, Kind: access.Government},
		{ParentID: -1, Code: c.CityCode + "-XF", NameZH: c.CityNameZH + "信访局", NameEN: c.CityNameEN + " Petition Bureau", Kind: access.Bureau},
	})
	return err
}

// plainly tells a fault in words: the command line has no page to do it.
func plainly(err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	words, broken := catalogue()
	if broken != nil {
		return err
	}
	text := words.Text("en", "fault."+f.ID, f.Args...)
	for _, x := range f.Fields {
		text += fmt.Sprintf(" %s: %s", x.Name, words.Text("en", "fault."+x.ID, x.Args...))
	}
	return errors.New(text)
}

// Roles lists the roles that staff can have, for help texts.
func Roles() string {
	names := make([]string, len(access.Staff))
	for i, r := range access.Staff {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
