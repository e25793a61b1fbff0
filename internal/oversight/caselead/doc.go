// Package caselead (领导包案) keeps which leader leads which case: given one by
// one, or by rules of area, category and urgency (三分一包). Leading is five
// duties, shown as a checklist, with progress entries and a clock: the leader
// says every so often how the case stands. It gives the leader no power over
// the case that the table of verbs does not give.
//
// Confidential cases are never given by a rule, and by hand only to a leader
// who may see them.
//
// Owned tables: lead_rule, led_case, led_entry. It reads case_file, since who
// may see a led case depends on the lane in which it stands now.
package caselead
