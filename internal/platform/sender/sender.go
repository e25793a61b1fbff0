// Package sender brings a message out of the house: by mail, short message,
// telephone, WeChat, or browser push. Behind one interface stand real carriers,
// each in a package of its own; sendertest.Exercise holds all of them to the
// same promises.
//
// A carrier can fail in three ways, and the difference decides whether somebody
// is told twice, once, or never:
//
//   - Permanent: the carrier understood and refused. Sending again is useless.
//   - Retryable: the carrier certainly has not taken the message. Send again,
//     not before RetryAfter.
//   - Unknown: the request left, no answer came. The message may be on its way.
//     What to do then, says AfterUnknown.
//
// Senders keep no queue, no history and no time: the capability that uses them
// does. Errors, receipts and reports name neither the address nor the text, so
// that they can be logged.
package sender

import (
	"context"
	"net/http"
	"time"
)

// Way (方式) is how a message reaches a person.
type Way string

// The ways.
const (
	WeChat Way = "wechat" // 微信服务号模板消息
	SMS    Way = "sms"    // 短信
	Phone  Way = "phone"  // 电话语音
	Push   Way = "push"   // browser push
	Mail   Way = "mail"
	InApp  Way = "inapp" // the in-tray of the program itself; no sender here
)

// Message is one delivery to one address.
type Message struct {
	Key   string // unique per delivery: the same again is the same message. At most 64 of A–Z a–z 0–9 . _ -
	To    string // address of the way: phone number, openid, mail address, push subscription as JSON
	Title string
	Text  string
	URL   string
	Lang  string // zh, en

	InReplyTo string // of mail: the Message-ID that it answers, with its brackets

	Template string            // the carrier's template, for ways that send nothing else
	Fields   map[string]string // what fills it
}

// Receipt says that the carrier took the message, not that a person has it.
type Receipt struct {
	ID   string    // the carrier's
	At   time.Time // by the clock of the house
	Note string    // what the carrier said, for the operator; no personal data
}

// Sender is one way out, configured. It may be shared by goroutines.
type Sender interface {
	Way() Way
	Name() string // of the carrier, such as "kannel"
	// Send hands one message to the carrier. Its error is an *Error.
	Send(ctx context.Context, m Message) (Receipt, error)
	// Check tells whether the carrier can be reached and accepts our
	// credentials. It sends nothing to anybody.
	Check(ctx context.Context) error
}

// Status is what became of a message that a carrier had taken.
type Status string

// The ends of a delivery, and the word that a message whose outcome was Unknown
// has reached the carrier: do not send it again, the end follows.
const (
	Accepted  Status = "accepted"
	Delivered Status = "delivered"
	Read      Status = "read"
	Failed    Status = "failed"
)

// Report (回执) is what a carrier tells later about a message.
type Report struct {
	Way    Way
	ID     string // the carrier's, as in the receipt; may be empty
	Key    string // ours; empty where the carrier does not return it
	Status Status
	At     time.Time
	Detail string // the carrier's code and words; no personal data
}

// Take keeps reports. The carrier is told that they arrived only if it returns
// no error. A carrier may report the same twice.
type Take func(ctx context.Context, reports ...Report) error

// Listener is a sender whose carrier calls back. Reports authenticates every
// call: what does not prove where it comes from gets 401 or 403 and reaches
// nobody.
type Listener interface {
	Reports(take Take) http.Handler
}

// Sent identifies a message that left without an answer.
type Sent struct {
	Key string
	To  string
	At  time.Time // when it was sent; carriers file by day
}

// Asker is a sender that can ask what became of a message it lost sight of.
// ErrUnheard means that the carrier has never heard of it, so that it may be
// sent again; ErrUndecided that it has it, and the end is open.
type Asker interface {
	Ask(ctx context.Context, s Sent) (Report, error)
}

// Deduplicator is a sender whose carrier drops a repeated Key, so that sending
// again after Unknown is safe for as long as the returned duration.
type Deduplicator interface {
	Deduplicates() time.Duration
}

// Remedy is what a queue may do after Unknown.
type Remedy int

// The remedies. With Wait, the queue waits for a report; when none comes, a
// person decides.
const (
	Wait Remedy = iota
	Again
	Inquire
)

// AfterUnknown says which remedy a sender offers.
func AfterUnknown(s Sender) Remedy {
	if d, ok := s.(Deduplicator); ok && d.Deduplicates() > 0 {
		return Again
	}
	if _, ok := s.(Asker); ok {
		return Inquire
	}
	return Wait
}

// ValidKey tells whether a key fits every carrier: it becomes part of message
// ids, URLs and JSON without being escaped.
func ValidKey(key string) bool {
	if key == "" || len(key) > 64 {
		return false
	}
	for _, c := range []byte(key) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
