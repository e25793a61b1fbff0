// Package intake (登记) is the door: it takes what a person says, on the public
// pages, at the desk, through the API or from a file of history, and makes it
// a case with a receipt.
//
// A filing is one batch: the person (package person), the case with its first
// event and duty (package procedure), the words (table matter, owned here) and
// the claim on uploaded files (package attachment). It is sent in one round
// trip, with no question to the database before it. The same filing key is
// registered once; sent again, it gives the same receipt.
//
// The number and the query code of a receipt open the case to whoever holds
// them. The code is derived from the number with a secret key, so nothing is
// stored that could leak.
//
// Here are also the public home page, the guided filing and the receipt. What
// happens to a case afterwards is not ours: following it is tracking's.
package intake
