package casework

import (
	"time"

	"xinqiao/internal/core/calendar"
)

// Clock names a deadline. Its law and length are rows of Clocks.
type Clock string

// The clocks. T-numbers are those of docs/clocks.md; the named ones are the
// platform's own [P] and configurable.
const (
	T1        Clock = "T1"       // 15 d, bureau forwards, assigns or notifies (Art. 22)
	T1A       Clock = "T1A"      // the share of T1 of one level, for a matter that came down
	T2        Clock = "T2"       // 15 d, unit's written notice (Art. 23)
	T3        Clock = "T3"       // 5 working days, window to object (Art. 23)
	T4        Clock = "T4"       // 60 d handling, + 30 d once (Art. 34)
	T5        Clock = "T5"       // 30 d, petitioner's window to ask for a review (Art. 35)
	T6        Clock = "T6"       // 30 d, review decided (Art. 35)
	T7        Clock = "T7"       // 30 d, petitioner's window to ask for a recheck (Art. 36)
	T8        Clock = "T8"       // 30 d without the hearing, recheck decided (Art. 36)
	T9        Clock = "T9"       // report-back set by the assigner (Art. 22)
	T10       Clock = "T10"      // 30 d, feedback on a recommendation (Art. 40); run by supervision
	T11       Clock = "T11"      // 10 working days, simple procedure
	T12       Clock = "T12"      // 3 working days to decide on accepting a review or recheck
	Statute   Clock = "statute"  // matters with a law of their own (R0–R6), 60 d unless configured
	Redirect  Clock = "redirect" // 3 working days to dispatch again after an upheld objection
	Sign      Clock = "sign"     // 1 working day to sign for
	Ruling    Clock = "ruling"   // 3 working days to rule on an objection
	Extension Clock = "extend"   // 3 working days to rule on an extension
	Material  Clock = "material" // petitioner's window to bring material
	Conclude  Clock = "conclude" // 5 working days from service to conclusion

	Explain       Clock = "explain"        // written explanation of a diverted request (Art. 31)
	Assist        Clock = "assist"         // an assisting unit's task, inside the lead's clock
	Room          Clock = "room"           // the joint room comes to a conclusion
	Hearing       Clock = "hearing"        // the hearing ends; stops T8 meanwhile (Art. 36)
	ParkRuling    Clock = "park_ruling"    // the bureau rules on parking
	Park          Clock = "park"           // 挂账: until the date of its review
	LookBack      Clock = "look_back"      // first rung: look back at a dissatisfied closing
	Consultation  Clock = "consultation"   // third rung
	HigherCheck   Clock = "higher_check"   // fourth rung, one level up
	Help          Clock = "help"           // help that outlives the case (Art. 37)
	Callback      Clock = "callback"       // a promised call
	Read          Clock = "read"           // an urge or a supplement is read
	Supervision   Clock = "supervision"    // feedback on a supervision
	Instruction   Clock = "instruction"    // answer to a leader's instruction
	OrderDispatch Clock = "order_dispatch" // hotline order goes out, by urgency
	OrderFeedback Clock = "order_feedback" // hotline order is answered, by urgency
	Mediation     Clock = "mediation"      // mediation comes to an end (Art. 33)
)

// Obligation is one open or closed duty of a case.
type Obligation struct {
	Seq      int   // 1, 2, 3 … within the case
	Clock    Clock // which rule
	Ref      int   // the request or task that it belongs to; 0 = the whole case
	Round    int
	UnitID   int64     // who owes it; 0 = the petitioner
	OpenedAt time.Time // the start event's moment
	DueAt    time.Time // derived
	WarnAt   time.Time // derived: when the light turns amber
	Unit     calendar.Unit
	Days     int       // length used, in Unit, with extension
	Extended int       // of which extension
	ClosedAt time.Time // zero while open
	Kept     bool      // closed by doing it (not by becoming moot)
	WarnedAt time.Time // when the sweep told that it is nearly due
	LapsedAt time.Time // when the sweep marked it missed; zero otherwise
	PausedAt time.Time // since when a hearing stops it; zero while it runs
	Paused   int       // calendar days that hearings took, not counted
}

// Open tells whether the duty still stands.
func (o Obligation) Open() bool { return o.ClosedAt.IsZero() }

// NextAt is when the sweep must look at the duty again: to warn, then to mark
// it missed. Zero when there is nothing more to come.
func (o Obligation) NextAt() time.Time {
	switch {
	case !o.Open() || !o.Clock.Owed() || !o.PausedAt.IsZero() || !o.LapsedAt.IsZero():
		return zero
	case o.WarnedAt.IsZero() && o.WarnAt.Before(o.DueAt):
		return o.WarnAt
	}
	return o.DueAt
}
