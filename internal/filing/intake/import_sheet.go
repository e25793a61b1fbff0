package intake

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Line is one row of a file of history.
type Line struct {
	Number int // in the file, the row of names is 1
	Cells  []string
}

// Sheet reads a file of history row by row, in steady memory.
type Sheet struct {
	Columns []string // the first row
	Guess   int      // about how many rows follow, for a progress bar; 0 = not known
	next    func() (Line, error)
	close   func() error
}

// Next gives the next row that is not empty; io.EOF after the last. A
// *RowError concerns one row, reading can go on after it.
func (s *Sheet) Next() (Line, error) {
	for {
		l, err := s.next()
		if err != nil || strings.Join(l.Cells, "") != "" {
			return l, err
		}
	}
}

// Close closes the file.
func (s *Sheet) Close() error { return s.close() }

// RowError is a row that cannot be read.
type RowError struct {
	Line   int
	Reason string
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// ErrFormat is a file that no reader understands.
var ErrFormat = errors.New("the format of the file is not known: give --format tsv, csv or xlsx")

// OpenSheet opens a file. An empty format goes by the ending of its name.
func OpenSheet(path, format string) (*Sheet, error) {
	if format == "" {
		format = strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	}
	var s *Sheet
	var err error
	switch format {
	case "tsv", "txt", "tab":
		s, err = openText(path, (*textSheet).tabs)
	case "csv":
		s, err = openText(path, (*textSheet).commas)
	case "xlsx":
		s, err = openXLSX(path)
	default:
		return nil, ErrFormat
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	head, err := s.Next()
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("%s has no row of column names: %w", path, err)
	}
	s.Columns = head.Cells
	return s, nil
}

// longestRow bounds the memory that one row can take, in bytes. A longer one
// is a quotation mark that was never closed.
const longestRow = 4 << 20

// textSheet reads TSV and CSV.
type textSheet struct {
	in   *bufio.Reader
	line int
	csv  *csv.Reader
	took int // bytes since the last row
}

func openText(path string, reader func(*textSheet) func() (Line, error)) (*Sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	lines, err := countLines(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	text, err := decoded(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	t := &textSheet{in: bufio.NewReaderSize(text, 64<<10)}
	return &Sheet{Guess: max(0, lines-1), next: reader(t), close: f.Close}, nil
}

// tabs reads rows as lines: tabs and line ends never occur inside a cell.
// Quotation marks around a whole cell, as spreadsheets write them, are taken
// away.
func (t *textSheet) tabs() func() (Line, error) {
	return func() (Line, error) {
		text, err := t.readLine()
		if err != nil {
			return Line{}, err
		}
		cells := strings.Split(text, "\t")
		for i, c := range cells {
			cells[i] = unquote(c)
		}
		return Line{t.line, cells}, nil
	}
}

func (t *textSheet) readLine() (string, error) {
	t.line++
	var text []byte
	for {
		part, err := t.in.ReadSlice('\n')
		long := len(text)+len(part) > longestRow
		if !long {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(text) == 0):
			return "", err
		case long:
			return "", &RowError{t.line, "longer than 4 MB"}
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	}
}

func unquote(c string) string {
	if len(c) < 2 || c[0] != '"' || c[len(c)-1] != '"' {
		return c
	}
	inner := c[1 : len(c)-1]
	if strings.Contains(strings.ReplaceAll(inner, `""`, ""), `"`) {
		return c
	}
	return strings.ReplaceAll(inner, `""`, `"`)
}

// commas reads RFC 4180 with the delimiter that the first line uses most.
func (t *textSheet) commas() func() (Line, error) {
	head, _ := t.in.Peek(32 << 10)
	first, _, _ := strings.Cut(string(head), "\n")
	t.csv = csv.NewReader(readerFunc(t.bounded))
	t.csv.FieldsPerRecord, t.csv.ReuseRecord = -1, false
	for _, d := range ";\t" {
		if strings.Count(first, string(d)) > strings.Count(first, string(t.csv.Comma)) {
			t.csv.Comma = d
		}
	}
	return func() (Line, error) {
		t.took = 0
		cells, err := t.csv.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) && !errors.Is(err, errRow) {
			return Line{}, &RowError{bad.StartLine, bad.Err.Error()}
		}
		if err != nil {
			return Line{}, err
		}
		line, _ := t.csv.FieldPos(0)
		return Line{line, cells}, nil
	}
}

var errRow = errors.New("a row is longer than 4 MB: is a quotation mark not closed?")

func (t *textSheet) bounded(p []byte) (int, error) {
	if t.took > longestRow {
		return 0, errRow
	}
	n, err := t.in.Read(p)
	t.took += n
	return n, err
}

type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// openXLSX streams the first sheet. Cells come as they are stored: dates are
// numbers of days, which times understands.
func openXLSX(path string) (*Sheet, error) {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, UnzipXMLSizeLimit: 16 << 20, UnzipSizeLimit: 4 << 30})
	if err != nil {
		return nil, err
	}
	name := f.GetSheetName(0)
	rows, err := f.Rows(name)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	s := &Sheet{close: func() error { return errors.Join(rows.Close(), f.Close()) }}
	if area, err := f.GetSheetDimension(name); err == nil {
		if _, last, ok := strings.Cut(area, ":"); ok {
			if _, n, err := excelize.CellNameToCoordinates(last); err == nil {
				s.Guess = n - 1
			}
		}
	}
	line := 0
	s.next = func() (Line, error) {
		line++
		if !rows.Next() {
			return Line{}, errors.Join(rows.Error(), io.EOF)
		}
		cells, err := rows.Columns()
		return Line{line, cells}, err
	}
	return s, nil
}
