package door

import (
	"context"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
)

// Door (渠道) is one open way in. Open of its Kind makes it.
type Door interface {
	// Run receives until ctx ends and hands every arrival to the sink. A door
	// that is called by others, over HTTP for instance, just waits. It returns
	// early only when it can do nothing any more; it is then opened again
	// after a while, and its error is what the registry shows.
	Run(ctx context.Context, sink Sink) error
	// Probe tells whether the door works right now: the server answers, the
	// credentials are accepted, the model is there.
	Probe(ctx context.Context) error
}

// Sink takes what the doors receive.
type Sink interface {
	// Take keeps an arrival. When it returns without error the arrival is on
	// disk and the door may tell its sender so; on an error the door must let
	// the sender try again. Taking the same door and key again changes nothing
	// and gives what became of the first.
	Take(ctx context.Context, a Arrival) (Taken, error)
}

// Arrival (来件) is what a door received, before it is a case.
type Arrival struct {
	Door   string    // code of the door in the registry
	Key    string    // the sender's own id of it, at most 200 bytes; unique within the door
	At     time.Time // when it was received
	Thread string    // what it continues: an id of an earlier message, a conversation; "" begins one
	From   string    // address or number to answer to; personal, sealed
	Raw    Part      // as it came, kept unchanged; may be empty
	Files  []Part    // attachments
	Draft  Draft     // what could be read off it
	Ready  bool      // complete and confirmed by its sender: register it without a look by staff
	Aside  string    // why it is no matter, such as "bounce": set aside at once, words under "door.aside.<it>"
}

// Part is a file of an arrival.
type Part struct {
	Name string
	Type string // MIME type as announced; the true one is found out
	Data []byte
}

// Draft is a filing as far as a door could read it. Everything may be missing.
type Draft struct {
	Channel    casework.Channel // the door's own when empty
	Kind       casework.Kind
	Purpose    string // of intake: request, suggestion, …; "" is a request
	Title      string
	Words      string
	Wish       string
	AreaID     int64
	Place      string
	OccurredOn string // 2006-01-02
	Category   string // code, as the sender chose it: a suggestion to triage
	Anonymous  bool
	Secret     bool
	Person     Person
	Staff      int64  // who confirmed it for somebody: operator, clerk, agent; 0 nobody
	ServiceID  string // of the sender's own catalogue, such as Open311's service_code
}

// Person is who speaks, as far as known: personal data on its way to package
// person.
type Person struct {
	Name, OrgName, Phone, Mail string
	IDType                     identity.DocumentKind
	IDNo, Address              string
	OpenID                     string // of WeChat: where the person is told, as by Mail
}

// State says how far an arrival has come.
type State string

// The states of an arrival.
const (
	Received State = "received" // 已接收: on disk, not looked at yet
	Held     State = "held"     // 待认领: waits for a person
	Filed    State = "filed"    // 已登记: became a case
	Joined   State = "joined"   // 已并入: added to a case that was there
	Aside    State = "aside"    // 已搁置: no matter of ours, with a reason; can be taken back
)

// Taken says what became of an arrival.
type Taken struct {
	ID    int64
	State State
	No    string // number of the case, when there is one
	Code  string // its query code, for the sender's receipt
	Again bool   // this key was taken before
}

// Field is one thing that can be configured at a door.
type Field struct {
	Name    string // key in Setting; words under "door.<kind>.<name>"
	Secret  bool   // sealed, never shown again
	Need    bool
	Default string
	Choices []string // empty: free text
}

// Setting is how one door of the registry is configured.
type Setting struct {
	Code    string // of the door, such as "mayor-mail"
	Channel casework.Channel
	Values  map[string]string // by Field.Name, secrets in clear
}

// Kind (渠道类型) describes one sort of door: mailbox, sms, wechat, …
type Kind struct {
	Name   string // words under "door.kind.<name>"
	Fields []Field
	// Action is something that can be done from the door's page: a POST to this
	// word below it, named "door.action.<word>".
	Action string
	// Open makes a door; its error names the field that is wrong.
	Open func(s Setting) (Door, error)
}
