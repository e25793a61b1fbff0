package web

import _ "embed"

// Messages are the texts of failures.
//
//go:embed messages.json
var Messages []byte
