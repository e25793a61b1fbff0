package demo

import (
	"slices"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// course is what happens to a case beside the ordinary, "" for most.
type course string

// The courses.
const (
	again        course = "again"      // 不再受理: the same matter after its end
	threeLevels  course = "levels"     // 办理、复查、复核, heard and finalised
	ladder       course = "ladder"     // every rung of the dissatisfied
	revoked      course = "revoked"    // a review sends it back
	reviewed     course = "reviewed"   // a review lets it stand, or changes it
	redone       course = "redone"     // the head has it done anew
	split        course = "split"      // several requests
	assisted     course = "assisted"   // a lead and assisting units
	disputed     course = "disputed"   // 先办后议
	convened     course = "convened"   // a joint room
	rerouted     course = "rerouted"   //
	recused      course = "recused"    // 回避
	mediated     course = "mediated"   // 调解
	fallenBack   course = "fallenback" // simple, until it proves otherwise
	heard        course = "heard"      // a hearing while it is handled
	deferred     course = "deferred"   // an opinion whose carrying out must wait
	helped       course = "helped"     // 帮扶
	supervised   course = "supervised" // 督办
	instructed   course = "instructed" // 批示
	urgent       course = "urgent"     // 重大紧急
	ended        course = "ended"      // 终止
	toOrder      course = "toorder"    // 转为工单
	toPetition   course = "topetition" // 转为信访事项
	joint        course = "joint"      // 集体访: many sign
	parking      course = "parking"    // 挂账
	parkingNot   course = "parkingnot" // asked and refused
	callingBack  course = "callback"   // 承诺回电
	pressedOrder course = "pressed"    // a supervised order
)

// courses are their shares of a thousand cases, and whom they suit.
var courses = []struct {
	course course
	share  float64
	suits  func(*walk) bool
}{
	{threeLevels, 5, (*walk).ordinary}, {ladder, 4, (*walk).ordinary}, {revoked, 6, (*walk).ordinary}, {reviewed, 16, (*walk).ordinary},
	{redone, 3, (*walk).ordinary}, {split, 22, (*walk).ordinary}, {assisted, 26, (*walk).ordinary}, {disputed, 8, (*walk).ordinary},
	{convened, 8, (*walk).ordinary}, {rerouted, 5, (*walk).ordinary}, {recused, 7, (*walk).ordinary}, {mediated, 16, (*walk).ordinary},
	{fallenBack, 12, (*walk).easy}, {heard, 4, (*walk).ordinary}, {deferred, 3, (*walk).ordinary}, {helped, 9, (*walk).ordinary}, {joint, 5, (*walk).ordinary},
	{supervised, 18, (*walk).ordinary}, {instructed, 8, (*walk).ordinary}, {urgent, 6, (*walk).ordinary}, {ended, 4, (*walk).ordinary},
	{toOrder, 6, (*walk).easy}, {toPetition, 8, (*walk).hotline}, {parking, 16, (*walk).hotline}, {parkingNot, 3, (*walk).hotline},
	{callingBack, 22, (*walk).hotline}, {pressedOrder, 4, (*walk).hotline},
}

// choose gives a case the course that is most overdue among those that suit
// it: every course comes early, however few cases there are, and then by its
// share.
func (g *generator) choose(w *walk) course {
	if g.owed == nil {
		g.owed = map[course]float64{}
		for _, c := range courses {
			g.owed[c.course] = 1
		}
	}
	for _, c := range courses {
		g.owed[c.course] += c.share / 1000
	}
	for _, c := range courses {
		if g.owed[c.course] >= 1 && c.suits(w) {
			g.owed[c.course]--
			return c.course
		}
	}
	return ""
}

func (w *walk) open() bool {
	return w.plan.barred == 0 && w.plan.lead.Kind != access.Bureau && !w.diverts() && w.plan.nature != casework.R0
}

func (w *walk) ordinary() bool { return w.open() && !w.simple && w.out.Kind == casework.Petition }

func (w *walk) easy() bool { return w.open() && w.simple && w.out.Kind == casework.Petition }

func (w *walk) hotline() bool { return w.open() && w.out.Kind == casework.Order }

// say gives the data of a verb that brings words.
func (w *walk) say(kind string) casework.Data { return casework.Data{Text: w.voice.Line(kind)} }

func (w *walk) because(kind string) casework.Data { return casework.Data{Reason: w.voice.Line(kind)} }

// then makes a step to be run later; the moment is chosen when it runs.
func (w *walk) then(verb casework.Verb, who func() access.Actor, lo, hi int, d casework.Data) func() error {
	return func() error { return w.do(verb, who(), w.office(lo, hi), d) }
}

// extras are the steps of a course between acceptance and the opinion.
func (w *walk) extras() []func() error {
	switch w.course {
	case split:
		return w.requests()
	case assisted:
		return w.tasks()
	case convened:
		return w.room()
	case recused:
		return w.recusal()
	case mediated:
		return w.mediation()
	case heard:
		return []func() error{w.hearing}
	case helped:
		return []func() error{w.then(casework.OpenHelp, w.worker, 2, 6, casework.Data{Text: w.voice.Line("help"), Days: 60 + w.rnd.IntN(120)})}
	case supervised:
		return w.pressed(casework.Supervise, casework.GiveFeedback, w.supervisor)
	case instructed:
		return w.pressed(casework.Instruct, casework.AnswerInstruct, w.leader)
	case urgent:
		return []func() error{w.then(casework.ReportUrgent, w.clerk, 0, 1, w.say("urgent"))}
	case ended:
		return []func() error{w.end}
	}
	return nil
}

func (w *walk) end() error {
	d := casework.Data{Reason: w.voice.Line("endreason"), Basis: w.voice.Line("endbasis")}
	if err := w.do(casework.End, w.bureauHead(), w.office(3, 12), d); err != nil {
		return err
	}
	return errClosed
}

// pressed is a directive on the case and its answer; one in six is dropped.
func (w *walk) pressed(press, answer casework.Verb, who func() access.Actor) []func() error {
	d, back := casework.Data{Text: w.voice.Line("instruct"), Days: 15}, "instructanswer"
	if press == casework.Supervise {
		d, back = casework.Data{Reason: w.voice.Line("supervisewhy"), Text: w.voice.Line("supervise"), Days: 10}, "feedback"
	}
	if w.g.directives++; w.g.directives%6 == 2 {
		return []func() error{w.then(press, who, 1, 6, d), w.then(casework.DropDirective, who, 0, 2, w.because("dropped"))}
	}
	return []func() error{w.then(press, who, 1, 6, d), w.then(answer, w.worker, 1, 5, w.say(back))}
}

func (w *walk) supervisor() access.Actor { return w.g.city.any(w.rnd, access.Supervisor) }

// leader is the one of the place's own government.
func (w *walk) leader() access.Actor {
	areas := w.plan.place.Areas
	if at := w.g.city.corps[areas[min(len(areas), 2)-1]][access.Leader]; len(at) > 0 {
		return at[0]
	}
	return w.g.city.corps[areas[0]][access.Leader][0]
}

// heed is the owner's look at what the petitioner sent.
func (w *walk) heed() error {
	if _, unread := w.c.Running(casework.Read); !unread || w.chance(12) {
		return nil
	}
	who := w.worker
	if w.c.OwnerUnitID == w.c.BureauID {
		who = w.clerk
	}
	return w.do(casework.Acknowledge, who(), w.office(0, 1), casework.Data{})
}

// worker is who handles the case at its lead unit: the same person from
// signing to the end of a round, somebody new for a redo or a recused one.
func (w *walk) worker() access.Actor {
	if w.who.UnitID == w.plan.lead.ID && w.whoRound == w.c.Round && !slices.Contains(w.c.Recused, w.who.ID) {
		return w.who
	}
	all := w.fresh()
	w.who, w.whoRound = all[0], w.c.Round
	if len(all) > 2 && w.rnd.IntN(3) == 0 { // a unit has two handlers and its head
		w.who = all[1]
	}
	return w.who
}

// fresh lists who of the lead unit may take the case in this round.
func (w *walk) fresh() []access.Actor {
	corps := w.g.city.corps[w.plan.lead.ID]
	var all []access.Actor
	for _, role := range []access.Role{access.UnitHandler, access.UnitHead} {
		for _, a := range corps[role] {
			if !slices.Contains(w.c.Recused, a.ID) && !(w.c.Rework && slices.Contains(w.c.Handlers, a.ID)) {
				all = append(all, a)
			}
		}
	}
	if len(all) == 0 {
		return corps[access.UnitHandler]
	}
	return all
}

// approver is a second person: the unit's head, or in a redo the bureau's.
func (w *walk) approver() access.Actor {
	head := w.g.city.one(w.rnd, w.plan.lead.ID, access.UnitHead)
	if head.ID == w.c.DraftedBy || slices.Contains(w.c.Recused, head.ID) {
		return w.bureauHead()
	}
	return head
}
