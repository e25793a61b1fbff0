package casework

import (
	"slices"
	"time"
)

// Kind is which law a case lives under: the Regulations or the hotline's.
type Kind string

// The kinds.
const (
	Petition Kind = "petition" // 信访事项
	Order    Kind = "order"    // 12345 工单
)

// Kinds lists both.
var Kinds = []Kind{Petition, Order}

// Stage is the level of a matter's course (三级终结).
type Stage string

// The stages. Review and recheck are cases of their own, linked to the one
// that they look at.
const (
	Handling Stage = "handling" // 办理
	Review   Stage = "review"   // 复查 (Art. 35)
	Recheck  Stage = "recheck"  // 复核 (Art. 36)
)

// Result answers one request (Art. 27, 32).
type Result string

// The results.
const (
	Unanswered      Result = ""
	Supported       Result = "supported"      // 支持
	PartlySupported Result = "partly"         // 部分支持
	ExplainedOnly   Result = "explained"      // 解释说明: reasonable, no legal basis
	Unsupported     Result = "not_supported"  // 不予支持
	DivertedAway    Result = "to_legal_route" // 导入法定途径, not for drafting
)

// Results lists what an answer can say.
var Results = []Result{Supported, PartlySupported, ExplainedOnly, Unsupported}

// Decision is what a review or recheck decides on the opinion before it.
type Decision string

// The decisions.
const (
	Undecidedly Decision = ""
	Maintain    Decision = "maintain" // 维持
	Revoke      Decision = "revoke"   // 撤销, to be handled anew
	Change      Decision = "change"   // 变更
	OrderRedo   Decision = "redo"     // 责令重办
)

// Decisions lists them.
var Decisions = []Decision{Maintain, Revoke, Change, OrderRedo}

// Ground is why a matter can be finalised.
type Ground string

// The grounds (三级终结 and the two other ends).
const (
	ThreeOpinions Ground = "three_opinions" // 办理、复查、复核意见均已送达
	WindowLapsed  Ground = "window_lapsed"  // 逾期未申请复查、复核, service proven
	Settled       Ground = "settled"        // 和解、调解协议已履行
)

// Grounds lists them.
var Grounds = []Ground{ThreeOpinions, WindowLapsed, Settled}

// Request is one thing asked for (诉求), with its own route, clock and answer.
type Request struct {
	Seq    int    `json:"seq"` // 1, 2, 3 …
	Title  string `json:"title"`
	Nature Nature `json:"nature,omitempty"`
	Result Result `json:"result,omitempty"`
	Facts  string `json:"facts,omitempty"`
	Basis  string `json:"basis,omitempty"`
	Text   string `json:"text,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	Route  string `json:"route,omitempty"` // where it was diverted to
}

// Diverted tells whether the request left for another route by law.
func (q Request) Diverted() bool { return q.Result == DivertedAway }

// TaskStatus is where an assisting unit's task stands.
type TaskStatus string

// The states of a task.
const (
	TaskOpen     TaskStatus = "open"
	TaskAnswered TaskStatus = "answered"
	TaskReturned TaskStatus = "returned"
	TaskRecalled TaskStatus = "recalled"
)

// Task is what a lead unit asks of an assisting one (协办).
type Task struct {
	Seq    int        `json:"seq"`
	UnitID int64      `json:"unit"`
	Ask    string     `json:"ask"`
	Status TaskStatus `json:"status"`
	Answer string     `json:"answer,omitempty"`
}

// Parts are what only some cases have. They are stored together as one value;
// what lists filter by stands in Case itself.
type Parts struct {
	Requests []Request `json:"requests,omitempty"` // empty = the one that the title names
	Tasks    []Task    `json:"tasks,omitempty"`
	Room     bool      `json:"room,omitempty"`    // a joint room sits
	Invited  []int64   `json:"invited,omitempty"` // units in the room

	Interim     bool  `json:"interim,omitempty"` // the lead acts while the dispute goes on
	ObjectedBy  int64 `json:"objected_by,omitempty"`
	SuggestedBy int64 `json:"suggested,omitempty"` // the unit that the objection names
	Dispatches  int   `json:"dispatches,omitempty"`

	Recused    []int64 `json:"recused,omitempty"` // staff who may not touch the case
	RecusalFor bool    `json:"recusal_asked,omitempty"`
	Handlers   []int64 `json:"handlers,omitempty"` // staff who accepted or drafted
	Dispatcher int64   `json:"dispatcher,omitempty"`

	Decision     Decision  `json:"decision,omitempty"` // of a review or recheck
	Appeal       string    `json:"appeal,omitempty"`   // number of the review that runs
	ReviewServed time.Time `json:"review_served,omitzero"`
	FinalServed  time.Time `json:"final_served,omitzero"` // of the recheck
	HearingAt    time.Time `json:"hearing,omitzero"`      // opened
	NotifyOf     string    `json:"of,omitempty"`          // number of the case that this one looks at

	Rework      bool      `json:"rework,omitempty"` // this round needs new people, evidence and plan
	ParkAsked   bool      `json:"park_asked,omitempty"`
	ParkDays    int       `json:"park_days,omitempty"`
	ParkPlan    string    `json:"park_plan,omitempty"`
	ParkedFrom  State     `json:"parked_from,omitempty"`
	Offered     bool      `json:"mediation_offered,omitempty"`
	Consented   bool      `json:"mediation_consented,omitempty"`
	Settlement  bool      `json:"settlement,omitempty"` // an agreement was reached
	Speakers    int       `json:"speakers,omitempty"`
	Retaliation bool      `json:"retaliation,omitempty"`
	UrgentAt    time.Time `json:"urgent_reported,omitzero"`

	Relation *Relation `json:"relation,omitempty"` // to the case that this one belongs to
}

func (p Parts) clone() Parts {
	p.Requests, p.Tasks = slices.Clone(p.Requests), slices.Clone(p.Tasks)
	p.Invited, p.Recused, p.Handlers = slices.Clone(p.Invited), slices.Clone(p.Recused), slices.Clone(p.Handlers)
	return p
}

// Lines gives the requests of a case: those that were split, or the one that
// the title names.
func (c Case) Lines() []Request {
	if len(c.Requests) > 0 {
		return c.Requests
	}
	return []Request{{Seq: 1, Title: c.Title, Nature: c.Nature}}
}

// line finds a request and makes the list real, so that it can be changed.
func (c *Case) line(seq int) *Request {
	c.Requests = c.Lines()
	for i := range c.Requests {
		if c.Requests[i].Seq == seq {
			return &c.Requests[i]
		}
	}
	return nil
}

// unanswered lists the requests that the opinion still owes an answer.
func (c Case) unanswered() []Request {
	return slices.DeleteFunc(slices.Clone(c.Lines()), func(q Request) bool { return q.Result != Unanswered })
}

// task finds a task by its number.
func (c *Case) task(seq int) *Task {
	for i := range c.Tasks {
		if c.Tasks[i].Seq == seq {
			return &c.Tasks[i]
		}
	}
	return nil
}

// openTask finds the open task of a unit; seq 0 takes its first one.
func (c Case) openTask(unit int64, seq int) *Task {
	for i := range c.Tasks {
		if t := &c.Tasks[i]; t.Status == TaskOpen && t.UnitID == unit && (seq == 0 || seq == t.Seq) {
			return t
		}
	}
	return nil
}

// Parties are the units that take part beside the lead.
func (c Case) Parties() []int64 {
	var out []int64
	for _, t := range c.Tasks {
		if t.Status != TaskReturned && t.Status != TaskRecalled && !slices.Contains(out, t.UnitID) {
			out = append(out, t.UnitID)
		}
	}
	for _, u := range c.Invited {
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}
