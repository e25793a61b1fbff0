// Package open311 is the door of other systems that speak Open311 GeoReport v2,
// in JSON and XML: apps of other makers, a neighbour's platform.
//
// A request (service request) becomes a hotline order through the tray, like
// everything that comes through a door. Usually its number is the answer; when
// staff must complete it first, the answer is a token, with which the number
// can be asked for later.
//
// Whoever has a key reads what was filed with it. What others may read is
// decided by the door's settings; they get neither words nor names, just the
// service, the place, the dates and the status. Confidential matters are
// nobody's here.
package open311
