package letter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/scan"
)

// MaxFile is the largest file of a scanner.
const MaxFile = 64 << 20

// Purposes of sealing, with the row's id: nothing can be put into another row.
const (
	sealName      = "letter-name/%d"
	sealRead      = "letter-read/%d"
	sealCorrected = "letter-corrected/%d"
	sealDraft     = "letter-draft/%d"
)

// of is the purpose of a row.
func of(purpose string, id int64) string { return fmt.Sprintf(purpose, id) }

// Dividing says how a scan becomes letters.
type Dividing string

// The ways.
const (
	Auto   Dividing = "auto"   // at separating sheets; without any by hand
	ByFile Dividing = "file"   // the whole file is one letter
	ByHand Dividing = "byhand" // by hand
)

// Dividings lists the ways in display order.
var Dividings = []Dividing{Auto, ByFile, ByHand}

// Source is where a file comes from.
type Source struct {
	Kind   string // desk or folder
	Door   string
	Name   string
	Unit   access.Unit
	By     int64
	Divide Dividing
}

// Take keeps a scanned file and takes it apart. The same file again is the
// same scan.
func (s *Service) Take(ctx context.Context, from Source, data []byte, now time.Time) (taken Scan, again bool, err error) {
	if len(data) > MaxFile {
		return Scan{}, false, fault.New(fault.TooLarge, "letter.file_too_large", MaxFile>>20)
	}
	sum := sha256.Sum256(data)
	t := Scan{ID: s.IDs.Next(), Source: from.Kind, Door: from.Door, Name: from.Name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]),
		State: Open, UnitID: from.Unit.ID, AreaID: from.Unit.Area, TakenBy: from.By, TakenAt: now}
	if before, err := s.store.hashed(ctx, s.DB.Read(), t.UnitID, t.SHA256); err == nil || !errors.Is(err, ErrNotFound) {
		return before, err == nil, err
	}
	pages, err := scan.Pages(ctx, data)
	if err != nil {
		return Scan{}, false, unreadable(err)
	}
	t.Pages, t.Type = len(pages), kindOf(data)
	sheets, err := s.keep(ctx, &t, data, pages)
	if err != nil {
		return Scan{}, false, err
	}
	var b db.Batch
	insertScan(&b, t, s.Keys.Seal(of(sealName, t.ID), []byte(t.Name)))
	for _, sheet := range sheets {
		insertSheet(&b, sheet)
	}
	if err := s.DB.Send(ctx, &b); err != nil {
		if before, lookup := s.store.hashed(ctx, s.DB.Read(), t.UnitID, t.SHA256); lookup == nil {
			return before, true, nil // by somebody else, or our own answer was lost
		}
		return Scan{}, false, err
	}
	return t, false, s.divide(ctx, t, sheets, from.Divide)
}

// unreadable tells what is wrong with a file in words for people.
func unreadable(err error) error {
	for cause, id := range map[error]string{
		scan.ErrType: "letter.file_type", scan.ErrBroken: "letter.file_broken", scan.ErrLarge: "letter.file_pages", scan.ErrPDF: "letter.file_pdf",
	} {
		if errors.Is(err, cause) {
			return fault.New(fault.Invalid, id).Because(cause)
		}
	}
	return err
}

// keep writes the file and its pages to disk. A page that is the file itself
// is kept once.
func (s *Service) keep(ctx context.Context, t *Scan, data []byte, pages []scan.Page) ([]Sheet, error) {
	ref, err := s.Files.Keep(ctx, bytes.NewReader(data), MaxFile)
	if err != nil {
		return nil, err
	}
	t.blobKey = ref.Key
	out := make([]Sheet, len(pages))
	for i, p := range pages {
		sum := sha256.Sum256(p.Data)
		sheet := Sheet{ID: s.IDs.Next(), ScanID: t.ID, Position: i + 1, Kind: Text, Type: p.Type, Width: p.Width, Height: p.Height,
			SHA256: hex.EncodeToString(sum[:]), Reading: Waiting, blobKey: t.blobKey}
		if p.Cover || p.Blank {
			sheet.Kind, sheet.Reading = Blank, None
			if p.Cover {
				sheet.Kind = Cover
			}
		}
		if sheet.SHA256 != t.SHA256 {
			if ref, err = s.Files.Keep(ctx, bytes.NewReader(p.Data), MaxFile); err != nil {
				return nil, err
			}
			sheet.blobKey = ref.Key
		}
		if ref, err = s.Files.Keep(ctx, bytes.NewReader(p.Small), MaxFile); err != nil {
			return nil, err
		}
		sheet.smallKey = ref.Key
		out[i] = sheet
	}
	return out, nil
}

// kindOf names the type of a file by how it begins.
func kindOf(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return "application/pdf"
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return "image/jpeg"
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		return "image/png"
	}
	return "image/tiff"
}

// load reads a file back.
func (s *Service) load(key string) ([]byte, error) {
	r, err := s.Load(key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, MaxFile+1))
}

// named opens the name of a scan.
func (s *Service) named(t Scan) (Scan, error) {
	name, err := s.Keys.Unseal(of(sealName, t.ID), []byte(t.Name))
	t.Name = string(name)
	return t, err
}

// unsealed opens what was read on a sheet.
func (s *Service) unsealed(row sealedSheet) (Sheet, error) {
	out := row.Sheet
	if err := s.open(of(sealRead, out.ID), row.read, &out.Read); err != nil {
		return out, err
	}
	return out, s.open(of(sealCorrected, out.ID), row.corrected, &out.Corrected)
}

func (s *Service) open(purpose string, sealed []byte, into any) error {
	if len(sealed) == 0 {
		return nil
	}
	text, err := s.Keys.Unseal(purpose, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (s *Service) close(purpose string, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.Keys.Seal(purpose, text), nil
}
