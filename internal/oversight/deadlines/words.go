package deadlines

import _ "embed"

// Messages are this capability's words.
//
//go:embed messages.json
var Messages []byte
