package paper

// Kind is the layout a document is set in.
type Kind string

// The layouts.
const (
	// Notice is the document format (文件格式): red issuer mark, number, red line.
	Notice Kind = "notice"
	// Letter is the letter format (信函格式): mark 30 mm from the top of the page,
	// double red lines, number at the right.
	Letter Kind = "letter"
	// Form is a title over field tables (表).
	Form Kind = "form"
	// Record is a transcript (笔录): plain head, paragraphs, signature lines.
	Record Kind = "record"
	// Report is a title, body and tables without a red head (报告、目录).
	Report Kind = "report"
	// Cover is the cover of a dossier (卷宗封面): a large title in the upper third
	// of a page without number, fields below.
	Cover Kind = "cover"
)

// Document is one document. Empty parts take no room.
type Document struct {
	Kind      Kind
	Issuer    string // in the red mark as written: "示范市信访局文件"; Notice and Letter
	Number    string // 发文字号: "示信访〔2026〕3号"
	Title     string
	Addressee string // 主送机关, without colon
	Body      []Block

	Attachments []string // 附件说明: names without numbers
	Signer      string   // 发文机关署名; several units: one a line
	Date        string   // 成文日期, as printed: "2026年11月22日"

	Copies    []string // 抄送
	PrintedBy string   // 印发机关
	PrintedOn string   // 印发日期, as printed, without "印发"

	Seal   *Seal  // over signer and date
	Verify string // put into a QR code at the foot of the last page; "" for none
}

// Seal is the image of an official seal (印章), drawn centred over signer and
// date with its lower edge on the date.
type Seal struct {
	Image []byte // PNG, transparent ground, square
	Name  string // whose seal; alternative text
	// Millimetres is the diameter on paper; 0 means 42, as of a county bureau.
	Millimetres float64
}

// Block is one part of a body: Heading, Para, List, Table, Fields, Signatures
// or Break.
type Block interface{ block() }

// Heading is a heading in the text (层次序数). The text brings its own number,
// "一、基本情况": level 1 is set in Hei (黑体), level 2 in Kai (楷体), levels 3
// and 4 in FangSong (仿宋).
type Heading struct {
	Level int // 1 to 4
	Text  string
}

// Para is a paragraph, its first line indented by two characters.
type Para struct{ Text string }

// List is a numbered list: "1.", "2." before each item.
type List struct{ Items []string }

// Table is a ruled table. It may run over pages: the head is repeated. Cells
// wrap; a row taller than a page is split.
type Table struct {
	Head   []string
	Rows   [][]string
	Widths []float64 // shares of the text width; nil: equal
}

// Fields is a form: ruled rows of label and value.
type Fields struct{ Rows [][]Field }

// Field is a label with its value. Span counts how many label-value pairs of
// the widest row it takes; 0 means 1. The last field of a row takes what is
// left. A field without label is a value over the whole of its span, with one
// that has Tall set room is kept for handwriting.
type Field struct {
	Label, Value string
	Span         int
	Tall         bool
}

// Signatures are lines to sign on: each text is followed by a rule, the whole
// kept together.
type Signatures struct{ Lines []string }

// Break starts a new page.
type Break struct{}

func (Heading) block()    {}
func (Para) block()       {}
func (List) block()       {}
func (Table) block()      {}
func (Fields) block()     {}
func (Signatures) block() {}
func (Break) block()      {}
