// Package calendar counts days as the law does: the first day is not counted
// and the last day ends at 24:00 Beijing time (Civil Code Art. 201–203). It
// knows the State Council's holidays and make-up working days (调休), tells why
// a date fell where it did, and says so when a year's notice is missing. It is
// pure: no clock, no files beside the embedded notices.
package calendar
