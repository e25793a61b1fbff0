package casework

import "time"

// Clock names a deadline. Its law and length are rows of Clocks.
type Clock string

// The clocks. T-numbers are those of docs/clocks.md; the named ones are the
// platform's own [P] and configurable.
const (
	T1        Clock = "T1"       // 15 d, bureau forwards, assigns or notifies (Art. 22)
	T2        Clock = "T2"       // 15 d, unit's written notice (Art. 23)
	T3        Clock = "T3"       // 5 working days, window to object (Art. 23)
	T4        Clock = "T4"       // 60 d handling, + 30 d once (Art. 34)
	T9        Clock = "T9"       // report-back set by the assigner (Art. 22)
	T11       Clock = "T11"      // 10 working days, simple procedure
	Statute   Clock = "statute"  // matters with a law of their own (R0–R6), 60 d unless configured
	Redirect  Clock = "redirect" // 3 working days to dispatch again after an upheld objection
	Sign      Clock = "sign"     // 1 working day to sign for
	Ruling    Clock = "ruling"   // 3 working days to rule on an objection
	Extension Clock = "extend"   // 3 working days to rule on an extension
	Material  Clock = "material" // petitioner's window to bring material
	Conclude  Clock = "conclude" // 5 working days from service to conclusion
)

// Obligation is one open or closed duty of a case.
type Obligation struct {
	Seq      int   // 1, 2, 3 … within the case
	Clock    Clock // which rule
	Round    int
	UnitID   int64     // who owes it; 0 = the petitioner
	OpenedAt time.Time // the start event's moment
	DueAt    time.Time // derived
	Days     int       // length used, in Unit of the clock, with extension
	Extended int       // of which extension
	ClosedAt time.Time // zero while open
	Kept     bool      // closed by doing it (not by becoming moot)
	LapsedAt time.Time // when the sweep marked it missed; zero otherwise
}

// Open tells whether the duty still stands.
func (o Obligation) Open() bool { return o.ClosedAt.IsZero() }
