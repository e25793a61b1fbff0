package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/virus"
)

// Upload is one file on its way in.
type Upload struct {
	Draft   string // token
	Name    string
	Content io.Reader
	By      int64 // staff id, 0 = the petitioner
}

// Upload receives a file as a draft. The same file under the same token is
// kept once, so that a form sent twice does no harm.
func (s *Service) Upload(ctx context.Context, u Upload, now time.Time) (Attachment, error) {
	if len(u.Draft) < 20 {
		return Attachment{}, ErrDraft
	}
	draft := hash(u.Draft)
	if n, err := s.store.count(ctx, s.DB.Read(), draft); err != nil {
		return Attachment{}, err
	} else if n >= MaxFiles {
		return Attachment{}, ErrTooMany
	}
	name := tidyName(u.Name)
	ref, err := s.Files.Put(ctx, name, u.Content, s.MaxSize)
	if err != nil {
		return Attachment{}, s.refusal(err, name)
	}
	if err := s.scan(ctx, ref.Key, name); err != nil {
		return Attachment{}, errors.Join(err, s.Files.Delete(ref.Key))
	}
	a := Attachment{
		ID: s.IDs.Next(), Name: name, Type: ref.Type, Size: ref.Size, SHA256: ref.SHA256,
		UploadedBy: u.By, CreatedAt: now, blobKey: ref.Key,
	}
	kept, err := s.store.add(ctx, draft, a)
	if err != nil || kept.ID != a.ID {
		err = errors.Join(err, s.Files.Delete(ref.Key)) // what fails here, the sweep finds
	}
	return kept, err
}

// scan lets the scanner look at a stored file before anything refers to it.
// When the scanner does not answer, the file is not taken: a form can be sent
// again, and what a file did cannot be undone.
func (s *Service) scan(ctx context.Context, key, name string) error {
	if s.Scan == nil {
		return nil
	}
	f, err := s.Files.Open(key)
	if err != nil {
		return fmt.Errorf("scan file: %w", err)
	}
	defer f.Close()
	switch err := s.Scan.Scan(ctx, f); {
	case err == nil:
		return nil
	case errors.Is(err, virus.ErrFound):
		return fault.New(ErrHarmful.Kind, ErrHarmful.ID, name).Field("files", ErrHarmful.ID, name).Because(err)
	case errors.Is(err, virus.ErrTooLarge):
		return s.refusal(blob.ErrTooLarge, name)
	default:
		return ErrUnscanned.Because(err)
	}
}

// UploadForm receives the files of a form in order. It stops at the first that
// is refused; those before it are kept. Empty inputs are passed over.
func (s *Service) UploadForm(ctx context.Context, u Upload, files []*multipart.FileHeader, now time.Time) error {
	for _, h := range files {
		if h.Filename == "" && h.Size == 0 {
			continue
		}
		if err := s.uploadPart(ctx, u, h, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) uploadPart(ctx context.Context, u Upload, h *multipart.FileHeader, now time.Time) error {
	f, err := h.Open()
	if err != nil {
		return fmt.Errorf("read uploaded file: %w", err)
	}
	defer f.Close()
	u.Name, u.Content = h.Filename, f
	_, err = s.Upload(ctx, u, now)
	return err
}

// refusal says what is wrong with a file, naming it: the form may hold ten.
func (s *Service) refusal(err error, name string) error {
	var f *fault.Error
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		f = fault.New(ErrTooLarge.Kind, ErrTooLarge.ID, int(s.MaxSize>>20), name)
	case errors.Is(err, blob.ErrEmpty):
		f = fault.New(ErrEmpty.Kind, ErrEmpty.ID, name)
	case errors.Is(err, blob.ErrType):
		f = fault.New(ErrType.Kind, ErrType.ID, name)
	case errors.Is(err, blob.ErrMismatch):
		f = fault.New(ErrMismatch.Kind, ErrMismatch.ID, name)
	default:
		return fmt.Errorf("receive file: %w", err)
	}
	return f.Field("files", f.ID, f.Args...).Because(err)
}

const longestName = 120

// tidyName makes a file's name safe to show and to offer for saving: no path,
// no control or direction marks, not overlong; the extension stays.
func tidyName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if n := utf8.RuneCountInString(name); n > longestName {
		r := []rune(name)
		extension := r[n:]
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 && len(name)-dot <= 6 {
			extension = []rune(name[dot:])
		}
		name = string(r[:longestName-len(extension)]) + string(extension)
	}
	if name == "" {
		return "file"
	}
	return name
}
