package ui

import (
	"github.com/a-h/templ"
)

// Voice is who a page speaks to.
type Voice string

// The voices. Lead and Admin look like Desk and have their own navigation.
const (
	Public Voice = "public"
	Desk   Voice = "desk"
	Lead   Voice = "lead"
	Admin  Voice = "admin"
)

// PageProps describe a whole page.
type PageProps struct {
	Title  string
	Voice  Voice
	Active string // id of the navigation item
	Chart  bool   // load the chart script
	Plain  bool   // no navigation: sign-in, print
	Script string // one more bundled script, such as "outbox.js"
	Shell  bool   // kept for the time without a network: it holds nobody's data
	App    string // which of the installable apps it belongs to: "" public, "agent"
	Wide   bool   // public page wider than a reading column
}

// HeadProps are the heading of a page.
type HeadProps struct {
	Title   string
	Kicker  string // small line above: number, section
	Lead    string // one sentence below
	Back    string // link to where the reader came from
	BackTo  string // its words
	Actions templ.Component
	Help    string // the topic of help about the page
}

// PanelProps are a titled part of a page.
type PanelProps struct {
	ID      string
	Title   string
	Note    string
	Icon    string
	Tone    string // "", "quote" (the petitioner's own words), "danger", "sunk"
	Actions templ.Component
	TestID  string
}

// FieldProps describe one input. Its value and error come from the form.
type FieldProps struct {
	Name        string
	Label       string
	Help        string // why it is asked, what to write
	Type        string // text (default), tel, date, number, password, email, search
	Required    bool
	When        string // says when it must be given, in the place of "optional"
	Value       string // when the form has none
	Placeholder string
	Auto        string // autocomplete
	InputMode   string
	Max         int
	Rows        int    // text area
	Width       string // "", "short", "medium"
	Autofocus   bool
	Options     []Option // select, choice, checks
	Empty       string   // select: words of the empty choice, "" = none
	Accept      string   // file input
	Multiple    bool
	TestID      string
	Attrs       templ.Attributes
}

// Option is one of several. Options of a select that share a Group stand
// together under its name.
type Option struct {
	Value string
	Label string
	Help  string
	Group string
}

// ButtonProps are a button or a link that looks like one.
type ButtonProps struct {
	Label  string
	Icon   string
	Kind   string // "primary" (Submit's default), "secondary" (Link's default), "danger", "quiet"
	Name   string
	Value  string
	Href   string
	Form   string // id of the form, when outside
	Action string // formaction
	Reason string // why it is disabled: shown, not hidden
	Small  bool
	Wide   bool
	TestID string
	Attrs  templ.Attributes
}

// TableProps are a table; on a phone each row becomes a card.
type TableProps struct {
	Caption string
	Columns []Column
	Keys    bool // j k Enter ?
	Select  bool // rows carry a checkbox; the first column head is empty
	TestID  string
}

// Column is a table head.
type Column struct {
	Label  string
	Narrow bool
	Number bool
	Hidden bool // label for readers only
}

// RowProps are one row.
type RowProps struct {
	Href    string
	Urgency string // red, yellow, blue: the ribbon
	Select  string // value of the checkbox
	Label   string // what the checkbox selects
	TestID  string
}

// Tab is one of a row of links.
type Tab struct {
	ID    string
	Label string
	Href  string
	Count int // -1 = none
	More  bool
}

// Term is a line of a definition list.
type Term struct {
	Label string
	Text  string
	Body  templ.Component // instead of Text
}

// PagerProps page by key: links are whole addresses, "" = none.
type PagerProps struct {
	First string
	Prev  string
	Next  string
	Note  string // "1–50 of more than 1,000"
}

// EmptyProps say why there is nothing and what to do.
type EmptyProps struct {
	Title  string
	Text   string
	Icon   string
	Action templ.Component
}

// AlertProps are a message in the page.
type AlertProps struct {
	Tone   string // info, success, warning, danger
	Title  string
	Text   string
	TestID string
}

// Moment is one station of a Timeline, newest first.
type Moment struct {
	Kind   string // icon by event kind, see eventIcons
	Title  string // one plain sentence
	When   string // as i18n.Moment
	ISO    string // as i18n.Machine
	Who    string
	Text   string
	Tone   string // "", "now", "future", "missed", "done"
	Body   templ.Component
	TestID string
}

// Step is one of a Stepper's.
type Step struct {
	Label string
	Href  string // where a done step can be changed
	State string // done, now, ""
}

// StatProps are one figure with its denominator and trend.
type StatProps struct {
	Label  string
	Value  string
	Of     string    // the denominator in words
	Trend  string    // "+12 %" …
	Good   string    // "up", "down", "": which direction pleases is decided by the caller
	Points []float64 // sparkline, oldest first
	Href   string    // to the very cases
	Tone   string    // "", danger, warning
	TestID string
}

// FileItem is a file in a list.
type FileItem struct {
	Name string
	Size string
	Href string
	Note string
}

// ChartProps draw over the table inside.
type ChartProps struct {
	ID     string
	Title  string
	Kind   string // line, bar
	Labels []string
	Series []Series
	Unit   string
}

// Series is one line or set of bars; a nil point is "too few to say".
type Series struct {
	Name   string     `json:"name"`
	Points []*float64 `json:"points"`
}
