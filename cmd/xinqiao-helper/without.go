//go:build !(helper && cgo && linux)

package main

import (
	"fmt"
	"os"
)

// main of a build without the native parts says how to build the real one.
func main() {
	fmt.Fprintln(os.Stderr, "xinqiao-helper: built without its native parts; on Linux: make helper")
	os.Exit(1)
}
