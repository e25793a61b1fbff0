package attachment

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// MaxFiles is how many files go with one filing or act.
const MaxFiles = 10

// MaxSize is the largest file in bytes, unless Needs say otherwise.
const MaxSize = 20 << 20

// What people are told.
var (
	ErrUnknown   = fault.New(fault.NotFound, "attachment.unknown")
	ErrTooMany   = fault.New(fault.Invalid, "attachment.too_many", MaxFiles)
	ErrTooLarge  = fault.New(fault.TooLarge, "attachment.too_large", 0, "")
	ErrEmpty     = fault.New(fault.Invalid, "attachment.empty", "")
	ErrType      = fault.New(fault.Invalid, "attachment.type", "")
	ErrMismatch  = fault.New(fault.Invalid, "attachment.mismatch", "")
	ErrDraft     = fault.New(fault.Invalid, "attachment.draft")
	ErrHarmful   = fault.New(fault.Invalid, "attachment.harmful", "")
	ErrUnscanned = fault.New(fault.Unavailable, "attachment.unscanned")
)

// Attachment is one file.
type Attachment struct {
	ID         int64
	CaseID     int64 // 0 = a draft
	EventSeq   int64 // the event that it was handed in with
	Name       string
	Type       string
	Size       int64
	SHA256     string
	UploadedBy int64 // staff id, 0 = the petitioner
	CreatedAt  time.Time

	blobKey string
}

// Href is where the file is opened.
func (a Attachment) Href() string { return "/files/" + formatID(a.ID) }

// Sight decides who may open a file.
type Sight interface {
	// SeesFile tells whether the actor may see what was handed in with an
	// event of a case. A petitioner does not see internal events.
	SeesFile(ctx context.Context, actor access.Actor, caseID, eventSeq int64) (bool, error)
}

// Scanner looks for harm in a file; platform/virus does.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) error
}

// IDs makes identifiers that grow with time.
type IDs interface{ Next() int64 }

// Keys seal the names of files; platform/seal does it.
type Keys interface {
	SealText(purpose, text string) string
	UnsealText(purpose, text string) (string, error)
}

// Needs is what the composition root gives.
type Needs struct {
	DB      *db.DB
	Files   *blob.Store
	Keys    Keys
	IDs     IDs
	Sight   Sight
	Clock   clock.Clock
	Log     *slog.Logger
	MaxSize int64   // bytes per file, 0 = MaxSize
	Scan    Scanner // nil: files are recognised, not scanned
}

// Service is the capability. All its methods may be called concurrently.
type Service struct {
	Needs
	store store
}

// New makes the service.
func New(n Needs) *Service {
	if n.MaxSize == 0 {
		n.MaxSize = MaxSize
	}
	return &Service{Needs: n, store: store{n.DB, n.Keys}}
}

// NewDraft makes a token under which files can be uploaded. It goes into a
// hidden field of the form.
func NewDraft() string { return rand.Text() }

// Drafts lists the files under a token, in the order of upload.
func (s *Service) Drafts(ctx context.Context, token string) ([]Attachment, error) {
	if token == "" {
		return nil, nil
	}
	return s.store.drafts(ctx, s.DB.Read(), hash(token))
}

// Claim adds to a unit of work that drafts now belong to an event of a case. If
// one of them is gone, or claimed already, the whole unit fails with
// db.ErrStale. The ids must come from Drafts, for a token that the actor
// showed: an id alone proves nothing.
func (s *Service) Claim(b *db.Batch, ids []int64, caseID, eventSeq int64) {
	if len(ids) > 0 {
		claim(b, ids, caseID, eventSeq)
	}
}

// ClaimDraft does the same for whatever is under a token, be it nothing.
func (s *Service) ClaimDraft(b *db.Batch, token string, caseID, eventSeq int64) {
	if token != "" {
		claimDraft(b, hash(token), caseID, eventSeq)
	}
}

// OfCase lists the files of a case, in the order of upload.
func (s *Service) OfCase(ctx context.Context, caseID int64) ([]Attachment, error) {
	return s.store.ofCase(ctx, caseID)
}

// Open gives a file to an actor who may see it; close it. Drafts and files out
// of sight are unknown.
func (s *Service) Open(ctx context.Context, actor access.Actor, id int64) (Attachment, *blob.File, error) {
	a, err := s.store.byID(ctx, id)
	if err != nil {
		return Attachment{}, nil, err
	}
	if a.CaseID == 0 {
		return Attachment{}, nil, ErrUnknown
	}
	sees, err := s.Sight.SeesFile(ctx, actor, a.CaseID, a.EventSeq)
	if err != nil {
		return Attachment{}, nil, err
	}
	if !sees {
		return Attachment{}, nil, ErrUnknown
	}
	f, err := s.Files.Open(a.blobKey)
	if err != nil {
		return Attachment{}, nil, fault.New(fault.Internal, "attachment.lost").Because(err)
	}
	return a, f, nil
}

// Discard deletes a file of a draft. One that is gone already is no error.
func (s *Service) Discard(ctx context.Context, token string, id int64) error {
	key, err := s.store.discard(ctx, hash(token), id)
	if err != nil || key == "" {
		return err
	}
	return s.Files.Delete(key)
}
