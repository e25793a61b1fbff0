// Package room (联合会商) keeps what is said when several bodies settle a hard
// case together. The joint room follows 3 + N: three lead roles (信访部门、政法
// 机关、责任部门) and whoever is invited: departments, lawyers, experts,
// deputies, social organisations, the press. Sessions have an agenda and
// minutes, each seat gives its opinion in writing, the conclusion fixes who is
// responsible. That a room sits, whom it invites and how it ends are events of
// the case, decided by the core; this package writes beside them.
//
// Who sits there for an outside body acts in a public office: name and office
// are all that is kept. Such a seat enters with a code that is derived, never
// stored, and reads no more than its seat may.
//
// The joint conference (联席会议) of an area decides about several matters at
// once; its tasks have a unit and a date, and are followed up.
//
// Owned tables: room, room_seat, room_session, room_opinion, room_decision,
// conference, conference_item. It reads case_file and case_party, since who
// may enter depends on the lane in which the case stands now.
package room
