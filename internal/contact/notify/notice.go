package notify

import (
	"context"
	"slices"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/sender"
)

// notices are what the law promises petitioners to be told (Art. 22–24, 34),
// by the event that brings it about.
var notices = map[string]string{
	"case.registered":         "receipt",   // 已收到
	"case.forwarded":          "forwarded", // 转送去向
	"case.assigned":           "forwarded",
	"case.accepted":           "accepted", // 受理告知
	"case.material_requested": "material",
	"case.extension_ruled":    "extension", // 延期告知
	"case.made_ordinary":      "ordinary",  // 转为普通程序
	"case.declined":           "declined",  // 不予受理告知
	"case.diverted":           "diverted",
	"case.served":             "served", // 送达
	"case.replied":            "served",
	"case.concluded":          "concluded",
	"case.dismissed":          "dismissed", // 异议不予支持
	"case.ended":              "ended",     // 终止办理

	"case.related":      "related",   // 关联告知
	"case.unrelated":    "unrelated", // 撤销关联
	"case.reply_shared": "served",    // 同件同答

	"case.interim_named":      "forwarded",
	"case.dispute_settled":    "forwarded",
	"case.rerouted":           "forwarded",
	"case.request_diverted":   "route", // 部分诉求导入其他途径
	"case.route_explained":    "explained",
	"case.mediation_proposed": "mediation", // 征求调解意愿
	"case.taken_up":           "taken_up",  // 复查、复核受理
	"case.hearing_opened":     "hearing",   // 听证通知
	"case.review_noted":       "review",    // 复查、复核结果
	"case.redo_ordered":       "redo",      // 重新办理
	"case.finalised":          "finalised", // 终结告知
	"case.park_ruled":         "parked",    // 挂账
	"case.resumed":            "resumed",
	"case.converted":          "converted", // 工单、信访件互转
}

// endings open the window in which a result can be contested.
var endings = []string{"case.declined", "case.diverted", "case.replied", "case.concluded", "case.ended", "case.reply_shared"}

// noticeClosing tells that a window is about to close, some days before.
const (
	noticeClosing = "closing"
	closingDays   = 3
)

// noticeAge is how old an event may be to be told of: what history brings in
// is not news.
const noticeAge = 72 * time.Hour

// petitionerWays are how a petitioner can choose to hear.
var petitionerWays = []sender.Way{sender.SMS, sender.WeChat, sender.Push, sender.Mail, sender.Phone}

// tellPetitioners queues the notices of some events, each once: the key is the
// event's.
func (s *Service) tellPetitioners(ctx context.Context, tx db.Tx, events []jobs.Event) error {
	now := s.Clock.Now()
	events = slices.DeleteFunc(slices.Clone(events), func(e jobs.Event) bool {
		return notices[e.Kind] == "" || now.Sub(e.At) > noticeAge
	})
	if len(events) == 0 || !slices.ContainsFunc(petitionerWays, func(w sender.Way) bool { return s.senders[w] != nil }) {
		return nil
	}
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.Subject
	}
	cases, err := s.Cases.ByIDs(ctx, ids)
	if err != nil {
		return err
	}
	var b db.Batch
	for _, e := range events {
		c := cases[e.Subject]
		if c.Channel == casework.Imported {
			continue
		}
		if err := s.queueJoint(ctx, &b, c, e); err != nil {
			return err
		}
		if c.PetitionerID == 0 {
			continue
		}
		if err := s.queueNotice(ctx, tx, &b, c, e); err != nil {
			return err
		}
	}
	return tx.Send(ctx, &b)
}

// queueNotice adds the notice of one event and, for an end, that of the window
// that it opens.
func (s *Service) queueNotice(ctx context.Context, tx db.Tx, b *db.Batch, c casework.Case, e jobs.Event) error {
	points, err := s.noticePoints(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, p := range points {
		d := delivery{
			ID: s.IDs.Next(), Key: "e" + short(e.ID) + "-" + string(p.Way) + "-" + short(p.ID), Way: p.Way, Template: "notice." + notices[e.Kind],
			CaseID: c.ID, PointID: p.ID, AreaID: areaOf(c), Hidden: c.Lane == access.LaneConfidential,
			Day: calendar.On(now).String(), State: Queued, NextAt: now, CreatedAt: now,
		}
		enqueue(b, d)
		until := s.Cases.Rules().ContestUntil(c)
		if slices.Contains(endings, e.Kind) && !c.ClosedAt.IsZero() && now.Before(until.AddDate(0, 0, -closingDays)) {
			d.ID, d.Key, d.Template, d.NextAt = s.IDs.Next(), d.Key+"-w", "notice."+noticeClosing, until.AddDate(0, 0, -closingDays)
			enqueue(b, d)
		}
	}
	return nil
}

// noticePoints is where the petitioner of a case is to be told: by the chosen
// way, or, where that leads nowhere, by short message.
func (s *Service) noticePoints(ctx context.Context, q db.Queryer, caseID int64) ([]point, error) {
	choice, err := s.store.choice(ctx, q, caseID)
	if err != nil || choice.Way == "" {
		return nil, err
	}
	if choice.Way != sender.SMS && choice.Way != sender.Phone && s.senders[choice.Way] != nil {
		left, err := s.store.points(ctx, q, 0, caseID)
		left = slices.DeleteFunc(left, func(p point) bool { return p.Way != choice.Way })
		if err != nil || len(left) > 0 {
			return left, err
		}
	}
	way := sender.SMS
	if choice.Way == sender.Phone && s.senders[sender.Phone] != nil {
		way = sender.Phone
	}
	if s.senders[way] == nil {
		return nil, nil
	}
	return []point{{CaseID: caseID, Way: way}}, nil
}

// composeNotice writes a petitioner's message, if it is still true.
func (s *Service) composeNotice(ctx context.Context, d delivery, now time.Time) (sender.Message, verdict, error) {
	cases, err := s.Cases.ByIDs(ctx, []int64{d.CaseID})
	if err != nil {
		return sender.Message{}, verdict{}, err
	}
	c, kind := cases[d.CaseID], d.Template[len("notice."):]
	if moot(c, kind, s.Cases.Rules(), now) {
		return sender.Message{}, verdict{drop: Moot}, nil
	}
	rule := DefaultMatrix().Rules[d.Way]
	rule.Workdays = false // the law's days run on
	if wait := rule.open(now, Quiet{}, s.calendar()); wait.After(now) && kind != "receipt" {
		return sender.Message{}, verdict{wait: wait}, nil
	}
	choice, err := s.store.choice(ctx, s.DB.Read(), c.ID)
	if err != nil {
		return sender.Message{}, verdict{}, err
	}
	to, err := s.address(ctx, d, now)
	if err != nil || to == "" {
		return sender.Message{}, verdict{drop: NoAddress}, err
	}
	t := func(key string, args ...any) string { return s.Words.Text(choice.Lang, key, args...) }
	m := sender.Message{
		Key: d.Key, To: to, Title: t("notify.notice." + kind), Text: t("notify.notice."+kind+".text", c.No),
		URL: s.Base + "/follow?no=" + c.No, Lang: choice.Lang, Template: "notice",
		Fields: map[string]string{"number": c.No, "what": t("notify.notice." + kind)},
	}
	err = s.answering(ctx, &m, d, kind == "receipt", c.No)
	return m, verdict{}, err
}

// moot tells that a notice is not true any more when its turn comes.
func moot(c casework.Case, kind string, r casework.Rules, now time.Time) bool {
	switch kind {
	case "extension":
		return c.Extended == 0
	case "parked":
		return c.State != casework.Parked
	case "finalised":
		return !c.Finalised
	case "mediation":
		return !c.Offered
	case noticeClosing:
		return c.State.Open() || c.ClosedAt.IsZero() || c.Finalised || !now.Before(r.ContestUntil(c))
	}
	return c.ID == 0
}

// Choice is how the petitioner of a case hears of it, for the page that
// changes it.
type Choice struct {
	Way  sender.Way // "" = not at all
	Lang string
	Mail string // masked
}

// ChoiceOf reads it.
func (s *Service) ChoiceOf(ctx context.Context, caseID int64) (Choice, error) {
	c, err := s.store.choice(ctx, s.DB.Read(), caseID)
	if err != nil {
		return Choice{}, err
	}
	out := Choice{Way: c.Way, Lang: c.Lang}
	points, err := s.store.points(ctx, s.DB.Read(), 0, caseID)
	for _, p := range points {
		if p.Way == sender.Mail {
			out.Mail = p.Mask
		}
	}
	return out, err
}

// Choose changes it. A mail address is needed the first time.
func (s *Service) Choose(ctx context.Context, caseID int64, way sender.Way, mail, lang string) error {
	wrong := fault.New(fault.Invalid, "notify.form")
	if way != "" && !slices.Contains(petitionerWays, way) {
		wrong.Field("way", "notify.way")
	}
	had, err := s.ChoiceOf(ctx, caseID)
	if err != nil {
		return err
	}
	var fresh point
	if mail != "" {
		address, mask, id := normalAddress(sender.Mail, mail)
		if id != "" {
			wrong.Field("mail", id)
		}
		fresh = s.seal(point{CaseID: caseID, Way: sender.Mail}, address, mask, s.Clock.Now())
	} else if way == sender.Mail && had.Mail == "" {
		wrong.Field("mail", "notify.mail")
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	if lang != i18n.EN {
		lang = i18n.ZH
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if fresh.ID != 0 {
			if err := s.store.dropPoints(ctx, tx, 0, caseID, sender.Mail); err != nil {
				return err
			}
			if err := s.store.addPoint(ctx, tx, fresh); err != nil {
				return err
			}
		}
		return s.store.choose(ctx, tx, caseID, choice{way, lang}, s.Clock.Now())
	})
}

// SendCode implements tracking.Sender: a one-time code by short message, at
// once and past the queue, since it is of use for minutes only.
func (s *Service) SendCode(ctx context.Context, phone, code string) error {
	out := s.senders[sender.SMS]
	if out == nil {
		return fault.New(fault.Unavailable, "notify.no_sms")
	}
	lang := i18n.Lang(ctx)
	_, err := out.Send(ctx, sender.Message{
		Key: "c" + short(s.IDs.Next()), To: phone, Title: s.Words.Text(lang, "notify.code"), Text: s.Words.Text(lang, "notify.code.text", code),
		Lang: lang, Template: "code", Fields: map[string]string{"code": code},
	})
	return err
}
