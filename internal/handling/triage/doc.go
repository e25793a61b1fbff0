// Package triage (分类派单建议) suggests the category, the route by law, the
// urgency and the unit of a new case, each with its probability and the words
// that led there, and remembers what people chose. A machine suggests, a
// person decides: nothing here changes a case.
//
// A model for each question is learned at night, and when somebody asks for
// it, from the cases that people dispatched; before there are any, from the
// taxonomy's keywords. A new model is used only if it tells texts that it has
// not seen no worse than the one in use; every version can be taken back. The
// responsible unit is named by the duty list first, then by what was done with
// similar cases. Without any model keywords are counted.
//
// The confidential lane, and who asked to stay unknown, teach nothing and are
// shown no suggestion.
//
// Owned tables: triage_model, triage_verdict, triage_run.
package triage
