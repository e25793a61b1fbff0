package intake

import (
	"bytes"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sample is how much of a file is looked at to tell its encoding.
const sample = 64 << 10

// decoded reads a text file as UTF-8, whatever it was written in: UTF-8 or
// UTF-16 with or without a mark, or GB18030, which spreadsheets in China save.
func decoded(f *os.File) (io.Reader, error) {
	head := make([]byte, sample)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return transform.NewReader(f, decoder(head[:n])), nil
}

func decoder(head []byte) transform.Transformer {
	utf16 := func(order unicode.Endianness) transform.Transformer {
		return unicode.UTF16(order, unicode.UseBOM).NewDecoder()
	}
	switch zero := zeroes(head); {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), zero > 0:
		return utf16(unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), zero < 0:
		return utf16(unicode.BigEndian)
	case validHead(head):
		return unicode.UTF8BOM.NewDecoder()
	}
	return simplifiedchinese.GB18030.NewDecoder()
}

// zeroes tells on which side of pairs the zero bytes are: right (1) in
// little-endian UTF-16, left (-1) in big-endian, none (0) in bytes. The row of
// names has digits, tabs or Latin letters, so some always are.
func zeroes(head []byte) int {
	var side [2]int
	for i, b := range head {
		if b == 0 {
			side[i%2]++
		}
	}
	switch {
	case side[1] > 2*side[0]:
		return 1
	case side[0] > 2*side[1]:
		return -1
	}
	return 0
}

// validHead tells whether a beginning is UTF-8; its last character may be cut.
func validHead(head []byte) bool {
	for i := 0; i < utf8.UTFMax && len(head) > 0; i++ {
		if utf8.Valid(head) {
			return true
		}
		if len(head) < sample-utf8.UTFMax {
			return false
		}
		head = head[:len(head)-1]
	}
	return utf8.Valid(head)
}

// countLines counts quickly and goes back to the start.
func countLines(f *os.File) (int, error) {
	buf := make([]byte, 256<<10)
	n := 0
	for {
		c, err := f.Read(buf)
		n += bytes.Count(buf[:c], []byte{'\n'})
		if errors.Is(err, io.EOF) {
			_, err = f.Seek(0, io.SeekStart)
			return n, err
		}
		if err != nil {
			return n, err
		}
	}
}
