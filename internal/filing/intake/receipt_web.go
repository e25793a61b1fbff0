package intake

import (
	"encoding/base64"
	"net/http"
	"time"

	"github.com/skip2/go-qrcode"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
)

// The receipt is for who has just filed: a signed cookie opens it for an hour
// on that device. Later the number and the code open the case at /follow.
const (
	receiptCookie  = "receipt"
	receiptPurpose = "receipt"
	receiptTime    = time.Hour
	qrSize         = 320
)

func (s *Service) grantReceipt(w http.ResponseWriter, no string, now time.Time) {
	web.SetCookie(w, &http.Cookie{
		Name: receiptCookie, Path: "/receipt/" + no, MaxAge: int(receiptTime.Seconds()),
		Value: s.keys.Sign(receiptPurpose, no, now.Add(receiptTime)),
	})
}

// receiptView is what the receipt shows.
type receiptView struct {
	No, Code string
	Case     casework.Case
	Matter   Matter
	Bureau   string
	QR       string
	Promise  promises
	Now      time.Time
}

func (s *Service) getReceipt(w http.ResponseWriter, r *http.Request) error {
	no := r.PathValue("no")
	if !s.mayReceive(r, no) {
		web.Flash(w, "intake.receipt_gone")
		return web.Redirect(w, r, "/follow")
	}
	c, err := s.cases.Case(r.Context(), access.Actor{Role: access.System}, no)
	if err != nil {
		return err
	}
	m, err := s.Matter(r.Context(), c.ID)
	if err != nil {
		return err
	}
	image, err := s.qr(r)
	if err != nil {
		return err
	}
	v := receiptView{No: c.No, Code: s.codes.Code(c.No), Case: c, Matter: m, QR: image, Promise: s.promises(), Now: s.clock.Now()}
	if bureau, ok := s.units.Unit(c.BureauID); ok {
		v.Bureau = bureau.Name(i18n.Lang(r.Context()))
	}
	return web.Render(w, r, http.StatusOK, receiptPage(v))
}

func (s *Service) mayReceive(r *http.Request, no string) bool {
	cookie, err := r.Cookie(receiptCookie)
	if err != nil {
		return false
	}
	granted, ok := s.keys.Signed(receiptPurpose, cookie.Value, s.clock.Now())
	return ok && granted == no
}

// qr draws the address at which the case can be followed, without the code, so
// that a photograph of it opens nothing.
func (s *Service) qr(r *http.Request) (string, error) {
	base := s.base
	if base == "" {
		base = "http://" + r.Host
		if r.TLS != nil {
			base = "https://" + r.Host
		}
	}
	png, err := qrcode.Encode(base+"/follow?no="+r.PathValue("no"), qrcode.Medium, qrSize)
	if err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), nil
}
