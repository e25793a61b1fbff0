// Package seal encrypts at rest with SM4-GCM (GB/T 32907) and makes blind
// indexes with HMAC-SM3 (GB/T 32905), so that a sealed phone can be found
// without being opened.
//
// # Keys
//
// A master key (主密钥) lives outside: in a file, in the environment, or in a
// device that a command speaks for. It wraps the working keys, which lie in the
// key file and are worth nothing without it. A working key has a use (data,
// index, derive), an id and a state: staged, active, old (opens, seals
// nothing) or destroyed. Without master key or key file sealed data is lost
// for good, so back them up apart from the database and from each other.
//
// Rotation adds a key and makes it active. Running processes see the changed
// key file within seconds, or at once when they meet a value of a key that
// they do not know; what lies sealed with the old one is sealed anew in the
// background (package reseal), and then the old key may be destroyed.
//
// # Values
//
// A sealed value is: version (1 byte), key id (2), nonce (12), ciphertext with
// tag. The purpose, such as "person/42/name", is authenticated with it: a value
// that was moved to another row or column does not open.
package seal
