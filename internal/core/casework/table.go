package casework

import "xinqiao/internal/core/access"

// relation says how an actor must stand to the case.
type relation int

const (
	anywhere relation = iota
	atBureau          // works in the bureau that dispatches this case
	atLead            // works in the unit that handles this round
	theirs            // is the petitioner, or registered the case for them
	joined            // signed a joint petition beside the one who filed it
	inArea            // the case lies in the actor's jurisdiction
	atTask            // works in a unit that assists
	atRework          // works in the bureau, and the round is a rework: a small unit may have no third person
	atUpper           // works in the bureau one level up, or in the case's own where there is none
)

// grant lets a role that stands in a relation use a verb.
type grant struct {
	role access.Role
	rel  relation
}

// row is one verb of the table.
type row struct {
	verb   Verb
	event  EventKind
	from   []State
	to     State                  // "" = unchanged
	target func(Case, Data) State // instead of to, where the command decides
	who    []grant
	when   []check // what the case and the moment must allow; drives Permitted
	needs  []check // what the command must bring
	effect func(*Case, Event)
	opens  func(Case, Event) []opening // after the effect
	keeps  []Clock                     // closed as done
	moots  []Clock                     // closed as no longer owed
	ends   bool                        // closes the case: everything open becomes moot, but for what outlives it
	round  func(Case, Data) bool       // opens the next round
}

var (
	bureau     = []grant{{access.BureauClerk, atBureau}, {access.BureauHead, atBureau}}
	bureauHead = []grant{{access.BureauHead, atBureau}}
	upper      = []grant{{access.BureauClerk, atUpper}, {access.BureauHead, atUpper}}
	// The lead of a review, or of what a bureau answers itself, is a bureau.
	unit = []grant{
		{access.UnitHandler, atLead}, {access.UnitHead, atLead}, {access.BureauClerk, atLead}, {access.BureauHead, atLead},
	}
	unitHead   = []grant{{access.UnitHead, atLead}, {access.BureauHead, atLead}}
	assisting  = []grant{{access.UnitHandler, atTask}, {access.UnitHead, atTask}, {access.BureauClerk, atTask}, {access.BureauHead, atTask}}
	petitioner = []grant{{access.Petitioner, theirs}}
	onBehalf   = []grant{
		{access.Petitioner, theirs}, {access.Operator, theirs}, {access.Agent, theirs},
		{access.BureauClerk, atBureau}, {access.BureauHead, atBureau},
	}
	program  = []grant{{access.System, anywhere}}
	everyone = []grant{
		{access.Petitioner, anywhere}, {access.Operator, anywhere}, {access.Agent, anywhere},
		{access.BureauClerk, anywhere}, {access.BureauHead, anywhere}, {access.System, anywhere},
	}
	overseers = []grant{
		{access.Supervisor, inArea}, {access.Inspector, inArea}, {access.Leader, inArea},
	}
)

var (
	openStates = []State{Registered, Dispatched, Signed, Objected, Accepted, Drafted, Approved, Served, Parked, LookedBack}
	answered   = []State{Concluded, Declined, Diverted}
	closed     = []State{Concluded, Declined, Diverted, Withdrawn}
	atUnit     = []State{Dispatched, Signed, Accepted, Drafted, Approved, Served}
)

// legal are the clocks that the law sets for handling.
var legal = []Clock{T4, T11, Statute, OrderFeedback, T6, T8}

func none(_ Case, _ Event) []opening { return nil }

func just(ks ...Clock) func(Case, Event) []opening {
	return func(Case, Event) []opening {
		ws := make([]opening, len(ks))
		for i, k := range ks {
			ws[i].clock = k
		}
		return ws
	}
}

// once opens a clock unless it runs.
func once(k Clock) func(Case, Event) []opening {
	return func(c Case, _ Event) []opening {
		if c.running(k) != nil {
			return nil
		}
		return []opening{{clock: k}}
	}
}

func join[T any](gs ...[]T) []T {
	var all []T
	for _, g := range gs {
		all = append(all, g...)
	}
	return all
}

// ordinaryTable is the ordinary life of a case. Order is the order in which
// Permitted offers verbs: the step that moves the case first.
var ordinaryTable = []row{
	{verb: Register, event: "registered", from: []State{None}, to: Registered, who: everyone,
		needs: []check{hasTitle, hasBureau}, effect: onRegister, opens: received},
	{verb: Triage, event: "triaged", from: []State{Registered}, who: bureau,
		when: []check{notReview}, needs: []check{hasClass}, effect: onTriage, opens: none},
	{verb: Forward, event: "forwarded", from: []State{Registered}, to: Dispatched, who: bureau,
		needs: []check{hasClassNow, hasUnit}, effect: onDispatch, opens: dispatched, keeps: outgoing},
	{verb: Assign, event: "assigned", from: []State{Registered}, to: Dispatched, who: bureau,
		needs: []check{hasClassNow, hasUnit, hasReportDays}, effect: onDispatch, opens: dispatched, keeps: outgoing},
	{verb: Rule, event: "ruled", from: []State{Objected}, target: ruled, who: bureauHead,
		needs: []check{hasReason}, effect: onRule, opens: afterRuling, keeps: []Clock{Ruling}},
	{verb: Accept, event: "accepted", from: []State{Dispatched, Signed}, to: Accepted, who: unit,
		when: []check{notReview, fit, newHandler}, needs: []check{simpleFits, reworkPlan}, effect: onAccept, opens: accepted,
		keeps: []Clock{T2, Sign}, moots: []Clock{T3}},
	{verb: SignFor, event: "signed", from: []State{Dispatched}, to: Signed, who: unit,
		opens: none, keeps: []Clock{Sign}},
	{verb: Approve, event: "approved", from: []State{Drafted}, to: Approved, who: join(unitHead, []grant{{access.BureauHead, atRework}}),
		when: []check{notOwnDraft, fit}, opens: none},
	{verb: Serve, event: "served", from: []State{Approved}, to: Served, who: unit,
		when: []check{allAnswered, tasksDone}, needs: []check{hasMethod}, effect: onServe, opens: served,
		keeps: legal, moots: []Clock{Extension, Material, Mediation}},
	{verb: ConcludeCase, event: "concluded", from: []State{Served}, to: Concluded, who: unit,
		when: []check{routesExplained}, needs: []check{hasConclusion, hasReport}, effect: onClose, opens: none,
		keeps: []Clock{Conclude, T9}, ends: true},
	{verb: Draft, event: "drafted", from: []State{Accepted}, to: Drafted, who: unit,
		when: []check{tasksDone, fit}, needs: []check{hasOpinion}, effect: onDraft, opens: none},
	{verb: Reply, event: "replied", from: []State{Registered, Signed, Accepted}, to: Concluded, who: join(unit, bureau),
		when: []check{isSimple, isOwner, notReview, fit}, needs: []check{hasText, hasConclusion}, effect: onReply, opens: none,
		keeps: []Clock{T1, T1A, OrderDispatch, Redirect, T2, Sign, T11, OrderFeedback, T9}, ends: true},
	{verb: RuleExtension, event: "extension_ruled", from: []State{Accepted, Drafted}, who: unitHead,
		when: []check{extensionAsked, handlingNotDue}, needs: []check{hasReason}, effect: onRuleExtension, opens: none, keeps: []Clock{Extension}},
	{verb: ReturnDraft, event: "draft_returned", from: []State{Drafted, Approved}, to: Accepted, who: unitHead,
		needs: []check{hasReason}, effect: onReturnDraft, opens: none},
	{verb: Recall, event: "recalled", from: []State{Dispatched}, to: Registered, who: bureau,
		when: []check{freshDispatch}, effect: onRecall, opens: resumed, moots: []Clock{T2, T3, T9, Sign, OrderFeedback}},
	{verb: Record, event: "recorded", from: openStates, who: join(unit, bureau, overseers),
		needs: []check{hasText}, opens: none},
	{verb: RequestMaterial, event: "material_requested", from: []State{Registered, Dispatched, Signed, Accepted}, who: join(unit, bureau),
		when: []check{isOwner, noMaterialOpen}, needs: []check{hasText, hasMaterialDays}, opens: just(Material)},
	{verb: RequestExtension, event: "extension_requested", from: []State{Accepted, Drafted}, who: unit,
		when: []check{mayExtend, handlingNotDue}, needs: []check{hasReason, hasExtensionDays}, effect: onRequestExtension, opens: just(Extension)},
	{verb: Object, event: "objected", from: []State{Dispatched, Signed}, to: Objected, who: unit,
		when: []check{windowToObject, notReview}, needs: []check{hasReason, hasBasis}, effect: onObject, opens: just(Ruling), keeps: []Clock{T3, Sign}},
	{verb: Decline, event: "declined", from: []State{Registered, Dispatched, Signed}, to: Declined, who: join(unit, bureau),
		when: []check{isOwner, fit}, needs: []check{hasReason, hasBasis, notNewFacts}, effect: onClose, opens: none,
		keeps: []Clock{T1, T1A, T12, OrderDispatch, Redirect, T2, Sign, T9}, ends: true},
	{verb: Divert, event: "diverted", from: []State{Registered, Dispatched, Signed, Accepted}, to: Diverted, who: join(unit, bureau),
		when: []check{isOwner, notReview}, needs: []check{hasReason, hasRoute}, effect: onClose, opens: none,
		keeps: join(outgoing, legal, []Clock{T2, Sign, T9}), ends: true},
	{verb: Dismiss, event: "dismissed", from: []State{Registered}, to: Concluded, who: bureauHead,
		when: []check{wasContested}, needs: []check{hasReason}, effect: onDismiss, opens: none, keeps: []Clock{T1}, ends: true},
	{verb: Supplement, event: "supplemented", from: openStates, who: onBehalf,
		needs: []check{hasTextOrFiles}, opens: once(Read), keeps: []Clock{Material}},
	{verb: Urge, event: "urged", from: openStates, who: join(onBehalf, overseers),
		when: []check{urgeCooled}, effect: onUrge, opens: once(Read)},
	{verb: Withdraw, event: "withdrawn", from: openStates, to: Withdrawn, who: onBehalf,
		needs: []check{hasReason}, effect: onClose, opens: none, ends: true},
	{verb: Rate, event: "rated", from: answered, target: rated, who: petitioner,
		when: []check{notRated, inRateWindow}, needs: []check{hasGrades}, effect: onRate, opens: rung},
	{verb: Contest, event: "contested", from: join(answered, []State{LookedBack}), to: Registered, who: onBehalf,
		when: []check{inContestWindow, notReview}, needs: []check{hasReason}, effect: onContest, opens: just(T1),
		moots: []Clock{LookBack, Consultation, HigherCheck}, round: always},
	{verb: Archive, event: "archived", from: closed, to: Archived, who: join(bureau, program),
		when: []check{windowsOver}, opens: none, ends: true},
	{verb: Lapse, event: "lapsed", from: join(openStates, closed), who: program,
		needs: []check{isDue}, effect: onLapse, opens: acceptedByDefault},
	{verb: Warn, event: "warned", from: join(openStates, closed), who: program,
		needs: []check{isNear}, effect: onWarn, opens: none},
}

func always(Case, Data) bool { return true }

func ifUpheld(_ Case, d Data) bool { return d.Upheld }

// table is every verb: the ordinary life, then what only some cases meet.
var table = join(ordinaryTable, requestTable, unitTable, reviewTable, hotlineTable, relationTable, oversightTable)

// rows finds a verb's row.
var rows = func() map[Verb]*row {
	m := make(map[Verb]*row, len(table))
	for i := range table {
		m[table[i].verb] = &table[i]
	}
	return m
}()

// Verbs lists every verb in table order.
func Verbs() []Verb {
	vs := make([]Verb, len(table))
	for i, w := range table {
		vs[i] = w.verb
	}
	return vs
}

// EventKinds lists the event of every verb in table order.
func EventKinds() []EventKind {
	ks := make([]EventKind, len(table))
	for i, w := range table {
		ks[i] = w.event
	}
	return ks
}
