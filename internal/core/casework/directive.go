package casework

// A case may stand under several directives (督办, 批示) at once. Each runs its
// own clock, whose Ref is the number of the event that gave the directive, so
// that one can be answered or dropped and the others go on.

// directive opens the clock of the directive that an event gives.
func directive(k Clock) func(Case, Event) []opening {
	return func(_ Case, e Event) []opening { return []opening{{k, int(e.Seq)}} }
}

// onAnswered keeps the directive named, or all of a kind where none is.
func onAnswered(k Clock) func(*Case, Event) {
	return func(c *Case, e Event) {
		if e.Data.Ref == 0 {
			c.settle(e, true, k)
			return
		}
		c.settleRef(e, true, e.Data.Ref, k)
	}
}

// onDropDirective ends one directive; nothing is owed for it any more.
func onDropDirective(c *Case, e Event) {
	if o := c.directive(e.Data.Ref); o != nil {
		o.close(e, false)
	}
}

// directive finds the running one named; none named means the only one.
func (c *Case) directive(ref int) (found *Obligation) {
	for i := range c.Obligations {
		o := &c.Obligations[i]
		if !o.Open() || o.Clock != Supervision && o.Clock != Instruction || ref != 0 && o.Ref != ref {
			continue
		}
		if found != nil {
			return nil
		}
		found = o
	}
	return found
}

// Directed tells whether the directive that an event gave is still to be
// answered.
func (c Case) Directed(seq int64) bool { return seq != 0 && c.directive(int(seq)) != nil }

func someDirective(m moment) *Refusal {
	if m.c.running(Supervision) == nil && m.c.running(Instruction) == nil {
		return refuse("no_directive")
	}
	return nil
}

// namesDirective holds a command to one running directive.
func namesDirective(m moment) *Refusal {
	if m.c.directive(m.d.Ref) == nil {
		return lacks("ref", "directive_unclear")
	}
	return nil
}

// runningRef: who answers a directive by name answers one that runs.
func runningRef(k Clock) check {
	return func(m moment) *Refusal {
		if m.d.Ref != 0 && m.c.lapsable(k, m.d.Ref) == nil {
			return lacks("ref", "directive_unclear")
		}
		return nil
	}
}
