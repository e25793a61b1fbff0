// Package notify (提醒、通知) tells people in time: members of staff of duties
// that are due, missed, not begun or not finished, each level above the other;
// petitioners of what the law promises them to be told.
//
// It has three parts. What is said to whom is decided by pure functions:
// Holding reads which conditions hold of a case, Plan which steps of the matrix
// have fallen due, Route when a person may be disturbed. Look turns that into
// rows, each reminder once. Deliver hands queued messages to the senders of
// platform/sender and follows them to the end.
//
// Events only say "look at this case": what is due is read from the case
// itself, so that lost, repeated or reordered events change nothing.
//
// Owned tables: reminder_matrix, reminder_watch, reminder, reminder_alarm,
// delivery, delivery_item, inbox, contact_point, contact_preference,
// notice_choice. How a carrier is spoken to does not belong here, nor does
// any clear phone number: addresses are unsealed at the moment of sending.
package notify
