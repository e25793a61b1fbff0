package access

import "slices"

// Lane is the compartment that a case travels in.
type Lane string

// The lanes. A confidential case (检举控告, Art. 30) can be seen neither by the
// unit that it accuses nor by anyone without clearance.
const (
	LaneOpen         Lane = "open"
	LaneConfidential Lane = "confidential"
)

// Field names a column of the case row that the visibility rule reads.
type Field string

// The fields of the rule. AreaN is the N-th government above the case's place,
// root first.
const (
	FieldCase   Field = "id"
	FieldLead   Field = "lead_unit_id"
	FieldOrigin Field = "registered_by"
	FieldArea1  Field = "area1_id"
	FieldArea2  Field = "area2_id"
	FieldArea3  Field = "area3_id"
	FieldLane   Field = "lane"
	FieldBarred Field = "barred_unit_id" // the accused unit
)

// Term is one equality of the rule; Not turns it round.
type Term struct {
	Field Field
	Not   bool
	Value any // int64 or string
}

// Scope is the visibility rule for one actor: every term must hold. Nothing
// sees nothing; Why names the rule for empty pages and refusals.
type Scope struct {
	Nothing bool
	Terms   []Term
	Why     string // message id of the rule, "scope.…"
}

// Facts are what the rule reads of a case.
type Facts struct {
	CaseID       int64
	LeadUnitID   int64
	RegisteredBy int64 // staff id
	Areas        [3]int64
	Lane         Lane
	BarredUnitID int64
	// Parties are the units that take part beside the lead: assisting ones and
	// those in the joint room.
	Parties []int64
}

// Visible gives the scope of an actor: queue × jurisdiction × lane.
func Visible(a Actor) Scope {
	switch a.Role {
	case System:
		return Scope{Why: "scope.system"}
	case Petitioner:
		if a.CaseID == 0 {
			return Scope{Nothing: true, Why: "scope.no_code"}
		}
		return Scope{Terms: []Term{{Field: FieldCase, Value: a.CaseID}}, Why: "scope.own_case"}
	case BureauClerk, BureauHead, Supervisor, Inspector, Leader:
		return Scope{Terms: append(area(a), lane(a)...), Why: "scope.jurisdiction"}
	case UnitHandler, UnitHead:
		return Scope{Terms: append([]Term{{Field: FieldLead, Value: a.UnitID}}, lane(a)...), Why: "scope.own_unit"}
	case Operator, Agent:
		return Scope{Terms: []Term{
			{Field: FieldOrigin, Value: a.ID},
			{Field: FieldLane, Value: string(LaneOpen)},
		}, Why: "scope.own_registrations"}
	}
	return Scope{Nothing: true, Why: "scope.no_cases"}
}

// area is the jurisdiction term; the root government needs none.
func area(a Actor) []Term {
	switch a.AreaDepth {
	case 2:
		return []Term{{Field: FieldArea2, Value: a.AreaID}}
	case 3:
		return []Term{{Field: FieldArea3, Value: a.AreaID}}
	}
	return []Term{{Field: FieldArea1, Value: a.AreaID}}
}

// lane hides the confidential lane from the uncleared, and an accusation from
// the unit that it names whoever is cleared there.
func lane(a Actor) []Term {
	if a.Cleared {
		return []Term{{Field: FieldBarred, Not: true, Value: a.UnitID}}
	}
	return []Term{{Field: FieldLane, Value: string(LaneOpen)}}
}

// Sees applies the rule to one case in memory.
func (s Scope) Sees(f Facts) bool {
	if s.Nothing {
		return false
	}
	for _, t := range s.Terms {
		holds := f.value(t.Field) == t.Value
		if t.Field == FieldLead && !holds {
			unit, _ := t.Value.(int64)
			holds = slices.Contains(f.Parties, unit)
		}
		if holds == t.Not {
			return false
		}
	}
	return true
}

func (f Facts) value(field Field) any {
	switch field {
	case FieldCase:
		return f.CaseID
	case FieldLead:
		return f.LeadUnitID
	case FieldOrigin:
		return f.RegisteredBy
	case FieldArea1:
		return f.Areas[0]
	case FieldArea2:
		return f.Areas[1]
	case FieldArea3:
		return f.Areas[2]
	case FieldLane:
		return string(f.Lane)
	case FieldBarred:
		return f.BarredUnitID
	}
	return nil
}
