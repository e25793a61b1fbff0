package paper

import "errors"

// StampImage draws a round red seal.
func StampImage(name, note string, f Fonts) ([]byte, error) { return nil, errors.New("not set yet") }
