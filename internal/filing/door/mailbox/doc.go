// Package mailbox is the leader mailbox (领导信箱): it reads a mailbox over IMAP
// and hands every mail to the tray.
//
// The server keeps a mail until the tray has it: only then it is marked as read
// and moved. Where we stand is the pair UIDVALIDITY and UID, written down after
// each mail; and whatever is read twice, because we died in between, because
// the server was restored or because somebody moved a mail back, has the same
// key and is taken once. The key is made of the Message-ID, the author, the
// date and the text together: a mail that borrows another's Message-ID is still
// a mail of its own.
//
// A mail is text of strangers. What is shown is plain text; HTML is read for
// its words alone and nothing it names is ever fetched. The mail as it came is
// kept unchanged.
//
// Nothing is ever answered from here, and mail that a program has sent (RFC
// 3834) is set aside with the reason, so that no two machines keep writing to
// each other.
package mailbox
