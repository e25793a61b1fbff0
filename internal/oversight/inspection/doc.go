// Package inspection (督查) looks at how units work. Teams (督查组) visit the
// units that they were given, record what they found and list what must be put
// right. The duty-breach record (责任记录, Art. 42–46) keeps which unit missed
// which duty, as the events of cases show it: for supervision's eyes, and for
// the unit once an entry was served on it and may be answered. The six
// standards (六个规范化) are checklists over the same events.
//
// Its subject is always a unit; no person is recorded, counted or judged.
//
// Owned tables: breach, team, team_member, team_unit, visit, visit_item. It
// reads case_file, since who may see an entry depends on the lane in which its
// case stands now.
package inspection
