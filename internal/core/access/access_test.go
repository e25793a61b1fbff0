package access

import "testing"

var facts = Facts{
	CaseID: 5, LeadUnitID: 20, RegisteredBy: 7, Areas: [3]int64{1, 2, 3}, Lane: LaneOpen, BarredUnitID: 0,
}

func secret(f Facts) Facts {
	f.Lane, f.BarredUnitID = LaneConfidential, 20
	return f
}

// TestVisible is the whole rule: queue × jurisdiction × lane.
func TestVisible(t *testing.T) {
	cases := []struct {
		name         string
		a            Actor
		open, closed bool // sees the open case, sees the accusation of unit 20
	}{
		{"nobody", Actor{}, false, false},
		{"petitioner with the code", Actor{Role: Petitioner, CaseID: 5}, true, true},
		{"petitioner of another case", Actor{Role: Petitioner, CaseID: 6}, false, false},
		{"petitioner without a code", Actor{Role: Petitioner}, false, false},
		{"city clerk", Actor{ID: 1, Role: BureauClerk, UnitID: 10, AreaID: 1, AreaDepth: 1}, true, false},
		{"cleared city head", Actor{ID: 1, Role: BureauHead, UnitID: 10, AreaID: 1, AreaDepth: 1, Cleared: true}, true, true},
		{"clerk of another city", Actor{ID: 1, Role: BureauClerk, UnitID: 10, AreaID: 9, AreaDepth: 1}, false, false},
		{"district clerk", Actor{ID: 1, Role: BureauClerk, UnitID: 11, AreaID: 2, AreaDepth: 2}, true, false},
		{"clerk of another district", Actor{ID: 1, Role: BureauClerk, UnitID: 11, AreaID: 8, AreaDepth: 2}, false, false},
		{"town clerk", Actor{ID: 1, Role: BureauClerk, UnitID: 12, AreaID: 3, AreaDepth: 3}, true, false},
		{"handling unit", Actor{ID: 1, Role: UnitHandler, UnitID: 20}, true, false},
		{"accused unit, though cleared", Actor{ID: 1, Role: UnitHead, UnitID: 20, Cleared: true}, true, false},
		{"another unit", Actor{ID: 1, Role: UnitHandler, UnitID: 30}, false, false},
		{"operator who registered", Actor{ID: 7, Role: Operator, UnitID: 10}, true, false},
		{"another operator", Actor{ID: 8, Role: Operator, UnitID: 10}, false, false},
		{"leader", Actor{ID: 1, Role: Leader, UnitID: 1, AreaID: 1, AreaDepth: 1}, true, false},
		{"system administrator", Actor{ID: 1, Role: SystemAdmin, UnitID: 1, AreaID: 1, AreaDepth: 1}, false, false},
		{"security administrator", Actor{ID: 1, Role: SecAdmin, UnitID: 1, AreaID: 1, AreaDepth: 1, Cleared: true}, false, false},
		{"audit administrator", Actor{ID: 1, Role: AuditAdmin, UnitID: 1, AreaID: 1, AreaDepth: 1}, false, false},
		{"the program", Actor{Role: System}, true, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := Visible(tc.a)
			if got := s.Sees(facts); got != tc.open {
				t.Errorf("open case: %v", got)
			}
			if got := s.Sees(secret(facts)); got != tc.closed {
				t.Errorf("accusation: %v", got)
			}
			if s.Why == "" {
				t.Error("the rule has no name")
			}
		})
	}
}
