package identity

// Problem says what is wrong with an input, by a stable id that the message
// catalogue knows. It never repeats the input.
type Problem struct {
	ID   string
	Args []any
}

// Error is the id, for logs and tests.
func (p *Problem) Error() string { return p.ID }

// Is matches a Problem by id.
func (p *Problem) Is(target error) bool {
	t, ok := target.(*Problem)
	return ok && t.ID == p.ID
}

func problem(id string, args ...any) *Problem {
	return &Problem{ID: "identity." + id, Args: args}
}
