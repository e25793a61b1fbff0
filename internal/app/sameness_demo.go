package app

import (
	"context"
	"fmt"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
)

// demoMatters lets people raise again what the script already tells of:
// neighbours about an open matter, the same person after the end, a brother on
// the same phone. The clerk relates one of each kind and leaves the rest.
func (r *replay) demoMatters(ctx context.Context) error {
	open, err := r.demoMaster(ctx, func(c casework.Case) bool { return c.State == casework.Accepted && c.LeadUnitID != 0 })
	if err != nil {
		return err
	}
	done, err := r.demoMaster(ctx, func(c casework.Case) bool { return c.State == casework.Concluded })
	if err != nil {
		return err
	}
	now := r.Clock.Now()
	for i, f := range []struct {
		of       int // place in the script
		name     string
		phone    string
		relation casework.RelationKind // "" leaves it to whoever tries the city
	}{
		{open, "周海燕", "19900030001", casework.AsJoin},
		{open, "吴小军", "19900030002", casework.AsJoin},
		{open, "郑玉兰", "19900030003", ""},
		{open, "", "", casework.AsSupplement},
		{done, "", "", casework.AsRevisit},
		{done, "brother", "", ""},
	} {
		if f.of < 0 {
			continue
		}
		again := r.filing(r.script.Cases[f.of])
		again.Key, again.ReceivedAt, again.Actor = fmt.Sprintf("demo-filed-again-%06d", i), time.Time{}, access.Actor{}
		again.Channel = []casework.Channel{casework.Web, casework.WeChat, casework.Phone}[i%3]
		switch {
		case f.name == "brother":
			again.Who.Name = string([]rune(again.Who.Name)[:1]) + "志强"
			again.Who.IDNo = ""
		case f.name != "":
			again.Who = intake.Petitioner{Name: f.name, Phone: f.phone, Address: again.Who.Address}
			again.Words += "我们楼里也一样，请一并解决。"
		}
		if again.Who.Address == "" {
			again.Who.Address = "明川市"
		}
		filed, err := r.Intake.File(ctx, again, now)
		if err != nil {
			return fmt.Errorf("filing again: %w", err)
		}
		if err := r.demoRelate(ctx, filed.Case, r.cases[f.of].No, f.relation, now); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) demoRelate(ctx context.Context, c casework.Case, master string, kind casework.RelationKind, now time.Time) error {
	clerks, err := roster{r.Account}.Holders(ctx, c.BureauID, access.BureauClerk)
	if err != nil || len(clerks) == 0 || kind == "" {
		return err
	}
	_, err = r.Procedure.Do(ctx, casework.Action{
		No: c.No, Verb: casework.Relate, Actor: clerks[0], Now: now.Add(time.Second), Key: "demo-relate-" + c.No,
		Data: casework.Data{Relation: kind, LinkedNo: master, Text: "核对过，是同一件事。"},
	})
	if err != nil {
		return fmt.Errorf("relating %s to %s: %w", c.No, master, err)
	}
	return nil
}

// demoMaster finds a case of the script that stands as asked, in the open lane
// and with a petitioner who is known; -1 where there is none.
func (r *replay) demoMaster(ctx context.Context, stands func(casework.Case) bool) (int, error) {
	for i := len(r.cases) - 1; i >= 0; i-- {
		script := r.script.Cases[i]
		if r.cases[i].No == "" || script.Anonymous || script.Persons > 1 || r.script.People[script.PersonID-1].Org != "" {
			continue
		}
		c, err := r.Procedure.Case(ctx, program, r.cases[i].No)
		if err != nil {
			return -1, err
		}
		if c.Lane == access.LaneOpen && !c.IsReview() && c.Stage == casework.Handling && c.Relation == nil && c.Kind == casework.Petition && stands(c) {
			return i, nil
		}
	}
	return -1, nil
}
