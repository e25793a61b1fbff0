// Package casework is the law of a case as one table. It is pure: no clock, no
// database, no HTTP, no JSON, no text for people. A case changes only by
//
//	events, err := Decide(case, command, now, rules)   // may I? what happens?
//	case = Apply(case, event, rules)                   // the fold; also replays
//
// and Permitted tells which verbs a person may use, from the same table. Every
// deadline is an Obligation that events open and close; its due moment is a
// function of rule version, calendar and events and is never patched.
//
// Sources: 《信访工作条例》 (2022), articles 19 to 36; the clocks T1–T4, T9 and
// T11 as docs/clocks.md lists them.
package casework
