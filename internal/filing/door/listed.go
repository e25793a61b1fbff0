package door

import "context"

// Listed is the kind of a door that this program does not open: a line or a
// counter of somebody else that ends here by hand. It stands in the registry
// with its number, hours and way of merging, and what comes is registered at
// the desk.
func Listed() Kind {
	return Kind{Name: "listed", Fields: []Field{{Name: "number"}, {Name: "note"}}, Open: func(Setting) (Door, error) { return listed{}, nil }}
}

type listed struct{}

// Run implements Door: it waits.
func (listed) Run(ctx context.Context, _ Sink) error {
	<-ctx.Done()
	return ctx.Err()
}

// Probe implements Door: there is nothing to ask.
func (listed) Probe(context.Context) error { return nil }
