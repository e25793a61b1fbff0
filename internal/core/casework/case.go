package casework

import (
	"time"

	"xinqiao/internal/core/access"
)

// State is where a case stands in its round. A round never moves back; a
// contest opens the next round.
type State string

// The states. Closed ones owe nothing any more; Archived is the last.
const (
	None       State = ""           // not yet registered
	Registered State = "registered" // 已登记, the bureau must dispatch (T1)
	Dispatched State = "dispatched" // 已转办, the unit must sign, object or give notice (T2, T3)
	Signed     State = "signed"     // 已签收
	Objected   State = "objected"   // 异议待裁, the bureau must rule
	Accepted   State = "accepted"   // 已受理, handling (T4, T11)
	Drafted    State = "drafted"    // 意见已拟, awaits approval
	Approved   State = "approved"   // 意见已审, awaits service
	Served     State = "served"     // 已送达, awaits conclusion
	Concluded  State = "concluded"  // 已办结
	Declined   State = "declined"   // 不予受理
	Diverted   State = "diverted"   // 导入法定途径
	Parked     State = "parked"     // 挂账: cannot be solved now, has a plan and a date
	LookedBack State = "look_back"  // 回查核查: closed, the petitioner dissatisfied
	Withdrawn  State = "withdrawn"  // 已撤回
	Archived   State = "archived"   // 已归档
)

// States lists every state in the order of a life.
var States = []State{
	Registered, Dispatched, Signed, Objected, Accepted, Drafted, Approved,
	Served, Parked, LookedBack, Concluded, Declined, Diverted, Withdrawn, Archived,
}

// Open tells whether somebody still owes the petitioner something.
func (s State) Open() bool {
	switch s {
	case None, Concluded, Declined, Diverted, Withdrawn, Archived:
		return false
	}
	return true
}

// Channel is the door that a case came through (Art. 17).
type Channel string

// The channels.
const (
	Web      Channel = "web"      // 网上
	Phone    Channel = "phone"    // 电话 (12345)
	Letter   Channel = "letter"   // 书信
	Visit    Channel = "visit"    // 走访
	Fax      Channel = "fax"      // 传真
	Agency   Channel = "agency"   // 代办
	Mail     Channel = "mail"     // 领导信箱, 电子邮件
	WeChat   Channel = "wechat"   // 微信公众号
	SMS      Channel = "sms"      // 短信
	Kiosk    Channel = "kiosk"    // 自助终端
	Board    Channel = "board"    // 网络留言板 and other hotlines
	API      Channel = "api"      // another system
	Imported Channel = "imported" // history
)

// Channels lists every channel in display order.
var Channels = []Channel{Web, Phone, Letter, Visit, Fax, Agency, Mail, WeChat, SMS, Kiosk, Board, API, Imported}

// Nature is the route by law (依法分类, Art. 29–33).
type Nature string

// The natures R0–R8. Unclassified is before triage.
const (
	Unclassified Nature = ""
	R0           Nature = "R0" // 建议意见
	R1           Nature = "R1" // 检举控告: confidential lane
	R2           Nature = "R2" // 涉法涉诉
	R3           Nature = "R3" // 仲裁
	R4           Nature = "R4" // 党员申诉
	R5           Nature = "R5" // 行政程序
	R6           Nature = "R6" // 履行查处、保护职责
	R7           Nature = "R7" // 申诉求决 (ordinary petition), 60 + 30 days
	R8           Nature = "R8" // 调解和解
)

// Natures lists the natures that triage can choose.
var Natures = []Nature{R0, R1, R2, R3, R4, R5, R6, R7, R8}

// Urgency is how much haste the matter needs: a ribbon, never a light.
type Urgency string

// The urgencies.
const (
	Blue   Urgency = "blue"   // 一般
	Yellow Urgency = "yellow" // 较急
	Red    Urgency = "red"    // 紧急
)

// Urgencies lists the urgencies, least first.
var Urgencies = []Urgency{Blue, Yellow, Red}

// Procedure is the ordinary (T4) or the simple one (T11).
type Procedure string

// The procedures.
const (
	Ordinary Procedure = "ordinary" // 普通程序
	Simple   Procedure = "simple"   // 简易办理
)

// DispatchKind is how the bureau handed the case on (Art. 22).
type DispatchKind string

// The two dispatches: a forward owes no report, an assignment does (T9).
const (
	Forwarded DispatchKind = "forwarded" // 转送
	Assigned  DispatchKind = "assigned"  // 交办
)

// Outcome says how a case truly ended.
type Outcome string

// The outcomes. Resolved needs evidence.
const (
	Undecided     Outcome = ""
	Resolved      Outcome = "resolved"       // 已解决
	Partly        Outcome = "partly"         // 部分解决
	Explained     Outcome = "explained"      // 解释说明
	NotSupported  Outcome = "not_supported"  // 不予支持
	NotAccepted   Outcome = "not_accepted"   // 不予受理
	ToLegalRoute  Outcome = "to_legal_route" // 导入法定途径
	WithdrawnByIt Outcome = "withdrawn"      // 撤回
	Unreachable   Outcome = "unreachable"    // 无法联系
	Ended         Outcome = "ended"          // 终止办理
	Decided       Outcome = "decided"        // 复查、复核已决定
	Attached      Outcome = "attached"       // 并入: goes on as a supplement of another case
)

// Conclusions lists the outcomes that conclude can choose.
var Conclusions = []Outcome{Resolved, Partly, Explained, NotSupported, Unreachable}

// Grade is one of four on the local scale; raw answers are kept and mapped to
// the national scale of three when counted.
type Grade int

// The grades; Unrated is not satisfied, it is unrated.
const (
	Unrated          Grade = 0
	VeryDissatisfied Grade = 1 // 不满意
	Dissatisfied     Grade = 2 // 不太满意
	Satisfied        Grade = 3 // 满意
	VerySatisfied    Grade = 4 // 非常满意
)

// Grades lists the four, best first.
var Grades = []Grade{VerySatisfied, Satisfied, Dissatisfied, VeryDissatisfied}

// Case is the row: the fold of its events. It holds no personal data; the
// petitioner is a reference and the words live with intake.
type Case struct {
	ID      int64
	No      string
	Version int64 // number of events applied; compare-and-set on save
	Round   int   // 1, and one more for each upheld contest
	State   State

	Kind          Kind
	Stage         Stage
	ParentID      int64  // the case that a review or recheck looks at
	RootID        int64  // the case where the matter began; 0 = this one
	UpperBureauID int64  // the bureau one level up; 0 = none
	RuleVersion   string // the parameters that it started under
	Repeat        bool   // 重复信访: raised before
	People        int    // petitioners, with co-signers; at least 1
	Ladder        int    // 0 to 4: rungs that dissatisfaction has climbed
	Finalised     bool   // 已终结: same facts and reasons are not accepted again
	Parts

	Title        string // one line for lists, at most 80 characters
	Channel      Channel
	Category     string // taxonomy code, "" before triage
	Nature       Nature
	Urgency      Urgency
	Procedure    Procedure
	Lane         access.Lane
	BarredUnitID int64 // the accused unit of a confidential case

	PetitionerID int64
	RegisteredBy int64    // staff id; 0 when the petitioner filed
	Areas        [3]int64 // governments above the place, root first
	BureauID     int64    // the petition bureau that dispatches
	LeadUnitID   int64    // the unit that handles this round, 0 before dispatch
	OwnerUnitID  int64    // who must act now
	Dispatch     DispatchKind
	Objections   int   // upheld or not, all rounds
	DraftedBy    int64 // staff who drafted the opinion; another must approve
	ExtendAsked  int   // days asked and not yet ruled on, 0 = none
	Extended     int   // days granted, at most 30, once (Art. 34)

	Outcome      Outcome
	Urges        int
	LastUrgedAt  time.Time
	RatedUnit    Grade // 对责任单位
	RatedResult  Grade // 对办理结果
	Dismissed    bool  // a contest of this closing was heard and dismissed
	RegisteredAt time.Time
	DispatchedAt time.Time
	AcceptedAt   time.Time
	ServedAt     time.Time
	ClosedAt     time.Time

	LastEvent   EventKind
	LastEventAt time.Time
	NextDueAt   time.Time // the earliest open owed obligation; zero when closed
	NextClock   Clock
	NextWarnAt  time.Time    // when the light of the next due moment turns amber
	Obligations []Obligation // every one, in the order opened
}

// IsReview tells whether the case looks at another one's opinion.
func (c Case) IsReview() bool { return c.Stage == Review || c.Stage == Recheck }

// Facts gives what the visibility rule reads.
func (c Case) Facts() access.Facts {
	return access.Facts{
		CaseID: c.ID, LeadUnitID: c.LeadUnitID, RegisteredBy: c.RegisteredBy,
		Areas: c.Areas, Lane: c.Lane, BarredUnitID: c.BarredUnitID, Parties: c.Parties(),
	}
}
