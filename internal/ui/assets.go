package ui

import (
	"embed"
	"encoding/json"
	"io/fs"
	"sync"
)

// Messages are the words that all capabilities share.
//
//go:embed messages.json
var Messages []byte

//go:embed all:assets/dist
var embedded embed.FS

// Dist gives the bundled scripts, styles and icons; empty before `npm run build`.
func Dist() fs.FS {
	sub, err := fs.Sub(embedded, "assets/dist")
	if err != nil {
		return embedded
	}
	return sub
}

// manifest maps "desk.js" to "desk-4F2A.js".
var manifest = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	if b, err := fs.ReadFile(Dist(), "manifest.json"); err == nil {
		if json.Unmarshal(b, &names) != nil {
			return map[string]string{}
		}
	}
	return names
})

// Asset gives the address of a bundled file, "" when it has not been built.
func Asset(name string) string {
	hashed, ok := manifest()[name]
	if !ok {
		return ""
	}
	return "/assets/" + hashed
}
