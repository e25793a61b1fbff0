// Package supervision (督查督办) presses where a case does not move. What it
// asks of a unit is a directive: a supervision (督办), a graded measure (约谈、
// 通报、挂牌督办、限期整改), a look-back (回查), one of the three recommendations
// (三项建议) or a leader's instruction (批示). All of them live by one small table:
// served, answered, returned or accepted, closed; each state has a clock that a
// sweep watches.
//
// From the events of cases it draws candidates, the triggers of Art. 40; a
// person opens or dismisses them. Nothing here counts or judges people: the
// subject is always a unit.
//
// Owned tables: directive, directive_entry, supervision_look,
// supervision_candidate. It reads case_file, since who may see a directive
// depends on the lane in which its case stands now.
package supervision
