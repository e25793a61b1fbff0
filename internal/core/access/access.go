// Package access says who acts and what that person may see. It is pure: it
// reads no clock, no database and no request. The visibility rule is one value
// (Scope) that lists, counts, search, exports, statistics and files all apply.
package access

import "context"

// Role is what a signed-in person is in one unit. A person with two duties has
// two staff records.
type Role string

// The roles. The three administrators are separated (GB/T 22239-2019
// 8.1.4.2): none of them sees cases.
const (
	Petitioner  Role = "petitioner"   // 信访人
	Agent       Role = "agent"        // 代办员
	Operator    Role = "operator"     // 12345 operator, reception or letter clerk
	BureauClerk Role = "bureau_clerk" // 信访部门经办人
	BureauHead  Role = "bureau_head"  // 信访部门负责人
	UnitHandler Role = "unit_handler" // 责任单位经办人
	UnitHead    Role = "unit_head"    // 责任单位负责人
	Supervisor  Role = "supervisor"   // 督办人员
	Inspector   Role = "inspector"    // 信访督查专员 (Art. 16)
	Leader      Role = "leader"       // 领导
	SystemAdmin Role = "system_admin" // 系统管理员
	SecAdmin    Role = "sec_admin"    // 安全管理员
	AuditAdmin  Role = "audit_admin"  // 审计管理员
	System      Role = "system"       // the program itself: sweeps and imports
)

// Roles lists every role in display order.
var Roles = []Role{
	Petitioner, Agent, Operator, BureauClerk, BureauHead, UnitHandler, UnitHead,
	Supervisor, Inspector, Leader, SystemAdmin, SecAdmin, AuditAdmin, System,
}

// Staff lists the roles that sign in with a password and second factor.
var Staff = []Role{
	Agent, Operator, BureauClerk, BureauHead, UnitHandler, UnitHead,
	Supervisor, Inspector, Leader, SystemAdmin, SecAdmin, AuditAdmin,
}

// UnitKind is what a node of the unit tree is.
type UnitKind string

// The kinds of unit.
const (
	Government UnitKind = "government" // 党委政府 of a city, county, town
	Bureau     UnitKind = "bureau"     // 信访局、信访办: triages, forwards, assigns
	Department UnitKind = "department" // 职能部门
	Town       UnitKind = "town"       // 乡镇街道
	Village    UnitKind = "village"    // 村居服务点
)

// Unit is a node of the unit tree as other capabilities need it.
type Unit struct {
	ID       int64
	ParentID int64 // 0 for the root
	Code     string
	NameZH   string
	NameEN   string
	Kind     UnitKind
	// Area is the government (city, district, town) whose jurisdiction the
	// unit serves; Areas are that government and those above it, root first.
	Area  int64
	Areas []int64
	// BureauID is the petition bureau that dispatches in this area.
	BureauID int64
	Active   bool
}

// Name gives the unit's name in a language ("zh" or "en").
func (u Unit) Name(lang string) string {
	if lang == "en" && u.NameEN != "" {
		return u.NameEN
	}
	return u.NameZH
}

// Actor is who does something: a staff member in a unit, a petitioner with a
// proven case, or the program.
type Actor struct {
	ID     int64 // staff id; 0 for a petitioner or the program
	Name   string
	Role   Role
	UnitID int64
	// AreaID is the government whose jurisdiction the actor's unit serves and
	// AreaDepth its depth in the tree (1 = root). Only bureau-side roles use it.
	AreaID    int64
	AreaDepth int
	// CaseID limits a petitioner to the case whose code was proven; 0 = none.
	CaseID int64
	// Cosigner is which of a joint petition's signers a petitioner is, beside
	// the one who filed it; 0 = the one who filed it.
	Cosigner int64
	// Cleared may see the confidential lane of the own jurisdiction (Art. 30).
	Cleared bool
}

// Signed tells whether the actor is a signed-in member of staff.
func (a Actor) Signed() bool { return a.ID != 0 }

// Has tells whether the actor has one of the roles.
func (a Actor) Has(roles ...Role) bool {
	for _, r := range roles {
		if a.Role == r {
			return true
		}
	}
	return false
}

type actorKey struct{}

// With puts the actor into a request's context.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From gives the request's actor; the zero Actor when nobody is known.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
