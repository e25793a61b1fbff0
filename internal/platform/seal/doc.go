// Package seal encrypts single fields at rest with SM4-GCM (GB/T 32907) and
// makes blind indexes with HMAC-SM3 (GB/T 32905), so that a sealed phone can be
// found without being opened. The keys lie in one file that only the program's
// user may read; without that file sealed data is lost for good, so back it up
// apart from the database.
//
// A sealed value is: version (1 byte), key id (2), nonce (12), ciphertext with
// tag. The purpose, such as "person/42/name", is authenticated with it: a value
// that was moved to another row or column does not open.
package seal
