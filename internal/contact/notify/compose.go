package notify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
)

// templateDigest is the message of a day; the other templates are conditions
// and, for petitioners, notices.
const templateDigest = "digest"

// verdict is what compose finds besides a message: that it must not go, or not
// yet.
type verdict struct {
	drop Class
	wait time.Time
}

// compose writes a message from what is true now. What has become moot since
// it was queued, or whose reader may no longer see the case, is dropped. No
// message holds more than the number and a link: neither title nor words nor
// names leave the house by these ways.
func (s *Service) compose(ctx context.Context, d delivery, now time.Time) (sender.Message, verdict, error) {
	if d.StaffID == 0 {
		return s.composeNotice(ctx, d, now)
	}
	left, err := s.stillTrue(ctx, d, now)
	if err != nil {
		return sender.Message{}, verdict{}, err
	}
	if len(left) == 0 {
		return sender.Message{}, verdict{drop: Moot}, nil
	}
	k, err := s.store.contacts(ctx, s.DB.Read(), d.StaffID)
	if err != nil {
		return sender.Message{}, verdict{}, err
	}
	if wait, err := s.quiet(ctx, d.Way, k, left, now); err != nil || wait.After(now) {
		return sender.Message{}, verdict{wait: wait}, err
	}
	to, err := s.address(ctx, d, now)
	if err != nil || to == "" {
		return sender.Message{}, verdict{drop: NoAddress}, err
	}
	m := s.reminderText(k.Lang, left)
	m.Key, m.To = d.Key, to
	return m, verdict{}, nil
}

// holding is a reminder that is still true, with its case.
type holding struct {
	reminder
	c casework.Case
}

// stillTrue leaves of a message's reminders those whose condition holds and
// whose reader is in service and may see the case.
func (s *Service) stillTrue(ctx context.Context, d delivery, now time.Time) (left []holding, err error) {
	reader, active, err := s.People.Actor(ctx, d.StaffID)
	if err != nil || !active {
		return nil, err
	}
	items, err := s.store.itemsOf(ctx, s.DB.Read(), d.ID)
	if err != nil {
		return nil, err
	}
	ids := map[int64]bool{}
	for _, r := range items {
		ids[r.CaseID] = true
	}
	cases, err := s.Cases.ByIDs(ctx, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, err
	}
	for _, r := range items {
		c := cases[r.CaseID]
		if maySee(reader, c) && slices.ContainsFunc(Holding(c, now), func(x Subject) bool { return x.key() == r.key() }) {
			left = append(left, holding{r, c})
		}
	}
	return left, nil
}

// quiet says until when a message that was queued or delayed must wait.
func (s *Service) quiet(ctx context.Context, way sender.Way, k contacts, left []holding, now time.Time) (time.Time, error) {
	l := s.newLook(now)
	m, err := l.matrix(ctx, s.DB.Read(), left[0].c)
	rule := m.Rules[way]
	if err != nil || rule.Urgent && slices.ContainsFunc(left, func(h holding) bool { return h.c.Urgency == casework.Red }) {
		return now, err
	}
	return rule.open(now, k.Quiet, l.cal), nil
}

// reminderText writes one reminder, or the counts of a day.
func (s *Service) reminderText(lang string, list []holding) sender.Message {
	t := func(key string, args ...any) string { return s.Words.Text(lang, key, args...) }
	if len(list) > 1 {
		counts := map[Condition]int{}
		for _, h := range list {
			counts[h.Condition]++
		}
		sum := ""
		for _, c := range Conditions {
			if counts[c] > 0 {
				sum += t("notify.digest.part", i18n.Key("notify.condition."+string(c)), counts[c])
			}
		}
		url := s.Base + "/desk/inbox"
		return sender.Message{
			Title: t("notify.digest.title", len(list)), Text: t("notify.digest.text", len(list), sum), URL: url, Lang: lang, Template: templateDigest,
			Fields: map[string]string{"count": fmt.Sprint(len(list)), "sum": sum},
		}
	}
	h := list[0]
	return sender.Message{
		Title: t("notify.condition." + string(h.Condition)), Text: t("notify.say."+string(h.Condition), h.c.No),
		URL: s.Base + "/desk/cases/" + h.c.No, Lang: lang, Template: string(h.Condition),
		Fields: map[string]string{
			"number": h.c.No, "condition": t("notify.condition." + string(h.Condition)),
			"due": calendar.On(h.DueAt.Add(-time.Second)).String(), // the moment is the end of that day
		},
	}
}

// address opens the address of a delivery, "" when there is none any more.
func (s *Service) address(ctx context.Context, d delivery, now time.Time) (string, error) {
	if d.PersonID != 0 {
		return s.Visitors.Mobile(ctx, d.PersonID, d.CaseID, now)
	}
	if d.PointID == 0 {
		cases, err := s.Cases.ByIDs(ctx, []int64{d.CaseID})
		if err != nil || cases[d.CaseID].PetitionerID == 0 {
			return "", err
		}
		return s.Visitors.Mobile(ctx, cases[d.CaseID].PetitionerID, d.CaseID, now)
	}
	p, known, err := s.store.point(ctx, s.DB.Read(), d.PointID)
	if err != nil || !known {
		return "", err
	}
	return s.unseal(p)
}
