// Package sms (短信) is the door of short messages. Kannel's smsbox, which speaks
// with the carriers, posts each message here and sends our answer back.
//
// A message becomes an arrival, and the answer says that it was received. What
// is not received is answered with a failure, after which Kannel tries again;
// the same message is received once. Long messages are joined by Kannel.
//
// Three words are carried out at once: 查询 with number and query code tells how
// a case stands, 催办 with both urges it, 帮助 explains. A number without its
// code opens nothing: whose telephone it was says little about who writes. So a
// message without a code, be it 催办 or more to tell, goes to the tray in the
// conversation of its number, where staff see what it continues.
package sms
