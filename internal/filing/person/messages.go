package person

import _ "embed"

// Messages are the words of this capability and of core/identity.
//
//go:embed messages.json
var Messages []byte
