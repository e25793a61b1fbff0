package wording

import (
	"reflect"
	"strings"
)

// View is all that a document can say: the case and its people as words, dates
// in the form that is printed. An empty field is unknown and becomes a fill-in
// line. It has no methods, so a template can only read it.
type View struct {
	// The document itself.
	Number string // 发文字号, empty before approval
	Date   string // 成文日期
	To     string // 主送, of documents between bodies

	// Who issues.
	Issuer, IssuerAddress string
	Contact, ContactPhone string
	Bureau                string // 信访工作机构
	Lead                  string // 承办单位
	Assisting             []string
	Handler, HandlerPhone string
	Head                  string // 负责人
	Upper                 string // whom a remedy is addressed to, or a report

	// The case.
	CaseNo, Title      string
	Channel, Category  string
	Route, NatureCode  string // 办理途径, in words and as R0–R8
	Urgency, Procedure string
	Place, OccurredOn  string
	People             int
	Words, Wish        string
	Secret, Anonymous  bool
	Duplicate          string
	QueryURL           string
	Stage              string // 办理, 复查 or 复核
	Requests           []Request
	OrdinaryRemedy     bool // some request has the remedy of Art. 35
	Materials          []string
	Moments            []Moment

	// Its dates.
	Received, Registered, RegisteredBy string
	Forwarder, Forwarded, Signed       string
	Accepted, Due, OldDue, NewDue      string
	Days, ReportDue, Served, Closed    string

	// The petitioner, in clear.
	Petitioner, Organisation, Sex string
	IDType, IDNo, Phone           string
	Address, Household            string
	Representatives               []string

	// What was found and decided.
	Facts, Opinion, Basis, Reason string
	RightBody, Decision, Outcome  string
	Arrangement, Satisfaction     string
	Followup, ArchiveNo           string
	Original, Review, Recheck     Ruling
	Checks                        []Check

	// Parts that only some documents have.
	Meeting, Hearing Meeting
	Settlement       Settlement
	Supervision      Supervision
	Index            Index
	Advice           Advice
	Report           Report
	Lawyer           Lawyer
	Agent            Agent
	Clues            []Clue
	Service          Service
}

// Request is one line of what is asked (诉求).
type Request struct {
	Seq    int
	Title  string
	Nature string // R0–R8
	Result string // supported, partly, explained, not_supported
	Facts  string
	Text   string
	Basis  string
	Remedy string
	Route  string
}

// Ruling is an earlier opinion that this document speaks of.
type Ruling struct{ Issuer, Number, Date, Received, Text string }

// Moment is a line of the history.
type Moment struct{ At, What, Who string }

// Check is a line of the dossier's checklist.
type Check struct{ Name, Done string }

// Meeting is a talk, an inquiry, a consultation or a hearing.
type Meeting struct {
	Mode, Began, Ended, Place string
	Chair, Recorder           string
	Staff, Attendees          []string
	Issue, Conclusion         string
	Views                     []Said
}

// Said is what one side said.
type Said struct{ Who, Text string }

// Settlement is what a mediation or an agreement holds.
type Settlement struct {
	Mediator, Other, Disputed, Liability, Manner, Due string
	Terms                                             []string
}

// Supervision is why and how a unit is urged.
type Supervision struct{ Trigger, Prior, Problem, Requirement, Due, Consequence string }

// Index is a region's standing with its weak points.
type Index struct {
	Region, Period, Score, Level, Cause, Due string
	Weak                                     []Weak
	Advice                                   []string
}

// Weak is one weak point with its figures.
type Weak struct{ Name, Value, Threshold, Compared string }

// Advice is one of the three recommendations (三项建议).
type Advice struct {
	Facts, Evidence, Basis, Reply, Due string
	Items                              []string
}

// Report is a periodical report's figures and words (Art. 41).
type Report struct {
	Period, Dispatch, Advice, Others string
	Figures, Fields, Units           []Figure
	Problems                         []string
}

// Figure is a named number.
type Figure struct{ Name, Value string }

// Lawyer is a lawyer's opinion.
type Lawyer struct{ Name, Firm, Licence, Questions, Law, Opinion string }

// Agent is who petitions for another, free of charge (代办).
type Agent struct{ Name, Unit, Phone, Scope, Term string }

// Clue is one line of a list that is passed on.
type Clue struct{ Text, Basis string }

// Service says how a document was handed over (送达).
type Service struct {
	Documents                              []string
	Method, Place, At, Recipient, Relation string
	Refusal, Media, Remarks                string
	Witnesses, Deliverers                  []string
}

// tame gives a copy of which no value can be taken for a mark of a line.
func tame(v View) View {
	tameValue(reflect.ValueOf(&v).Elem())
	return v
}

func tameValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(tameText(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			tameValue(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		for i := range fresh.Len() {
			tameValue(fresh.Index(i))
		}
		v.Set(fresh)
	}
}

// wide are the marks in full width: the reader sees the same, the markup not.
var wide = map[byte]string{'#': "＃", '>': "＞", '@': "＠", ':': "：", '~': "～", '+': "＋"}

func tameText(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "|", "｜")
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case wide[line[0]] != "":
			line = wide[line[0]] + line[1:]
		case strings.HasPrefix(line, "cc:"):
			line = "cc：" + line[3:]
		case strings.HasPrefix(line, "---"):
			line = "－－－" + line[3:]
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// Missing lists which of the required fields of a kind the view does not know.
func Missing(k Kind, v View) []string {
	var out []string
	for _, path := range k.Required {
		if field(v, path).IsZero() {
			out = append(out, path)
		}
	}
	return out
}

// field finds "Hearing.Place" in a view.
func field(v View, path string) reflect.Value {
	at := reflect.ValueOf(v)
	for name := range strings.SplitSeq(path, ".") {
		at = at.FieldByName(name)
	}
	return at
}
