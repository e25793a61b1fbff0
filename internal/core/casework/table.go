package casework

import "xinqiao/internal/core/access"

// relation says how an actor must stand to the case.
type relation int

const (
	anywhere relation = iota
	atBureau          // works in the bureau that dispatches this case
	atLead            // works in the unit that handles this round
	theirs            // is the petitioner, or registered the case for them
	inArea            // the case lies in the actor's jurisdiction
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
	opens  func(Case) []Clock // after the effect
	keeps  []Clock            // closed as done
	moots  []Clock            // closed as no longer owed
	ends   bool               // closes the case: everything open becomes moot
}

var (
	bureau     = []grant{{access.BureauClerk, atBureau}, {access.BureauHead, atBureau}}
	bureauHead = []grant{{access.BureauHead, atBureau}}
	unit       = []grant{{access.UnitHandler, atLead}, {access.UnitHead, atLead}}
	unitHead   = []grant{{access.UnitHead, atLead}}
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
	openStates = []State{Registered, Dispatched, Signed, Objected, Accepted, Drafted, Approved, Served}
	answered   = []State{Concluded, Declined, Diverted}
	closed     = []State{Concluded, Declined, Diverted, Withdrawn}
)

func none(Case) []Clock { return nil }

func just(ks ...Clock) func(Case) []Clock { return func(Case) []Clock { return ks } }

func join(gs ...[]grant) []grant {
	var all []grant
	for _, g := range gs {
		all = append(all, g...)
	}
	return all
}

// table is the whole ordinary life of a case. Order is the order in which
// Permitted offers verbs: the step that moves the case first.
var table = []row{
	{verb: Register, event: "registered", from: []State{None}, to: Registered, who: everyone,
		needs: []check{hasTitle, hasBureau}, effect: onRegister, opens: just(T1)},
	{verb: Triage, event: "triaged", from: []State{Registered}, who: bureau,
		needs: []check{hasClass}, effect: onTriage, opens: none},
	{verb: Forward, event: "forwarded", from: []State{Registered}, to: Dispatched, who: bureau,
		needs: []check{hasClassNow, hasUnit}, effect: onDispatch, opens: just(T2, T3, Sign), keeps: []Clock{T1, Redirect}},
	{verb: Assign, event: "assigned", from: []State{Registered}, to: Dispatched, who: bureau,
		needs: []check{hasClassNow, hasUnit, hasReportDays}, effect: onDispatch, opens: just(T2, T3, Sign, T9), keeps: []Clock{T1, Redirect}},
	{verb: Rule, event: "ruled", from: []State{Objected}, target: ruled, who: bureauHead,
		needs: []check{hasReason}, effect: onRule, opens: afterRuling, keeps: []Clock{Ruling}},
	{verb: Accept, event: "accepted", from: []State{Dispatched, Signed}, to: Accepted, who: unit,
		needs: []check{simpleFits}, effect: onAccept, opens: func(c Case) []Clock { return []Clock{handling(c)} },
		keeps: []Clock{T2, Sign}, moots: []Clock{T3}},
	{verb: SignFor, event: "signed", from: []State{Dispatched}, to: Signed, who: unit,
		opens: none, keeps: []Clock{Sign}},
	{verb: Approve, event: "approved", from: []State{Drafted}, to: Approved, who: unitHead,
		when: []check{notOwnDraft}, opens: none},
	{verb: Serve, event: "served", from: []State{Approved}, to: Served, who: unit,
		needs: []check{hasMethod}, effect: onServe, opens: just(Conclude),
		keeps: []Clock{T4, T11, Statute}, moots: []Clock{Extension, Material}},
	{verb: ConcludeCase, event: "concluded", from: []State{Served}, to: Concluded, who: unit,
		needs: []check{hasConclusion, hasReport}, effect: onClose, opens: none, keeps: []Clock{Conclude, T9}, ends: true},
	{verb: Draft, event: "drafted", from: []State{Accepted}, to: Drafted, who: unit,
		needs: []check{hasOpinion}, effect: onDraft, opens: none},
	{verb: Reply, event: "replied", from: []State{Registered, Accepted}, to: Concluded, who: join(unit, bureau),
		when: []check{isSimple, isOwner}, needs: []check{hasText, hasConclusion}, effect: onReply, opens: none,
		keeps: []Clock{T1, Redirect, T11, T9}, ends: true},
	{verb: RuleExtension, event: "extension_ruled", from: []State{Accepted, Drafted}, who: unitHead,
		when: []check{extensionAsked, handlingNotDue}, needs: []check{hasReason}, effect: onRuleExtension, opens: none, keeps: []Clock{Extension}},
	{verb: ReturnDraft, event: "draft_returned", from: []State{Drafted, Approved}, to: Accepted, who: unitHead,
		needs: []check{hasReason}, opens: none},
	{verb: Recall, event: "recalled", from: []State{Dispatched}, to: Registered, who: bureau,
		when: []check{freshDispatch}, effect: onRecall, opens: resumed, moots: []Clock{T2, T3, T9, Sign}},
	{verb: Record, event: "recorded", from: openStates, who: join(unit, bureau, overseers),
		needs: []check{hasText}, opens: none},
	{verb: RequestMaterial, event: "material_requested", from: []State{Registered, Dispatched, Signed, Accepted}, who: join(unit, bureau),
		when: []check{isOwner, noMaterialOpen}, needs: []check{hasText, hasMaterialDays}, opens: just(Material)},
	{verb: RequestExtension, event: "extension_requested", from: []State{Accepted, Drafted}, who: unit,
		when: []check{mayExtend, handlingNotDue}, needs: []check{hasReason, hasExtensionDays}, effect: onRequestExtension, opens: just(Extension)},
	{verb: Object, event: "objected", from: []State{Dispatched, Signed}, to: Objected, who: unit,
		when: []check{windowToObject}, needs: []check{hasReason, hasBasis}, effect: onObject, opens: just(Ruling), keeps: []Clock{T3, Sign}},
	{verb: Decline, event: "declined", from: []State{Registered, Dispatched, Signed}, to: Declined, who: join(unit, bureau),
		when: []check{isOwner}, needs: []check{hasReason, hasBasis}, effect: onClose, opens: none,
		keeps: []Clock{T1, Redirect, T2, Sign, T9}, ends: true},
	{verb: Divert, event: "diverted", from: []State{Registered, Dispatched, Signed, Accepted}, to: Diverted, who: join(unit, bureau),
		when: []check{isOwner}, needs: []check{hasReason, hasRoute}, effect: onClose, opens: none,
		keeps: []Clock{T1, Redirect, T2, Sign, T9, T4, T11, Statute}, ends: true},
	{verb: Dismiss, event: "dismissed", from: []State{Registered}, to: Concluded, who: bureauHead,
		when: []check{wasContested}, needs: []check{hasReason}, effect: onDismiss, opens: none, keeps: []Clock{T1}, ends: true},
	{verb: Supplement, event: "supplemented", from: openStates, who: onBehalf,
		needs: []check{hasTextOrFiles}, opens: none, keeps: []Clock{Material}},
	{verb: Urge, event: "urged", from: openStates, who: join(onBehalf, overseers),
		when: []check{urgeCooled}, effect: onUrge, opens: none},
	{verb: Withdraw, event: "withdrawn", from: openStates, to: Withdrawn, who: onBehalf,
		needs: []check{hasReason}, effect: onClose, opens: none, ends: true},
	{verb: Rate, event: "rated", from: answered, who: petitioner,
		when: []check{notRated, inRateWindow}, needs: []check{hasGrades}, effect: onRate, opens: none},
	{verb: Contest, event: "contested", from: answered, to: Registered, who: onBehalf,
		when: []check{inContestWindow}, needs: []check{hasReason}, effect: onContest, opens: just(T1)},
	{verb: Archive, event: "archived", from: closed, to: Archived, who: join(bureau, program),
		when: []check{windowsOver}, opens: none},
	{verb: Lapse, event: "lapsed", from: openStates, who: program,
		needs: []check{isDue}, effect: onLapse, opens: none},
}

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
