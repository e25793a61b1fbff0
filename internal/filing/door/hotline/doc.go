// Package hotline is the door of the telephone line with people at its end
// (人工热线): the operator's screen, fed by whatever call centre the house has.
//
// The call centre posts what happens to a call: it rings, is answered, ends,
// has a recording. Each post is signed, carries an id of its own and may come
// again, late or out of order: an event only fills in its own fields, so the
// order does not matter, and the second of two equal ones changes nothing.
//
// A ringing call shows at once what the caller filed before. It ends in a case,
// in an answer on the spot, or in nothing to register; one that nobody answered
// goes into the tray of arrivals as somebody to ring back. The recording is
// kept sealed and unchanged beside the case, its transcript likewise.
//
// Figures are about lines and hours, never about the people who answer.
//
// Owned tables: hotline_call, hotline_event.
package hotline
