package attachment

import _ "embed"

// Messages are the words of this capability.
//
//go:embed messages.json
var Messages []byte
