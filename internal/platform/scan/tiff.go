package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/image/tiff"
)

// tiffPages unfolds a TIFF file page by page. The decoder knows only the first
// page; so the header of a copy is pointed at each in turn.
func tiffPages(ctx context.Context, data []byte) ([]Page, error) {
	heads, order, err := directories(data)
	if err != nil {
		return nil, err
	}
	file := slices.Clone(data)
	var out []Page
	for _, at := range heads {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		order.PutUint32(file[4:], at)
		config, err := tiff.DecodeConfig(bytes.NewReader(file))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if err := bounded(config.Width, config.Height); err != nil {
			return nil, err
		}
		m, err := tiff.Decode(bytes.NewReader(file))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		p, err := drawn(m)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// directories follows the chain of pages. A chain that bites its tail is
// damaged.
func directories(data []byte) ([]uint32, binary.ByteOrder, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	if len(data) < 8 {
		return nil, nil, ErrBroken
	}
	var heads []uint32
	for at := order.Uint32(data[4:]); at != 0; {
		if uint64(at)+2 > uint64(len(data)) || slices.Contains(heads, at) {
			return nil, nil, ErrBroken
		}
		if heads = append(heads, at); len(heads) > MostPages {
			return nil, nil, ErrLarge
		}
		next := uint64(at) + 2 + 12*uint64(order.Uint16(data[at:]))
		if next+4 > uint64(len(data)) {
			return nil, nil, ErrBroken
		}
		at = order.Uint32(data[next:])
	}
	if len(heads) == 0 {
		return nil, nil, ErrBroken
	}
	return heads, order, nil
}
