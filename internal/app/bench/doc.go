// Package bench measures the platform as people meet it: a server process of
// its own, asked over HTTP on the loopback by clients that keep their
// connections, on stores of different sizes. Beside each figure of writing it
// measures, in the same run, what the database does with the very same rows
// and nothing around them: the bound.
//
// It measures and prints; it never judges, so that a slow machine fails no
// test.
package bench
