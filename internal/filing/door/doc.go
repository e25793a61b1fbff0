// Package door keeps the doors (受理渠道) by which people reach the bureau: a
// mailbox, a hotline, a WeChat account, a scanner, another city's system. Each
// is one package below this one; here are what they have in common: the
// registry of doors with their hours and health, and the tray of arrivals.
//
// What a door receives is an Arrival (来件). Take writes it down, sealed, before
// the door tells its sender that it was received; only then is it made a case.
// So a crash between the two loses nothing, and the same arrival sent again
// registers nothing twice: its door and key are the filing key of its case.
// An arrival that cannot become a case by itself waits in the holding pen
// (待认领) until somebody completes it, joins it to a case, or sets it aside.
//
// A new door is one package: it implements Door, says in a Kind what can be
// configured, and passes doortest.Exercise.
package door
