package blob

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Kind is one type of file that is accepted.
type Kind struct {
	Type       string   // as it is stored and served
	Extensions []string // that its name may have, the usual one first
	// Inline files are drawn by browsers and run nothing.
	Inline bool
	// recognised are the types by which the content may be recognised, when
	// they differ from Type.
	recognised []string
}

const (
	oleStorage = "application/x-ole-storage"
	openXML    = "application/vnd.openxmlformats-officedocument."
)

// Kinds is the whole list. Archives, programs, HTML and SVG are not on it.
var Kinds = []Kind{
	{Type: "image/jpeg", Extensions: []string{".jpg", ".jpeg"}, Inline: true},
	{Type: "image/png", Extensions: []string{".png"}, Inline: true, recognised: []string{"image/png", "image/vnd.mozilla.apng"}},
	{Type: "image/webp", Extensions: []string{".webp"}, Inline: true},
	{Type: "image/gif", Extensions: []string{".gif"}, Inline: true},
	{Type: "image/heic", Extensions: []string{".heic", ".heif"}, recognised: []string{"image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence"}},
	{Type: "application/pdf", Extensions: []string{".pdf"}, Inline: true},
	{Type: openXML + "wordprocessingml.document", Extensions: []string{".docx"}},
	{Type: openXML + "spreadsheetml.sheet", Extensions: []string{".xlsx"}},
	{Type: "application/msword", Extensions: []string{".doc"}, recognised: []string{"application/msword", oleStorage}},
	{Type: "application/vnd.ms-excel", Extensions: []string{".xls"}, recognised: []string{"application/vnd.ms-excel", oleStorage}},
	{Type: "application/vnd.ms-works", Extensions: []string{".wps"}, recognised: []string{"application/msword", oleStorage}},
	{Type: "text/plain", Extensions: []string{".txt"}, recognised: []string{"text/plain", "text/csv", "text/tab-separated-values", "application/json"}},
	{Type: "audio/mpeg", Extensions: []string{".mp3"}},
	{Type: "audio/mp4", Extensions: []string{".m4a"}, recognised: []string{"audio/x-m4a", "audio/mp4", "video/mp4"}},
	{Type: "audio/amr", Extensions: []string{".amr"}},
	{Type: "audio/wav", Extensions: []string{".wav"}},
	{Type: "video/mp4", Extensions: []string{".mp4"}, recognised: []string{"video/mp4", "video/x-m4v", "audio/mp4"}},
}

// headSize is how much of a file is looked at. Office files may keep what
// tells them apart some way in.
const headSize = 64 << 10

func init() { mimetype.SetLimit(headSize) }

// KindOf finds a stored type; the zero Kind when it is not on the list.
func KindOf(mimeType string) Kind {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Type == mimeType })
	if i < 0 {
		return Kind{}
	}
	return Kinds[i]
}

// Accept lists the extensions for the accept attribute of a file input.
func Accept() string {
	var all []string
	for _, k := range Kinds {
		all = append(all, k.Extensions...)
	}
	return strings.Join(all, ",")
}

// recognise matches a name with what the file begins with. ErrType: such files
// are not taken; ErrMismatch: the content is not what the name says.
func recognise(name string, head []byte) (Kind, error) {
	extension := strings.ToLower(path.Ext(name))
	named := slices.IndexFunc(Kinds, func(k Kind) bool { return slices.Contains(k.Extensions, extension) })
	if named < 0 {
		return Kind{}, ErrType
	}
	content := mimetype.Detect(head)
	if Kinds[named].fits(content) {
		return Kinds[named], nil
	}
	for _, k := range Kinds {
		if k.fits(content) {
			return Kind{}, ErrMismatch
		}
	}
	return Kind{}, ErrType
}

func (k Kind) fits(content *mimetype.MIME) bool {
	if k.recognised == nil {
		return content.Is(k.Type)
	}
	return slices.ContainsFunc(k.recognised, content.Is)
}

// Compound files (OLE) of old office programs look like installers and mails
// until their root entry is read, which may lie anywhere in the file.

// refusedClasses are an installer package and its transforms and patches.
var refusedClasses = map[string]bool{
	"84100c0000000000c000000000000046": true, // .msi
	"82100c0000000000c000000000000046": true, // .mst
	"86100c0000000000c000000000000046": true, // .msp
	"0b0d020000000000c000000000000046": true, // .msg
}

// oleRefused tells whether a compound file is of a refused class, or broken.
func oleRefused(f io.ReaderAt, size int64) bool {
	const entryClass = 80 // offset of the class in a directory entry
	header := make([]byte, 52)
	if _, err := f.ReadAt(header, 0); err != nil {
		return true
	}
	shift := binary.LittleEndian.Uint16(header[30:])
	if shift != 9 && shift != 12 {
		return true
	}
	root := (int64(binary.LittleEndian.Uint32(header[48:])) + 1) << shift
	class := make([]byte, 16)
	if root+entryClass+16 > size {
		return true
	}
	if _, err := f.ReadAt(class, root+entryClass); err != nil {
		return true
	}
	return refusedClasses[hex.EncodeToString(class)]
}
