package telephone

import "math/bits"

// Law (压扩律) is one of the two companding laws of G.711, under its static RTP
// payload type. China's networks speak the A-law.
type Law uint8

// The laws.
const (
	MuLaw Law = 0 // PCMU
	ALaw  Law = 8 // PCMA
)

// decoded holds what each of the 256 codes sounds like.
var decoded = map[Law]*[256]int16{MuLaw: table(muLinear), ALaw: table(aLinear)}

// table applies a decoder to every code.
func table(f func(byte) int16) *[256]int16 {
	var t [256]int16
	for i := range t {
		t[i] = f(byte(i))
	}
	return &t
}

// Encode writes one byte per sample to dst, which must be as long as pcm.
func (l Law) Encode(dst []byte, pcm []int16) {
	code := aCode
	if l == MuLaw {
		code = muCode
	}
	for i, s := range pcm {
		dst[i] = code(s)
	}
}

// Decode gives one sample per byte.
func (l Law) Decode(code []byte) []int16 {
	t := decoded[l]
	pcm := make([]int16, len(code))
	for i, c := range code {
		pcm[i] = t[c]
	}
	return pcm
}

// quiet is the code of silence.
func (l Law) quiet() byte {
	if l == MuLaw {
		return 0xff
	}
	return 0xd5
}

// aCode compresses one sample: sign, three bits of segment, four of step, every
// second bit inverted.
func aCode(s int16) byte {
	v, mask := int(s)>>3, byte(0xd5)
	if v < 0 {
		v, mask = -v-1, 0x55
	}
	seg := max(0, bits.Len(uint(v))-5)
	return byte(seg<<4|v>>max(1, seg)&0xf) ^ mask
}

// aLinear is the inverse of aCode, in the middle of the step.
func aLinear(c byte) int16 {
	c ^= 0x55
	v, seg := int(c&0xf)<<4+8, int(c>>4&7)
	if seg > 0 {
		v = (v + 0x100) << (seg - 1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// bias moves the µ-law's segments to powers of two.
const bias = 0x84

// muCode compresses one sample, all bits inverted.
func muCode(s int16) byte {
	v, mask := int(s)>>2, byte(0xff)
	if v < 0 {
		v, mask = -v, 0x7f
	}
	v = min(v, 8158) + bias>>2
	seg := bits.Len(uint(v)) - 6
	return byte(seg<<4|v>>(seg+1)&0xf) ^ mask
}

// muLinear is the inverse of muCode, in the middle of the step.
func muLinear(c byte) int16 {
	c = ^c
	v := (int(c&0xf)<<3+bias)<<(c>>4&7) - bias
	if c&0x80 != 0 {
		v = -v
	}
	return int16(v)
}
