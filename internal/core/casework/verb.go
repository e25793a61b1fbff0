package casework

// Verb is something that a person may do with a case. A new verb is a constant
// here, a row in the table, and one file per role in procedure.
type Verb string

// The verbs.
const (
	Register         Verb = "register"          // 登记
	Triage           Verb = "triage"            // 分类
	Forward          Verb = "forward"           // 转送
	Assign           Verb = "assign"            // 交办
	Recall           Verb = "recall"            // 撤回转办: a dispatch undone before the unit acts
	SignFor          Verb = "sign"              // 签收
	Object           Verb = "object"            // 异议
	Rule             Verb = "rule"              // 裁定异议
	Accept           Verb = "accept"            // 受理
	Decline          Verb = "decline"           // 不予受理
	Divert           Verb = "divert"            // 导入法定途径
	RequestMaterial  Verb = "request_material"  // 要求补充材料
	Record           Verb = "record"            // 办理记录
	RequestExtension Verb = "request_extension" // 申请延期
	RuleExtension    Verb = "rule_extension"    // 审批延期
	Draft            Verb = "draft"             // 拟处理意见
	Approve          Verb = "approve"           // 审核处理意见
	ReturnDraft      Verb = "return_draft"      // 退回修改
	Serve            Verb = "serve"             // 送达
	Reply            Verb = "reply"             // 简易答复: draft, approval, service and conclusion at once
	ConcludeCase     Verb = "conclude"          // 办结
	Withdraw         Verb = "withdraw"          // 撤回
	Supplement       Verb = "supplement"        // 补充
	Urge             Verb = "urge"              // 催办
	Rate             Verb = "rate"              // 评价
	Contest          Verb = "contest"           // 对结果有异议: opens the next round
	Dismiss          Verb = "dismiss"           // 维持原答复
	Archive          Verb = "archive"           // 归档
	Lapse            Verb = "lapse"             // 超期: the program marks a missed duty
	Warn             Verb = "warn"              // 临期: the program tells that a duty is nearly due
)

// Several requests in one case.
const (
	AddRequest    Verb = "add_request"    // 增列诉求
	AnswerRequest Verb = "answer_request" // 逐项答复
	DivertRequest Verb = "divert_request" // 单项导入法定途径
	ExplainRoute  Verb = "explain_route"  // 书面说明途径
	ToOrdinary    Verb = "to_ordinary"    // 转为普通程序
)

// Lead and assisting units, disputes, the joint room.
const (
	AddTask       Verb = "add_task"       // 交协办任务
	AnswerTask    Verb = "answer_task"    // 协办答复
	ReturnTask    Verb = "return_task"    // 退回协办任务
	RecallTask    Verb = "recall_task"    // 收回协办任务
	Consult       Verb = "consult"        // 会商
	NameInterim   Verb = "name_interim"   // 先办后议: a unit acts while the dispute goes on
	SettleDispute Verb = "settle_dispute" // 裁定承办单位
	Convene       Verb = "convene"        // 召集联合会商室 (3 + N)
	Invite        Verb = "invite"         // 邀请单位
	CloseRoom     Verb = "close_room"     // 会商结论
	Reroute       Verb = "reroute"        // 改派
)

// Review, recheck, finalisation.
const (
	RequestReview Verb = "request_review" // 申请复查、复核
	TakeUp        Verb = "take_up"        // 复查、复核受理
	NoteReview    Verb = "note_review"    // the program notes a served review on the case reviewed
	OpenHearing   Verb = "open_hearing"   // 听证
	CloseHearing  Verb = "close_hearing"  // 听证结束
	Finalise      Verb = "finalise"       // 终结
	OpenHelp      Verb = "open_help"      // 帮扶
	CloseHelp     Verb = "close_help"     // 帮扶完成
	Recuse        Verb = "recuse"         // 回避
	AskRecusal    Verb = "ask_recusal"    // 申请回避
	RuleRecusal   Verb = "rule_recusal"   // 决定回避
)

// Rework and the ladder of the dissatisfied.
const (
	Redo             Verb = "redo"              // 重办 (三重新)
	LookAgain        Verb = "look_back"         // 回查
	HoldConsultation Verb = "hold_consultation" // 会商研判
	CheckAbove       Verb = "check_above"       // 上级核查
)

// The hotline's verbs, and those of many petitioners.
const (
	AskPark         Verb = "ask_park"         // 申请挂账
	RulePark        Verb = "rule_park"        // 审批挂账
	Resume          Verb = "resume"           // 恢复办理
	End             Verb = "end"              // 终止办理
	Convert         Verb = "convert"          // 工单与信访件互转
	PromiseCallback Verb = "promise_callback" // 约定回电
	CallBack        Verb = "call_back"        // 已回电
	Acknowledge     Verb = "acknowledge"      // 已阅
	Cosign          Verb = "cosign"           // 联名
	CoRate          Verb = "co_rate"          // 联名人评价
	NameSpeakers    Verb = "name_speakers"    // 推选代表, at most five for a visit
)

// One matter raised several times.
const (
	Relate     Verb = "relate"      // 关联: 补充、同类、重访
	Unrelate   Verb = "unrelate"    // 撤销关联
	ShareReply Verb = "share_reply" // 同件同答: the program serves the master's reply
)

// Mediation, supervision, instructions.
const (
	ProposeMediation Verb = "propose_mediation"  // 提议调解
	ConsentMediation Verb = "consent_mediation"  // 同意或拒绝调解
	RecordMediation  Verb = "record_mediation"   // 调解结果
	Supervise        Verb = "supervise"          // 督办
	GiveFeedback     Verb = "give_feedback"      // 督办反馈
	Instruct         Verb = "instruct"           // 批示
	AnswerInstruct   Verb = "answer_instruction" // 批示反馈
	DropDirective    Verb = "drop_directive"     // 撤销督办、批示
	ReportUrgent     Verb = "report_urgent"      // 重大紧急信访报告 (Art. 25)
)
