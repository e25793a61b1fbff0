package worklist

import (
	"context"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Filing is a matter that staff register for somebody, as the form takes it.
type Filing struct {
	Key        string // the same key is registered once
	Actor      access.Actor
	Channel    casework.Channel
	Kind       casework.Kind // petition, or a hotline order
	Purpose    string        // request, suggestion, accusation, retaliation, consultation, thanks
	Title      string
	Words      string
	Wish       string
	AreaID     int64
	Place      string
	OccurredOn string // 2006-01-02
	AccusedID  int64
	Persons    int
	Speakers   int // representatives of a visit of several people
	Anonymous  bool
	Secret     bool
	Who        Clear
	ReceivedAt time.Time // when a letter or fax came; zero: now
}

// Filed is the receipt.
type Filed struct {
	No   string
	Code string // the petitioner's query code
	// Above are the bureaus where a visit belongs that came too high; guidance
	// only.
	Above []access.Unit
	// Call is the page of the call that it came by, where it is read back.
	Call string
}

// Intake registers filings. What is wrong with one comes back as a fault that
// names the fields of the form.
type Intake interface {
	File(ctx context.Context, f Filing, now time.Time) (Filed, error)
}

// byStaff are the doors that staff open for others.
var byStaff = []casework.Channel{casework.Phone, casework.Visit, casework.Letter, casework.Fax, casework.Agency}

// registrars may register.
func registrar(a access.Actor) bool {
	return a.Has(access.Operator, access.Agent, access.BureauClerk, access.BureauHead)
}

// Clear are the values of a person as somebody at the counter tells them.
type Clear struct {
	Name    string
	OrgName string
	Phone   string
	IDNo    string
	Address string

	Sex       string // GB/T 2261.1: "1" male, "2" female, "9" not said
	Household string
}
