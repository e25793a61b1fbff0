// Package archtest keeps the house in order. Its tests read the source tree
// and fail when a rule of ARCHITECTURE.md is broken: who may import whom,
// which file suffix may use which technology, who owns which table, how big
// things may grow, what must be documented and translated.
//
// A rule is a function from the tree to findings, one row of the table in
// rules_test.go, with a small fixture that proves it can fail. An exception is
// a row in exceptions_test.go and carries its reason; one that is no longer
// needed fails too.
package archtest
