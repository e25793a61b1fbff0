package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
)

// file is a JSON file of settings, named by --config. Its keys are the flags'
// names. The environment wins over it, and a key that no command knows is a
// mistake worth telling.
type file map[string]any

// readFile is the loader that kong calls.
func readFile(r io.Reader) (kong.Resolver, error) {
	f := file{}
	if err := json.NewDecoder(r).Decode(&f); err != nil {
		return nil, fmt.Errorf("the file must be a JSON object of settings: %w", err)
	}
	return f, nil
}

// Validate refuses keys that are no flag of any command.
func (f file) Validate(a *kong.Application) error {
	known := map[string]bool{}
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, flag := range n.Flags {
			known[flag.Name] = true
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(a.Node)
	var strange []string
	for key := range f {
		if !known[key] {
			strange = append(strange, key)
		}
	}
	sort.Strings(strange)
	if len(strange) > 0 {
		return fmt.Errorf("the file has unknown settings: %s", strings.Join(strange, ", "))
	}
	return nil
}

// Resolve gives the file's value of a flag, unless the environment has one.
func (f file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	return f[flag.Name], nil
}
