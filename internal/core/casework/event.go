package casework

import (
	"time"

	"xinqiao/internal/core/access"
)

// EventKind names what happened, in the past tense.
type EventKind string

// Event is one thing that happened to a case: the only way in which it
// changes, the only thing that is stored for ever.
type Event struct {
	CaseID int64
	Seq    int64 // 1, 2, 3 … within the case
	Kind   EventKind
	Verb   Verb
	At     time.Time // UTC, microseconds
	Round  int
	From   State
	To     State

	ActorID   int64 // staff; 0 = petitioner or program
	ActorRole access.Role
	ActorUnit int64

	Data Data
}

// Data is what a command brings and its event keeps. Each verb reads the
// fields that its row in the table names; the others stay zero. It holds no
// personal data.
type Data struct {
	// register
	No           string      `json:"no,omitempty"`
	Title        string      `json:"title,omitempty"`
	Channel      Channel     `json:"channel,omitempty"`
	PetitionerID int64       `json:"petitioner,omitempty"`
	Areas        [3]int64    `json:"areas,omitzero"`
	BureauID     int64       `json:"bureau,omitempty"`
	Lane         access.Lane `json:"lane,omitempty"`
	BarredUnitID int64       `json:"barred,omitempty"`
	ReceivedAt   time.Time   `json:"received,omitzero"` // when the words reached us, if before registration
	TextHash     string      `json:"text_sha256,omitempty"`
	Kind         Kind        `json:"kind,omitempty"`  // also convert
	Stage        Stage       `json:"stage,omitempty"` // also note_review
	ParentID     int64       `json:"parent,omitempty"`
	RootID       int64       `json:"root,omitempty"`
	Of           string      `json:"of,omitempty"` // number of the case reviewed
	UpperID      int64       `json:"upper,omitempty"`
	RuleVersion  string      `json:"rules,omitempty"`
	People       int         `json:"people,omitempty"`
	Retaliation  bool        `json:"retaliation,omitempty"`
	FromAbove    bool        `json:"from_above,omitempty"`
	Staff        []int64     `json:"staff,omitempty"` // barred from the start: the original handlers
	Requests     []Request   `json:"requests,omitempty"`

	// triage
	Category  string    `json:"category,omitempty"`
	Nature    Nature    `json:"nature,omitempty"`
	Urgency   Urgency   `json:"urgency,omitempty"`
	Procedure Procedure `json:"procedure,omitempty"`

	Repeat string `json:"repeat,omitempty"` // yes, no

	// forward, assign, rule
	UnitID     int64 `json:"unit,omitempty"`
	ReportDays int   `json:"report_days,omitempty"` // assign: calendar days to the 办结报告
	Upheld     bool  `json:"upheld,omitempty"`      // rule, extension, contest

	// words, reasons, law
	Reason string `json:"reason,omitempty"`
	Basis  string `json:"basis,omitempty"` // legal basis
	Text   string `json:"text,omitempty"`  // note, draft, reply, supplement, rating words
	Facts  string `json:"facts,omitempty"` // opinion: facts found
	Remedy string `json:"remedy,omitempty"`
	Route  string `json:"route,omitempty"` // divert: the legal route and who

	// numbers
	Days        int     `json:"days,omitempty"` // extension, material
	Outcome     Outcome `json:"outcome,omitempty"`
	RatedUnit   Grade   `json:"rated_unit,omitempty"`
	RatedResult Grade   `json:"rated_result,omitempty"`
	Files       []int64 `json:"files,omitempty"`    // attachment ids
	Method      string  `json:"method,omitempty"`   // serve: direct, post, electronic …; record: how
	Evidence    string  `json:"evidence,omitempty"` // conclude as resolved: what shows it
	LapsedClock Clock   `json:"clock,omitempty"`    // lapse, warn
	Ref         int     `json:"ref,omitempty"`      // lapse, warn, and what answers or drops a directive: which of several

	// requests, tasks, disputes, reviews
	Request    int      `json:"request,omitempty"`
	Result     Result   `json:"result,omitempty"`
	Task       int      `json:"task,omitempty"`
	Duty       string   `json:"duty,omitempty"`    // the item of the duty list
	SuggestID  int64    `json:"suggest,omitempty"` // object: who should have it
	Amend      bool     `json:"amend,omitempty"`   // the ruling amends the duty list
	Attendees  string   `json:"attendees,omitempty"`
	Plan       string   `json:"plan,omitempty"` // park, rework
	Decision   Decision `json:"decision,omitempty"`
	LinkedID   int64    `json:"linked_id,omitempty"`
	LinkedNo   string   `json:"linked,omitempty"`
	Again      bool     `json:"again,omitempty"` // decline: 不再受理
	NewFacts   string   `json:"new_facts,omitempty"`
	NewReasons string   `json:"new_reasons,omitempty"`
	NewLaw     string   `json:"new_law,omitempty"`
	Ground     Ground   `json:"ground,omitempty"`
	Count      int      `json:"count,omitempty"` // speakers

	Relation RelationKind `json:"relation,omitempty"` // relate
}

// Command is a wish to use a verb.
type Command struct {
	Verb  Verb
	Actor access.Actor
	Data  Data
}

// Registration is a case to be, as a door hands it to the one writer. Key is
// the filing key: the same filing is registered once.
type Registration struct {
	Actor access.Actor
	Data  Data
	Key   string
	Now   time.Time
}

// Action is one use of a verb on a stored case. Key makes a repeated request
// harmless: the same key is carried out once.
type Action struct {
	No    string
	Verb  Verb
	Actor access.Actor
	Data  Data
	Key   string
	Now   time.Time
}
