// Package reseal seals anew, in small units of work and oldest first, what lies
// in clear from before or was sealed with a key that is no longer active. Each
// keeper of sealed things gives its parts: a Column of a table, a folder of
// files, or something of its own. The work goes on where it stood after a
// crash, beside everything else that the program does; two that do it at once
// do no harm.
//
// The package owns the table reseal.
package reseal
