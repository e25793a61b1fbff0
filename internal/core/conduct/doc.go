// Package conduct reads from the events of a case how units handled it: the
// triggers of a supervision (Art. 40), the duties that were missed (Art. 42–46),
// what speaks for a look-back, the six standards (六个规范化), and who first
// received, forwarded and handled it. It is pure; it judges no person and
// decides nothing.
package conduct
