// Package sameness decides, with people, whether two records are of the same
// person (同一人认定). Records that share a blind index are weighed field by
// field (core/matching): a high weight links them by itself, a middle one
// becomes a task that shows both side by side, a low one leaves them apart.
//
// A link is a row of its own. No record is changed by it and nothing is merged:
// the group of a person is what the links give at the moment of asking, so that
// a link undone leaves both as they were. Clear values stay in package person.
//
// There is no list of people here and no score of anybody: tasks are about two
// records, and the earlier cases of a person are shown on a case, to who may
// see them.
//
// Owned tables: person_link, person_link_note, person_threshold.
package sameness
