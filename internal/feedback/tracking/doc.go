// Package tracking (进度) is the petitioner's own view of a case: the parcel
// line, why each date is what it is, and the five things that the person may
// do: supplement, urge, withdraw, contest and rate.
//
// Two keys open it. The number and the query code of the receipt open one
// case; a phone proven by a one-time code lists the open-lane cases that were
// filed with it. Wrong codes are counted by number and by visitor.
//
// What staff write is told in plain words. Documents addressed to the person
// (opinions, replies, refusals, requests, reasons) are shown in full, internal
// notes and drafts never.
//
// Owned tables: attempt, phone_code. It reads case_file and matter, and
// changes a case only through the one writer.
package tracking
