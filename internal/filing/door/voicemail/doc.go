// Package voicemail (语音信箱) is the door of the telephone when nobody is at
// the desk: a mailbox of our own at a SIP trunk. It answers, greets, says the
// hours and the number of the line, records what is said until the caller hangs
// up or presses #, and hands the recording to the tray of arrivals.
//
// What is said goes to the disk while it is said, sealed, a second at a time.
// When the program dies in the middle of a word, that word is the loss: at the
// next start the spool folder is read and everything in it handed over. A file
// leaves the spool only when the tray has it, and the tray takes each key once,
// so nothing is doubled either.
//
// The mailbox repeats nothing that was said and tells nobody of any case.
package voicemail
