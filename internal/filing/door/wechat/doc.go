// Package wechat is the door of a WeChat official account (微信公众号): people
// write to the account, and a short dialogue makes a filing of it.
//
// WeChat calls us for every message, signed with a token and, in safe mode,
// encrypted; it wants an answer within five seconds and calls again, up to three
// times, when there is none. So a message is answered once: what was said and
// where the dialogue stands then are one unit of work, and the repetition gets
// the same answer. The filing itself has the dialogue's id as its key.
//
// A dialogue holds what somebody is about to tell. It is sealed, it ends half an
// hour after the last word, and it is gone when it ends. Photos and recordings
// are fetched when they are sent: WeChat keeps them for three days only.
package wechat
