package demo

import (
	"fmt"
	"io"
	"strings"
)

// PrintSignIns tells whoever started the demo how to look around in it.
func PrintSignIns(w io.Writer) {
	fmt.Fprintf(w, "\n名川市 Mingchuan is an invented city. Sign in at /signin; every password is %s\n\n", Password)
	for _, p := range posts {
		fmt.Fprintf(w, "  %-12s %s\n", p.login, strings.ReplaceAll(string(p.role), "_", " "))
	}
	fmt.Fprintln(w)
}
