package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help shows how to install the script.
func (completionCmd) Help() string {
	return `Examples:
  xinqiao completion bash > /etc/bash_completion.d/xinqiao
  xinqiao completion zsh > "${fpath[1]}/_xinqiao"
  xinqiao completion fish > ~/.config/fish/completions/xinqiao.fish`
}

// Run prints the script, made from the grammar itself.
func (c *completionCmd) Run(t terminal, model *kong.Application) error {
	words := map[string][]string{}
	collect(model.Node, "", words)
	switch c.Shell {
	case "bash":
		bash(t.out, words)
	case "zsh":
		fmt.Fprintln(t.out, "#compdef xinqiao\nautoload -U +X bashcompinit && bashcompinit")
		bash(t.out, words)
	case "fish":
		fish(t.out, words)
	}
	return nil
}

// collect lists, for each path of commands, what may follow it.
func collect(n *kong.Node, path string, words map[string][]string) {
	for _, f := range n.Flags {
		if !f.Hidden {
			words[path] = append(words[path], "--"+f.Name)
		}
	}
	for _, child := range n.Children {
		words[path] = append(words[path], child.Name)
		collect(child, strings.TrimSpace(path+" "+child.Name), words)
	}
}

// bash prints a case per path; a path is the words typed so far that are
// commands.
func bash(w io.Writer, words map[string][]string) {
	fmt.Fprint(w, `_xinqiao() {
  local path="" word cur="${COMP_WORDS[COMP_CWORD]}"
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac
  done
  case "$path" in
`)
	for _, path := range paths(words) {
		fmt.Fprintf(w, "    %q) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", path, strings.Join(words[path], " "))
	}
	fmt.Fprint(w, "    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n  esac\n}\ncomplete -F _xinqiao xinqiao\n")
}

// fish prints a line per word.
func fish(w io.Writer, words map[string][]string) {
	for _, path := range paths(words) {
		condition := "__fish_use_subcommand"
		if path != "" {
			condition = "__fish_seen_subcommand_from " + path[strings.LastIndex(path, " ")+1:]
		}
		for _, word := range words[path] {
			if long, ok := strings.CutPrefix(word, "--"); ok {
				fmt.Fprintf(w, "complete -c xinqiao -n %q -l %s\n", condition, long)
				continue
			}
			fmt.Fprintf(w, "complete -c xinqiao -f -n %q -a %s\n", condition, word)
		}
	}
}

// paths sorts, so that the script is the same each time.
func paths(words map[string][]string) []string {
	out := make([]string, 0, len(words))
	for p := range words {
		out = append(out, p)
	}
	sort.Strings(out)
	return out
}
