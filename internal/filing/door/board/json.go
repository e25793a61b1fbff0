package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// mostDepth bounds how deep a value may lie; what lies deeper is one text.
const mostDepth = 4

// objects are rows that came as JSON: a column for each name that occurs,
// nested ones as a.b.
type objects struct {
	columns []string
	rows    [][]string
	at      int
}

// readObjects finds the list of objects at a path such as data.items; "" is
// the whole text, or the first list in it.
func readObjects(text []byte, path string) (*objects, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var all any
	if err := d.Decode(&all); err != nil {
		return nil, errors.New("this is no JSON")
	}
	list, ok := listAt(all, path)
	if !ok {
		return nil, errors.New("there is no list of objects")
	}
	o := &objects{}
	place := map[string]int{}
	var flat []map[string]string
	for _, x := range list {
		m := map[string]string{}
		flatten(m, "", x, 0)
		names := make([]string, 0, len(m))
		for n := range m {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			if _, known := place[n]; !known {
				place[n] = len(o.columns)
				o.columns = append(o.columns, n)
			}
		}
		flat = append(flat, m)
	}
	for _, m := range flat {
		cells := make([]string, len(o.columns))
		for n, v := range m {
			cells[place[n]] = v
		}
		o.rows = append(o.rows, cells)
	}
	return o, nil
}

func listAt(all any, path string) ([]any, bool) {
	if list, ok := all.([]any); ok {
		return list, true
	}
	m, ok := all.(map[string]any)
	if !ok {
		return nil, false
	}
	if path != "" {
		head, rest, _ := strings.Cut(path, ".")
		if x, ok := m[head]; ok {
			return listAt(x, rest)
		}
	}
	for _, name := range []string{"items", "data", "rows", "list", "records", "results"} {
		if list, ok := m[name].([]any); ok {
			return list, true
		}
	}
	return nil, false
}

func flatten(into map[string]string, name string, x any, depth int) {
	if m, ok := x.(map[string]any); ok && depth < mostDepth {
		for k, v := range m {
			if name != "" {
				k = name + "." + k
			}
			flatten(into, k, v, depth+1)
		}
		return
	}
	if name == "" {
		name = "value"
	}
	switch v := x.(type) {
	case nil:
	case string:
		into[name] = v
	case json.Number:
		into[name] = v.String()
	case bool:
		into[name] = strconv.FormatBool(v)
	default:
		if b, err := json.Marshal(v); err == nil {
			into[name] = string(b)
		}
	}
}

// Columns implements Sheet.
func (o *objects) Columns() []string { return o.columns }

// Expected implements Sheet.
func (o *objects) Expected() int { return len(o.rows) }

// Next implements Sheet.
func (o *objects) Next() (Row, error) {
	if o.at >= len(o.rows) {
		return Row{}, io.EOF
	}
	o.at++
	return Row{Line: o.at + 1, Cells: o.rows[o.at-1]}, nil
}

// Close implements Sheet.
func (o *objects) Close() error { return nil }

// raw is a row as it came, for the arrival.
func raw(columns []string, r Row) []byte {
	m := map[string]string{}
	for i, c := range r.Cells {
		if c == "" {
			continue
		}
		name := fmt.Sprintf("column %d", i+1)
		if i < len(columns) && columns[i] != "" {
			name = columns[i]
		}
		m[name] = c
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	return b
}
