// Package person keeps who petitions (信访人). It is the only place that holds
// personal data: each field is sealed by itself (platform/seal), a mask beside
// it serves display, and a blind index of the phone finds a person without
// opening anything. Clear values leave only through Reveal, which wants a
// reason and writes it down first.
//
// Owned tables: person, person_reveal. What somebody petitions about does not
// belong here.
package person
