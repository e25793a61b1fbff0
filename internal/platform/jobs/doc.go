// Package jobs carries events from the unit of work where they happen to the
// capabilities that react, and runs periodic work.
//
// # Events
//
// Publish adds a row to the table outbox, in the same batch as the change that
// it tells of: no change without its event, no event without its change. A
// dispatcher takes the oldest rows and hands them, in a unit of work of its
// own that also deletes them, to the subscribers of their kinds. So a
// subscriber that only writes through the unit it is given reacts exactly once.
//
// When a subscriber fails, the dispatcher narrows the batch down to the event,
// delivers it to the other subscribers, and leaves the failed delivery to a job
// with retries and growing pauses. A retried event may therefore arrive after
// younger ones, and after a crash a job may run again: subscribers must be
// idempotent and must not rely on order.
//
// # Processes
//
// Several processes may dispatch from one PostgreSQL: they skip each other's
// rows. Periodic work is queued by one leader that they elect.
//
// The package owns the table outbox, and the tables river_* of the job library
// River, which no other package knows.
package jobs
