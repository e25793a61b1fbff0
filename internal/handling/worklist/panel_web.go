package worklist

// Panel is a stub
type Panel struct{}

// Intake x
type Intake interface{}
