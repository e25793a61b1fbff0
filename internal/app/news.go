package app

import (
	"context"
	"strconv"

	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/jobs"
)

// program reads what it must deliver.
var program = access.Actor{Role: access.System}

// news are the happenings that lie in trays beside the duties of a case.
func (a *App) news() []notify.Source {
	return []notify.Source{a.directiveNews(), a.breachNews(), a.leadNews(), a.conferenceNews(), a.matterNews(), a.personNews()}
}

// answering are who acts for a unit.
func (a *App) answering(unitID int64) []notify.Post {
	head, hand := access.UnitHead, access.UnitHandler
	if u, _ := a.Units.Unit(unitID); u.Kind == access.Bureau {
		head, hand = access.BureauHead, access.BureauClerk
	}
	return []notify.Post{{UnitID: unitID, Role: head}, {UnitID: unitID, Role: hand}}
}

// watching are who supervises the units of an area.
func (a *App) watching(unitID int64) []notify.Post {
	u, _ := a.Units.Unit(unitID)
	return []notify.Post{{UnitID: u.BureauID, Role: access.Supervisor}, {UnitID: u.BureauID, Role: access.Inspector}}
}

// opens tells whether reading went well, without an error where it was only
// not to be seen.
func opens(err error) (bool, error) {
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Denied {
		return false, nil
	}
	return err == nil, err
}

// directiveNews: the unit hears of what is asked of it, who asked of what was
// answered, both of a day that was missed (Art. 38–40).
func (a *App) directiveNews() notify.Source {
	toUnit := []string{"supervision.opened", "supervision.return_answer", "supervision.prolong", "supervision.withdraw", "supervision.accept", "supervision.find", "supervision.close"}
	toIssuer := []string{"supervision.answer"}
	toBoth := []string{"supervision.lapsed"}
	unit, issuer := set(toUnit, toBoth), set(toIssuer, toBoth)
	return notify.Source{
		Kinds: append(append(toUnit, toIssuer...), toBoth...),
		Read: func(ctx context.Context, e jobs.Event) (notify.News, error) {
			d, err := a.Supervision.Directive(ctx, program, e.Subject)
			if err != nil {
				return notify.News{}, err
			}
			n := notify.News{CaseID: d.CaseID, DueAt: d.DueAt, Path: "/desk/supervision/items/" + decimal(d.ID)}
			if unit[e.Kind] {
				n.Posts = a.answering(d.UnitID)
			}
			if issuer[e.Kind] {
				n.Staff = append(n.Staff, d.IssuedBy, d.LeaderID)
			}
			return n, nil
		},
		Sees: func(ctx context.Context, actor access.Actor, id int64) (bool, error) {
			_, err := a.Supervision.Directive(ctx, actor, id)
			return opens(err)
		},
	}
}

// breachNews: a unit hears of an entry that was served on it and of the ruling,
// who watches of the answer.
func (a *App) breachNews() notify.Source {
	unit := set([]string{"inspection.breach_serve", "inspection.breach_uphold", "inspection.breach_strike", "inspection.breach_lapsed"})
	watch := set([]string{"inspection.breach_answer", "inspection.breach_lapsed"})
	return notify.Source{
		Kinds: []string{"inspection.breach_serve", "inspection.breach_answer", "inspection.breach_uphold", "inspection.breach_strike", "inspection.breach_lapsed"},
		Read: func(ctx context.Context, e jobs.Event) (notify.News, error) {
			x, err := a.Inspection.Breach(ctx, program, e.Subject)
			if err != nil {
				return notify.News{}, err
			}
			n := notify.News{CaseID: x.CaseID, DueAt: x.DueAt, Path: "/desk/inspection/breaches/" + decimal(x.ID)}
			if unit[e.Kind] {
				n.Posts = a.answering(x.UnitID)[:1] // its head alone
			}
			if watch[e.Kind] {
				n.Posts = append(n.Posts, a.watching(x.UnitID)...)
			}
			return n, nil
		},
		Sees: func(ctx context.Context, actor access.Actor, id int64) (bool, error) {
			_, err := a.Inspection.Breach(ctx, actor, id)
			return opens(err)
		},
	}
}

// leadNews: a leader hears of a case to lead and of progress that is late.
func (a *App) leadNews() notify.Source {
	return notify.Source{
		Kinds: []string{"caselead.taken", "caselead.lapsed"},
		Read: func(ctx context.Context, e jobs.Event) (notify.News, error) {
			l, err := a.Leads.Led(ctx, program, e.Subject)
			return notify.News{CaseID: l.CaseID, DueAt: l.DueAt, Path: "/desk/leads/items/" + decimal(l.ID), Staff: []int64{l.LeaderID}}, err
		},
		Sees: func(ctx context.Context, actor access.Actor, id int64) (bool, error) {
			_, err := a.Leads.Led(ctx, actor, id)
			return opens(err)
		},
	}
}

// conferenceNews: a task of the joint conference is late.
func (a *App) conferenceNews() notify.Source {
	return notify.Source{
		Kinds: []string{"room.item_lapsed"},
		Read: func(ctx context.Context, e jobs.Event) (notify.News, error) {
			it, err := a.Rooms.Item(ctx, program, e.Subject)
			if err != nil {
				return notify.News{}, err
			}
			u, _ := a.Units.Unit(it.UnitID)
			return notify.News{
				CaseID: it.CaseID, DueAt: it.DueAt, Path: "/desk/conference/" + decimal(it.ConferenceID) + "/items/" + decimal(it.ID),
				Posts: append(a.answering(it.UnitID), notify.Post{UnitID: u.BureauID, Role: access.BureauHead}),
			}, nil
		},
		Sees: func(ctx context.Context, actor access.Actor, id int64) (bool, error) {
			_, err := a.Rooms.Item(ctx, actor, id)
			return opens(err)
		},
	}
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

func set(lists ...[]string) map[string]bool {
	m := map[string]bool{}
	for _, l := range lists {
		for _, s := range l {
			m[s] = true
		}
	}
	return m
}
