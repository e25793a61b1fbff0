// Package cosign keeps who signs a petition beside the one who filed it
// (联名). The filer opens a join link and passes it on; whoever has it sees the
// title and what is asked for, signs with a name, a phone and an address, and
// gets a query code of their own. Staff add signers of a letter by list. Each
// signer sees the same progress and the one reply, rates once, and may take
// the signature back; none acts in the filer's name, and none learns who else
// signed.
//
// Confidential cases cannot be joined. The number of signers online has no
// limit (Art. 20 limits the representatives of a visit, not the signers).
//
// Owned tables: cosigner, join_link.
package cosign
