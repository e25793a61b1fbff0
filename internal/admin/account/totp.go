package account

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/skip2/go-qrcode"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

const (
	totpPeriod = 30 // seconds, what every authenticator app assumes
	recoveryN  = 10
)

// sealedFor binds a sealed secret to its row.
func sealedFor(staffID int64) string { return fmt.Sprintf("staff/%d/totp", staffID) }

// Enrolment is what a person needs to set up an authenticator app.
type Enrolment struct {
	Secret string // to be typed where the picture can't be taken
	URL    string
	PNG    []byte // the URL as a QR code
}

// BeginEnrolment gives the secret to set up; it stays the same until it is
// confirmed, so that reloading the page breaks nothing.
func (s *Service) BeginEnrolment(ctx context.Context, se Session) (Enrolment, error) {
	st, err := s.Staff(ctx, se.Staff.ID)
	if err != nil {
		return Enrolment{}, err
	}
	if st.SecondFactor {
		return Enrolment{}, fault.New(fault.Conflict, "account.already_enrolled")
	}
	secret, err := s.pendingSecret(ctx, st)
	if err != nil {
		return Enrolment{}, err
	}
	query := url.Values{"secret": {secret}, "issuer": {s.City}, "period": {strconv.Itoa(totpPeriod)}, "digits": {"6"}}
	link := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + s.City + ":" + st.Login, RawQuery: query.Encode()}
	png, err := qrcode.Encode(link.String(), qrcode.Medium, 240)
	if err != nil {
		return Enrolment{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	return Enrolment{Secret: secret, URL: link.String(), PNG: png}, nil
}

func (s *Service) pendingSecret(ctx context.Context, st Staff) (string, error) {
	if len(st.totpPending) > 0 {
		secret, err := s.Keys.Unseal(sealedFor(st.ID), st.totpPending)
		return string(secret), err
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(20))
	sealed := s.Keys.Seal(sealedFor(st.ID), []byte(secret))
	return secret, s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return s.store.pendTOTP(ctx, tx, st.ID, sealed)
	})
}

// ConfirmEnrolment proves that the app works. It gives a new session and the
// recovery codes, which are shown once.
func (s *Service) ConfirmEnrolment(ctx context.Context, se Session, code string, v Visit, now time.Time) (SignedIn, []string, error) {
	st, err := s.Staff(ctx, se.Staff.ID)
	if err != nil {
		return SignedIn{}, nil, err
	}
	if st.SecondFactor || len(st.totpPending) == 0 {
		return SignedIn{}, nil, fault.New(fault.Conflict, "account.already_enrolled")
	}
	step, ok, err := s.stepOf(st.ID, st.totpPending, code, now)
	if err != nil {
		return SignedIn{}, nil, err
	}
	if !ok {
		return SignedIn{}, nil, wrongCode()
	}
	codes, hashes := s.newRecovery(st.ID)
	pending := st.totpPending
	ctx = actingAs(ctx, st)
	st.SecondFactor = true
	in, err := s.enter(ctx, entrance{staff: st, visit: v, secondFactor: true, replaces: se.Hash}, now,
		func(ctx context.Context, tx db.Tx) error {
			if err := s.store.enrolTOTP(ctx, tx, st.ID, pending, step); err != nil {
				return err
			}
			if err := s.store.replaceRecovery(ctx, tx, st.ID, hashes); err != nil {
				return err
			}
			if err := s.store.endSessions(ctx, tx, st.ID, nil); err != nil {
				return err
			}
			return s.Note(ctx, tx, "staff.second_factor_set", staffObject(st.ID), st.Login)
		})
	return in, codes, err
}

// ProveSecondFactor takes a code of the app or a recovery code and gives a
// full session for the half one.
func (s *Service) ProveSecondFactor(ctx context.Context, se Session, code string, v Visit, now time.Time) (SignedIn, error) {
	if !s.visitors.welcome(v.IP, now) {
		return SignedIn{}, errRate
	}
	st, err := s.Staff(ctx, se.Staff.ID)
	if err != nil {
		return SignedIn{}, err
	}
	free, err := s.attempt(ctx, st.ID, now)
	if err != nil {
		return SignedIn{}, err
	}
	result := WasLocked
	if free {
		if result, err = s.burnCode(ctx, st, code, now); err != nil {
			return SignedIn{}, err
		}
	}
	if result != SignedInOK {
		s.visitors.failed(v.IP, now)
		return SignedIn{}, s.refuse(ctx, Entry{StaffID: st.ID, IP: v.IP, Result: result}, wrongCode(), now)
	}
	return s.enter(ctx, entrance{staff: st, visit: v, secondFactor: true, replaces: se.Hash}, now, nil)
}

func wrongCode() error {
	return fault.New(fault.Invalid, ErrCode.ID).Field("code", ErrCode.ID)
}

// burnCode accepts a code once.
func (s *Service) burnCode(ctx context.Context, st Staff, code string, now time.Time) (Result, error) {
	code = tidyCode(code)
	if len(code) != 6 {
		return s.burn(ctx, func(ctx context.Context, tx db.Tx) (bool, error) {
			return s.store.useRecovery(ctx, tx, st.ID, s.recoveryHash(st.ID, code))
		})
	}
	step, ok, err := s.stepOf(st.ID, st.totpSealed, code, now)
	if err != nil || !ok {
		return WrongCode, err
	}
	return s.burn(ctx, func(ctx context.Context, tx db.Tx) (bool, error) {
		return s.store.useStep(ctx, tx, st.ID, step)
	})
}

func (s *Service) burn(ctx context.Context, use func(context.Context, db.Tx) (bool, error)) (Result, error) {
	var used bool
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		used, err = use(ctx, tx)
		return err
	})
	if err != nil || !used {
		return WrongCode, err
	}
	return SignedInOK, nil
}

// stepOf finds the time step whose code this is: now's, or a neighbour's for
// clocks that are half a minute off.
func (s *Service) stepOf(id int64, sealed []byte, code string, now time.Time) (int64, bool, error) {
	secret, err := s.Keys.Unseal(sealedFor(id), sealed)
	if err != nil {
		return 0, false, fmt.Errorf("unsealing a second factor: %w", err)
	}
	code = tidyCode(code)
	at := now.Unix() / totpPeriod
	for _, step := range []int64{at, at - 1, at + 1} {
		want, err := hotp.GenerateCodeCustom(string(secret), uint64(step),
			hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false, fmt.Errorf("computing a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// tidyCode takes out what people put in: spaces, hyphens, small letters.
func tidyCode(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "", "\u3000", "").Replace(strings.TrimSpace(code)))
}

func (s *Service) newRecovery(staffID int64) (codes []string, hashes [][]byte) {
	for range recoveryN {
		code := group4(random(10))
		codes = append(codes, code)
		hashes = append(hashes, s.recoveryHash(staffID, code))
	}
	return codes, hashes
}

func (s *Service) recoveryHash(staffID int64, code string) []byte {
	return s.Keys.Index("recovery_code", strconv.FormatInt(staffID, 10)+":"+tidyCode(code))
}

// RecoveryLeft tells how many recovery codes are unused.
func (s *Service) RecoveryLeft(ctx context.Context, staffID int64) (int, error) {
	return s.store.countRecovery(ctx, s.DB.Read(), staffID)
}

// RemoveSecondFactor takes it away after the password was given once more; who
// must have one enrols again at once.
func (s *Service) RemoveSecondFactor(ctx context.Context, se Session, password string, now time.Time) error {
	st, err := s.proveSelf(ctx, se, password, now)
	if err != nil {
		return err
	}
	ctx = actingAs(ctx, st)
	return s.change(ctx, "staff.second_factor_removed", st.ID, st.Login, func(ctx context.Context, tx db.Tx) error {
		if err := s.store.unlock(ctx, tx, st.ID); err != nil {
			return err
		}
		if err := s.store.endSessions(ctx, tx, st.ID, se.Hash); err != nil {
			return err
		}
		return s.store.removeTOTP(ctx, tx, st.ID)
	})
}
