package text

import (
	"errors"
	"math"
	"math/bits"
)

// Shape says what is cut from a message.
type Shape struct {
	Body  int     // the longest run of characters, of the title and the body
	Title int     // the longest run that is counted once more for the title alone
	Share float32 // of the title's own runs in the length of a vector, 0 to 1
}

// longest is the longest run that a shape may ask for.
const longest = 8

// The two fields of a message. A run in the title is another feature than the
// same run in the body, since a title says what it is about; the body's
// features count the title's runs too.
const (
	bodySeed  uint64 = 0x9ae16a3b2f90404f
	titleSeed uint64 = 0xc3a5c85c97cb3127
)

// step extends the hash of a run by one character.
func step(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// Vocabulary (词表) knows the features worth counting and how rare each is. It
// is a table of 32-bit slots: 20 bits name the feature and 12 recognise it, so
// that a run that was never learned is told apart from a known one 4,095 times
// of 4,096. Every prefix of a feature is a feature, which ends most searches
// early. It is immutable and safe for many goroutines.
type Vocabulary struct {
	Shape
	Slots  []uint32  // a power of two
	Rarity []float32 // by feature: 1 + ln((n+1)/df)
}

// most is the number of features that 20 bits name, less the empty slot.
const most = 1<<20 - 1

const tagBits, idMask = 12, 1<<20 - 1

// find gives the feature of a hash.
func (v *Vocabulary) find(h uint64) (uint32, bool) {
	mask := uint32(len(v.Slots) - 1)
	tag := uint32(h) & (1<<tagBits - 1)
	for at := uint32(h>>32) & mask; ; at = (at + 1) & mask {
		s := v.Slots[at]
		if s == 0 {
			return 0, false
		}
		if s>>20 == tag {
			return s&idMask - 1, true
		}
	}
}

// newVocabulary files the hashes, most frequent first, so that what is asked
// most lies together in memory.
func newVocabulary(list []counted, texts int, shape Shape) *Vocabulary {
	size := 1 << bits.Len(uint(len(list)*3/2+1))
	v := &Vocabulary{Shape: shape, Slots: make([]uint32, size)}
	mask := uint32(size - 1)
	for _, c := range list {
		if _, taken := v.find(c.hash); taken {
			continue // another feature with the same tag stands in its way: they share
		}
		at := uint32(c.hash>>32) & mask
		for v.Slots[at] != 0 {
			at = (at + 1) & mask
		}
		v.Rarity = append(v.Rarity, float32(1+math.Log(float64(texts+1)/float64(c.texts))))
		v.Slots[at] = uint32(c.hash)&(1<<tagBits-1)<<20 | uint32(len(v.Rarity))
	}
	return v
}

// Len is the number of features.
func (v *Vocabulary) Len() int { return len(v.Rarity) }

// Check refuses a vocabulary that was read from somewhere and would make a
// search endless or point outside.
func (v *Vocabulary) Check() error {
	if n := len(v.Slots); n < 2 || n&(n-1) != 0 || len(v.Rarity) > most {
		return errors.New("vocabulary: wrong size")
	}
	empty := false
	for _, s := range v.Slots {
		empty = empty || s == 0
		if s != 0 && (s&idMask == 0 || s&idMask > uint32(len(v.Rarity))) {
			return errors.New("vocabulary: a slot points outside")
		}
	}
	if !empty {
		return errors.New("vocabulary: no empty slot")
	}
	for _, r := range v.Rarity {
		if !(r > 0 && r < 100) {
			return errors.New("vocabulary: impossible rarity")
		}
	}
	if v.Body < 1 || v.Body > longest || v.Title < 0 || v.Title > longest || !(v.Share >= 0 && v.Share < 1) {
		return errors.New("vocabulary: impossible shape")
	}
	return nil
}
