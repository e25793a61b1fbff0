// Package retention (保管期限与处置) keeps what is personal of a case no longer
// than its class asks for (PIPL Art. 19, 47), holds what must be kept, and
// disposes of the rest after two different people said so. The skeleton of a
// case stays: number, dates, category, outcome, units, deadlines.
//
// It owns the tables retention_schedule, retention_hold, retention_run and
// retention_disposed, and reads cases as they stand. It writes nothing of
// others: each keeper of something personal disposes of its own.
package retention
