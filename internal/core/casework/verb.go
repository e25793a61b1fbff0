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
)
