package casework

import "xinqiao/internal/core/access"

// requestTable: several requests in one case, each with its own route, clock
// and answer (诉求分列), and the way from the simple to the ordinary procedure.
var requestTable = []row{
	{verb: AddRequest, event: "request_added", from: []State{Registered, Dispatched, Signed, Accepted}, who: join(unit, bureau),
		when: []check{isOwner, notReview, fewRequests}, needs: []check{hasTitle, hasNature}, effect: onAddRequest, opens: acceptedLines},
	{verb: AnswerRequest, event: "request_answered", from: []State{Accepted}, who: unit,
		when: []check{notReview, fit}, needs: []check{openLine, hasResult, hasFacts, hasText, hasBasis, hasRemedy}, effect: onAnswerRequest, opens: none},
	{verb: DivertRequest, event: "request_diverted", from: []State{Registered, Dispatched, Signed, Accepted}, who: join(unit, bureau),
		when: []check{isOwner, notReview}, needs: []check{openLine, notTheLast, hasRoute, hasReason}, effect: onDivertRequest, opens: explanation},
	{verb: ExplainRoute, event: "route_explained", from: openStates, who: join(unit, bureau),
		when: []check{running(Explain, "nothing_to_explain")}, needs: []check{explaining, hasText, hasMethod}, effect: onExplainRoute, opens: none},
	{verb: ToOrdinary, event: "made_ordinary", from: []State{Accepted}, who: unit,
		when: []check{isOwner, running(T11, "not_simple")}, needs: []check{hasReason}, effect: onToOrdinary, opens: acceptedLines, moots: []Clock{T11}},
}

// unitTable: several units on one case: assisting, disputing, sitting together.
var unitTable = []row{
	{verb: AddTask, event: "task_added", from: []State{Dispatched, Signed, Accepted}, who: join(unit, bureau),
		needs: []check{hasUnit, hasText, taskFits}, effect: onAddTask, opens: newTask},
	{verb: AnswerTask, event: "task_answered", from: openStates, who: assisting,
		when: []check{hasOpenTask, fit}, needs: []check{namesOwnTask, hasText}, effect: onTask(TaskAnswered), opens: none},
	{verb: ReturnTask, event: "task_returned", from: openStates, who: assisting,
		when: []check{hasOpenTask}, needs: []check{namesOwnTask, hasReason}, effect: onTask(TaskReturned), opens: none},
	{verb: RecallTask, event: "task_recalled", from: openStates, who: join(unit, bureau),
		when: []check{someTaskOpen}, needs: []check{namesOpenTask, hasReason}, effect: onTask(TaskRecalled), opens: none},
	{verb: Consult, event: "consulted", from: openStates, who: join(unit, bureau),
		needs: []check{hasMethod, hasAttendees, hasText}, opens: none},
	{verb: NameInterim, event: "interim_named", from: []State{Objected}, to: Dispatched, who: bureauHead,
		needs: []check{hasUnit, hasReason}, effect: onNameInterim, opens: redispatched, moots: []Clock{T2, T3, Sign}},
	{verb: SettleDispute, event: "dispute_settled", from: atUnit, target: moved, who: bureauHead,
		when: []check{isInterim}, needs: []check{hasUnit, hasReason, hasDuty}, effect: onMove, opens: afterMove, keeps: []Clock{Ruling}},
	{verb: Convene, event: "room_convened", from: openStates, who: bureau,
		when: []check{noRoom}, needs: []check{hasReason}, effect: onConvene, opens: just(Room)},
	{verb: Invite, event: "unit_invited", from: openStates, who: bureau,
		when: []check{roomSits}, needs: []check{hasUnit}, effect: onInvite, opens: none},
	{verb: CloseRoom, event: "room_closed", from: openStates, target: moved, who: bureau,
		when: []check{roomSits}, needs: []check{hasText, unbarredUnit}, effect: onMove, opens: afterMove, keeps: []Clock{Room}},
	{verb: Reroute, event: "rerouted", from: []State{Dispatched, Signed, Accepted}, to: Dispatched, who: bureau,
		needs: []check{hasUnit, notTheSame, hasReason}, effect: onMove, opens: afterMove},
	{verb: Recuse, event: "recused", from: openStates, who: join(unit, bureau),
		when: []check{notRecused}, needs: []check{hasReason}, effect: onRecuse, opens: none},
	{verb: AskRecusal, event: "recusal_asked", from: openStates, who: onBehalf, needs: []check{hasReason}, effect: onAskRecusal, opens: none},
	{verb: RuleRecusal, event: "recusal_ruled", from: openStates, who: join(unitHead, bureauHead),
		when: []check{recusalAsked}, needs: []check{hasReason}, effect: onRuleRecusal, opens: none},
}

// reviewTable: three-level termination (三级终结), hearings, help.
var reviewTable = []row{
	{verb: RequestReview, event: "review_requested", from: []State{Served, Concluded, LookedBack}, who: onBehalf,
		when: []check{inReviewWindow}, needs: []check{hasReason}, effect: onRequestReview, opens: none, keeps: []Clock{T5, T7}},
	{verb: TakeUp, event: "taken_up", from: []State{Registered, Dispatched, Signed}, to: Accepted, who: join(unit, bureau),
		when: []check{isReview, isOwner, fit}, effect: onTakeUp, opens: reviewClock, keeps: join(outgoing, []Clock{T2, Sign}), moots: []Clock{T3}},
	{verb: NoteReview, event: "review_noted", from: join(openStates, closed), target: noted, who: program,
		effect: onNoteReview, opens: afterReview, round: reopens},
	{verb: OpenHearing, event: "hearing_opened", from: []State{Accepted}, who: unit,
		when: []check{mayHear, fit}, needs: []check{hasText, hasAttendees}, effect: onOpenHearing, opens: just(Hearing)},
	{verb: CloseHearing, event: "hearing_closed", from: openStates, who: unit,
		when: []check{hearingOpen}, needs: []check{hasText}, effect: onCloseHearing, opens: none, keeps: []Clock{Hearing}},
	{verb: Finalise, event: "finalised", from: []State{Concluded, Archived}, who: bureauHead,
		when: []check{notReview, isPetition, mayFinalise}, needs: []check{grounded, hasReason}, effect: onFinalise, opens: none},
	{verb: OpenHelp, event: "help_opened", from: join(openStates, []State{Concluded}), who: join(unit, bureau),
		needs: []check{hasText, hasHelpDays}, opens: just(Help)},
	{verb: CloseHelp, event: "help_closed", from: join(openStates, closed), who: join(unit, bureau),
		when: []check{helpOpen}, needs: []check{hasText}, opens: none, keeps: []Clock{Help}},
	{verb: Redo, event: "redo_ordered", from: []State{Concluded, LookedBack}, to: Registered, who: bureauHead,
		when: []check{notReview}, needs: []check{hasReason}, effect: onRedo, opens: just(Redirect),
		moots: []Clock{LookBack, Consultation, HigherCheck}, round: always},
	{verb: LookAgain, event: "looked_back", from: []State{LookedBack}, target: afterRung, who: bureau,
		when: []check{onRung(LookBack)}, needs: []check{hasText}, effect: onRungDone, opens: secondDispatch, keeps: []Clock{LookBack}, round: ifUpheld},
	{verb: HoldConsultation, event: "consultation_held", from: []State{LookedBack}, target: afterRung, who: bureau,
		when: []check{onRung(Consultation)}, needs: []check{hasMethod, hasAttendees, hasText}, effect: onRungDone, opens: secondDispatch,
		keeps: []Clock{Consultation}, round: ifUpheld},
	{verb: CheckAbove, event: "checked_above", from: []State{LookedBack}, target: afterRung, who: upper,
		when: []check{onRung(HigherCheck)}, needs: []check{hasText}, effect: onRungDone, opens: secondDispatch, keeps: []Clock{HigherCheck}, round: ifUpheld},
}

// hotlineTable: the verbs of 12345 orders, joint petitions and mediation.
var hotlineTable = []row{
	{verb: AskPark, event: "park_asked", from: []State{Signed, Accepted, Served}, who: unit,
		when: []check{mayPark}, needs: []check{hasReason, hasPlan, hasParkDays}, effect: onAskPark, opens: just(ParkRuling)},
	{verb: RulePark, event: "park_ruled", from: []State{Signed, Accepted, Served}, target: parked, who: bureauHead,
		when: []check{parkAsked}, needs: []check{hasReason}, effect: onRulePark, opens: afterParking, keeps: []Clock{ParkRuling}},
	{verb: Resume, event: "resumed", from: []State{Parked}, target: unparked, who: join(unit, bureau),
		needs: []check{hasText}, effect: onResume, opens: afterResume, keeps: []Clock{Park}},
	{verb: End, event: "ended", from: openStates, to: Concluded, who: bureauHead,
		needs: []check{hasReason, hasBasis}, effect: onClose, opens: none, ends: true},
	{verb: Convert, event: "converted", from: []State{Registered, Dispatched, Signed, Accepted}, to: Registered,
		who: join(bureau, []grant{{access.Operator, theirs}}), when: []check{notReview}, needs: []check{hasOtherKind, hasReason},
		effect: onConvert, opens: received, keeps: outgoing, moots: join(legal, []Clock{T2, T3, T9, Sign, Extension, Material})},
	{verb: PromiseCallback, event: "callback_promised", from: openStates, who: join(unit, bureau, []grant{{access.Operator, theirs}}),
		needs: []check{hasText, hasCallDays}, opens: just(Callback)},
	{verb: CallBack, event: "called_back", from: openStates, who: join(unit, bureau, []grant{{access.Operator, theirs}}),
		when: []check{running(Callback, "no_callback")}, needs: []check{hasText}, opens: none, keeps: []Clock{Callback}},
	{verb: Acknowledge, event: "acknowledged", from: openStates, who: join(unit, bureau),
		when: []check{isOwner, running(Read, "nothing_to_read")}, opens: none, keeps: []Clock{Read}},
	{verb: Cosign, event: "cosigned", from: openStates, who: everyone, when: []check{notReview}, effect: onCosign, opens: none},
	{verb: CoRate, event: "co_rated", from: join(answered, []State{LookedBack}), who: []grant{{access.Petitioner, joined}},
		when: []check{isJoint, inRateWindow}, needs: []check{hasGrades}, opens: none},
	{verb: NameSpeakers, event: "speakers_named", from: openStates, who: onBehalf,
		when: []check{isJoint}, needs: []check{hasSpeakers}, effect: onNameSpeakers, opens: none},
	{verb: ProposeMediation, event: "mediation_proposed", from: []State{Accepted}, who: join(unit, bureau),
		when: []check{noMediation, isPetition}, needs: []check{hasText}, effect: onProposeMediation, opens: just(Mediation)},
	{verb: ConsentMediation, event: "mediation_answered", from: []State{Accepted}, who: onBehalf,
		when: []check{mediationOffered, mediationUndecided}, effect: onConsentMediation, opens: none},
	{verb: RecordMediation, event: "mediation_recorded", from: []State{Accepted}, who: join(unit, bureau),
		when: []check{mediationAgreed}, needs: []check{hasText}, effect: onRecordMediation, opens: none, keeps: []Clock{Mediation}},
}

// oversightTable: what stands over a case and does not move it.
var oversightTable = []row{
	{verb: Supervise, event: "supervised", from: openStates, who: join(bureau, overseers),
		needs: []check{hasReason, hasText, hasAnswerDays}, opens: just(Supervision)},
	{verb: GiveFeedback, event: "feedback_given", from: openStates, who: join(unit, bureau),
		when: []check{isOwner, running(Supervision, "no_supervision")}, needs: []check{hasText}, opens: none, keeps: []Clock{Supervision}},
	{verb: Instruct, event: "instructed", from: openStates, who: join(bureau, []grant{{access.Leader, inArea}}),
		needs: []check{hasText, hasAnswerDays}, opens: just(Instruction)},
	{verb: AnswerInstruct, event: "instruction_answered", from: openStates, who: join(unit, bureau),
		when: []check{isOwner, running(Instruction, "no_instruction")}, needs: []check{hasText}, opens: none, keeps: []Clock{Instruction}},
	{verb: ReportUrgent, event: "urgent_reported", from: openStates, who: bureau, needs: []check{hasText}, effect: onReportUrgent, opens: none},
}
