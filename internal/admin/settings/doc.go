// Package settings keeps what a place decides for itself: the taxonomy of
// matters, the duty list (责任清单) that says which unit handles what where, the
// calendar days that differ from the embedded notices, and the parameters.
//
// It owns the tables category, duty, calendar_day, parameter and
// settings_revision. Everything is small and read at every request, so that it
// lives in memory as one immutable snapshot that is replaced when something
// changes. Which unit a case goes to does not belong here: triage asks and a
// person decides.
package settings
