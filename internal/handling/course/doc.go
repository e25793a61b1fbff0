// Package course (办理进程) draws what a case page tells beyond state and
// history: the requests one by one (诉求), the units that work on it and where
// they disagree (主办、协办、争议、会商), and the chain of review, recheck and
// rework (复查、复核、重办). It decides and stores nothing: every panel is a
// reading of the case and its events, shown only where there is something to
// tell, so that a simple case stays simple.
package course
