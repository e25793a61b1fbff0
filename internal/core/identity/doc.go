// Package identity reads what people write about themselves: ID numbers
// (GB 11643), other documents, credit codes of organisations (GB 32100),
// phones and names. Each reader brings its input to one normal form, so that
// equal things are equal bytes, or says what is wrong with it as a Problem;
// each has a mask for display. It is pure and keeps nothing.
package identity
