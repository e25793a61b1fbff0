package speech

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// errWAV is any file that is not what we read.
var errWAV = errors.New("no WAV file of 16-bit samples")

// ReadWAV reads a WAV file of 16-bit samples, mixes channels and brings it to
// 8 kHz. Programs that write to a pipe cannot know the length beforehand and
// claim a nonsensical one: what is there counts.
func ReadWAV(r io.Reader) ([]int16, error) { return ReadWAVAt(r, Rate) }

// ReadWAVAt is ReadWAV at another rate.
func ReadWAVAt(r io.Reader, rate int) ([]int16, error) {
	b, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return nil, err
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, errWAV
	}
	var f format
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:8]))
		b = b[8:]
		body := b[:min(size, len(b))]
		switch id {
		case "fmt ":
			f = readFormat(body)
		case "data":
			if !f.fits() {
				return nil, errWAV
			}
			return Resample(mix(body, f.channels), f.rate, rate), nil
		}
		b = b[min(size+size&1, len(b)):]
	}
	return nil, errWAV
}

// format is that of a file's samples.
type format struct{ kind, channels, rate, bits int }

func readFormat(b []byte) format {
	if len(b) < 16 {
		return format{}
	}
	short := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	return format{kind: short(0), channels: short(2), rate: int(binary.LittleEndian.Uint32(b[4:])), bits: short(14)}
}

// fits tells whether we can read such samples: PCM, plain or in the extensible
// form that says the same at greater length.
func (f format) fits() bool {
	return (f.kind == 1 || f.kind == 0xfffe) && f.bits == 16 &&
		f.channels >= 1 && f.channels <= 8 && f.rate >= 4000 && f.rate <= 192000
}

// mix averages the channels.
func mix(b []byte, channels int) []int16 {
	pcm := make([]int16, len(b)/2/channels)
	for i := range pcm {
		sum := 0
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(b[2*(i*channels+c):])))
		}
		pcm[i] = int16(sum / channels)
	}
	return pcm
}

// WriteWAV writes 8 kHz sound as a WAV file.
func WriteWAV(w io.Writer, pcm []int16) error {
	h := make([]byte, 44, 44+2*len(pcm))
	copy(h, "RIFF")
	binary.LittleEndian.PutUint32(h[4:], uint32(36+2*len(pcm)))
	copy(h[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(h[16:], 16)
	binary.LittleEndian.PutUint16(h[20:], 1)
	binary.LittleEndian.PutUint16(h[22:], 1)
	binary.LittleEndian.PutUint32(h[24:], Rate)
	binary.LittleEndian.PutUint32(h[28:], 2*Rate)
	binary.LittleEndian.PutUint16(h[32:], 2)
	binary.LittleEndian.PutUint16(h[34:], 16)
	copy(h[36:], "data")
	binary.LittleEndian.PutUint32(h[40:], uint32(2*len(pcm)))
	for _, s := range pcm {
		h = binary.LittleEndian.AppendUint16(h, uint16(s))
	}
	_, err := w.Write(h)
	return err
}

// taps is the half width of the resampling filter in periods of the lower rate.
const taps = 16

// Resample changes the sampling rate by a windowed sinc, which keeps what the
// telephone cannot carry from folding back as noise.
func Resample(pcm []int16, from, to int) []int16 {
	if from == to || len(pcm) == 0 {
		return pcm
	}
	step := float64(from) / float64(to)
	wide := max(1, step) // in input samples per zero crossing
	cut := 0.94 / wide   // a little below half of the lower rate
	half := int(math.Ceil(taps * wide))
	out := make([]int16, int(float64(len(pcm))/step))
	for i := range out {
		centre := float64(i) * step
		first := max(0, int(centre)-half+1)
		sum, weight := 0.0, 0.0
		for j := first; j <= min(len(pcm)-1, int(centre)+half); j++ {
			x := float64(j) - centre
			k := sinc(cut*x) * (0.5 + 0.5*math.Cos(math.Pi*x/float64(half+1)))
			sum += k * float64(pcm[j])
			weight += k
		}
		// Normalised where the edge cuts the filter off.
		out[i] = clip(sum / weight)
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// clip rounds into the range of a sample.
func clip(v float64) int16 {
	return int16(math.Round(min(max(v, math.MinInt16), math.MaxInt16)))
}
