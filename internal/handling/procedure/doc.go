// Package procedure (办理程序) is the one writer of cases. Every verb of
// core/casework goes through Service.Do: one unit of work that loads the case,
// asks casework.Decide, and saves the row (version compare-and-set), the event,
// the duties and one outbox row together.
//
// It owns the tables case_file, case_event, obligation and lane_access (who
// opened what of a confidential case), the forms of the
// verbs (form.go), their buttons on the case page and their API. It does not
// own the words of a matter (intake), people (person), lists (worklist) or the
// petitioner's pages (tracking); those ask it through small interfaces.
package procedure
