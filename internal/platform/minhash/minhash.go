// Package minhash finds texts that are nearly the same: the share of their
// character 3-grams that two texts have in common (Jaccard) is estimated from
// signatures, and signatures that share a band are candidates, so that nobody
// compares all with all.
//
// 32 bands of 4 rows find nearly every pair at a likeness of 0.6: one band
// agrees with probability 0.6⁴ = 0.13, at least one of 32 with 0.988, and what
// is missed lies on the border.
package minhash

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode"
)

// The shape of a signature.
const (
	Gram  = 3  // characters of a shingle
	Bands = 32 // looked up one by one
	Rows  = 4  // values of a band
	Size  = Bands * Rows
)

// Set is what a text is compared by: the hashes of its shingles, ascending.
type Set []uint64

// Signature stands for a set: its smallest value under each of Size orders.
type Signature [Size]uint16

// Hasher makes sets. With a secret seed a signature tells nothing of the text
// to who does not hold the seed: not even a guess can be tested.
type Hasher struct{ seed uint64 }

// New gives the hasher of a seed; sets of different seeds are not comparable.
func New(seed uint64) Hasher { return Hasher{mix(seed ^ 0x9e3779b97f4a7c15)} }

// Shingles cuts a text into runs of Gram characters. Case, width, white space
// and punctuation do not count: who types a text again changes those first.
func (h Hasher) Shingles(text string) Set {
	rs := plain(text)
	if len(rs) == 0 {
		return nil
	}
	n := max(1, len(rs)-Gram+1)
	set := make(Set, n)
	for i := range set {
		v := h.seed
		for _, r := range rs[i:min(i+Gram, len(rs))] {
			v = mix(v ^ uint64(r))
		}
		set[i] = v
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// plain keeps letters and digits, narrow and in lower case.
func plain(text string) []rune {
	out := make([]rune, 0, len(text)/2)
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

// orders are the factors of the Size orders.
var orders = func() (f [Size]uint64) {
	for i := range f {
		f[i] = mix(uint64(i)+1) | 1
	}
	return f
}()

// Sign gives the signature of a set. Sixteen bits of each smallest value are
// kept: two different ones agree once in 65,536.
func (s Set) Sign() Signature {
	var least [Size]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	for _, v := range s {
		for i, f := range orders {
			hi, lo := bits.Mul64(v, f)
			if x := hi ^ lo; x < least[i] {
				least[i] = x
			}
		}
	}
	var sig Signature
	for i, x := range least {
		sig[i] = uint16(mix(x))
	}
	return sig
}

// Bands gives the keys under which a signature is looked up; two signatures
// that share one are candidates.
func (s Signature) Bands() [Bands]int64 {
	var out [Bands]int64
	for b := range out {
		v := uint64(b) + 1
		for _, x := range s[b*Rows : (b+1)*Rows] {
			v = mix(v<<16 ^ uint64(x))
		}
		out[b] = int64(v >> 1) // positive in every database
	}
	return out
}

// Likeness estimates the Jaccard index of two signed sets; its standard error
// is 0.044 at most.
func Likeness(a, b Signature) float64 {
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	return float64(same) / Size
}

// Jaccard is the exact share of two sets.
func Jaccard(a, b Set) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both, i, j = both+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// Bytes writes a signature for keeping.
func (s Signature) Bytes() []byte {
	out := make([]byte, 0, 2*Size)
	for _, x := range s {
		out = binary.BigEndian.AppendUint16(out, x)
	}
	return out
}

// FromBytes reads a kept signature.
func FromBytes(b []byte) (s Signature, ok bool) {
	if len(b) != 2*Size {
		return s, false
	}
	for i := range s {
		s[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return s, true
}

// mix is a bijection that spreads every bit (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
