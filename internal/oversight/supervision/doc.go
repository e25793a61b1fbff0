// Package supervision (督查督办) presses where a case does not move. What it
// asks of a unit is a directive: a supervision (督办), a graded measure (约谈、
// 通报、挂牌督办、限期整改), a look-back (回查), one of the three recommendations
// (三项建议) or a leader's instruction (批示). All of them live by one small table:
// served, answered, returned or accepted, closed; each state has a clock that a
// sweep watches.
//
// From the events of cases it draws candidates (the triggers of Art. 40) and
// the duty-breach record (Art. 42–46); a person decides about both. Teams visit
// units and list what must be put right. Nothing here counts or judges people:
// the subject is always a unit.
//
// Owned tables: directive, directive_entry, supervision_look,
// supervision_candidate, breach, team, team_member, team_unit, visit,
// visit_item. It reads case_file, since who may see a directive depends on the
// lane in which its case stands now.
package supervision
