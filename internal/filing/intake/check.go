package intake

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/fault"
)

// The limits of a filing, in characters.
const (
	MinWords = 10
	MaxWords = 20_000
	MaxWish  = 2_000
	MaxPlace = 200
	MaxTitle = 40
	maxKey   = 100
	minKey   = 16 // of a key that a visitor's browser made
	most     = 100_000

	shortestPhone = 7
)

// earliest is before any filing that an import can bring.
var earliest = time.Date(1949, 10, 1, 0, 0, 0, 0, calendar.China)

// Check tells everything that has to be corrected before a filing can be
// registered; nil when it can.
func (s *Service) Check(f Filing, now time.Time) error {
	f, err := s.check(f, now)
	if err == nil && !f.Anonymous {
		return s.people.Check(f.Who, now)
	}
	return err
}

// check brings a filing to its normal form and collects everything that has to
// be corrected. Persons are checked where they are recorded; here only so that
// all corrections come at once.
func (s *Service) check(f Filing, now time.Time) (Filing, error) {
	f = s.settle(f)
	bad := fault.New(fault.Invalid, "intake.invalid")
	checkMatter(bad, f)
	s.checkPlace(bad, f)
	checkTimes(bad, f, now)
	checkWho(bad, f)
	if len(f.Key) > maxKey || f.Key != "" && f.self() && len(f.Key) < minKey {
		bad.Field("key", "intake.key_form")
	}
	if len(bad.Fields) > 0 && !f.Anonymous {
		if who, ok := fault.As(s.people.Check(f.Who, now)); ok {
			merge(bad, who.Fields)
		}
	}
	if err := bad.OrNil(); err != nil {
		return f, err
	}
	if f.Title == "" {
		f.Title = firstSentence(f.Words)
	}
	f.Title = identity.Redact(f.Title, f.Who.Name, f.Who.OrgName)
	f.Key = scoped(f)
	return f, nil
}

// settle trims and fills in what a door may leave out.
func (s *Service) settle(f Filing) Filing {
	for _, p := range []*string{&f.Title, &f.Words, &f.Wish, &f.Place, &f.OccurredOn, &f.Who.Address} {
		*p = strings.TrimSpace(*p)
	}
	if f.Actor.Role == "" {
		f.Actor.Role = access.Petitioner
	}
	if f.Channel == "" {
		f.Channel = casework.Web
	}
	if f.Purpose == "" {
		f.Purpose = Request
	}
	if f.AreaID == 0 {
		f.AreaID = s.root()
	}
	if f.Channel == casework.Imported && f.Who.Name == "" {
		f.Anonymous = true // history that does not say who
	}
	if f.order() && f.Who.Name == "" {
		f.Anonymous = true // its sender is known by an address only, which stays with the arrival
	}
	f.Persons = max(f.Persons, 1)
	if f.Anonymous {
		f.Who = Petitioner{}
	}
	return f
}

// root is the unit of the whole place.
func (s *Service) root() int64 {
	if all := s.units.All(); len(all) > 0 {
		return all[0].ID
	}
	return 0
}

func checkMatter(bad *fault.Error, f Filing) {
	if !slices.Contains(Purposes, f.Purpose) {
		bad.Field("purpose", "intake.purpose_unknown")
	}
	if !slices.Contains(casework.Channels, f.Channel) {
		bad.Field("channel", "intake.channel_unknown")
	}
	checkText(bad, "words", f.Words, MaxWords)
	checkText(bad, "wish", f.Wish, MaxWish)
	checkText(bad, "place", f.Place, MaxPlace)
	checkText(bad, "title", f.Title, MaxTitle)
	least := MinWords
	if f.Channel == casework.Imported || f.order() {
		least = 1
	}
	if n := utf8.RuneCountInString(f.Words); n < least {
		bad.Field("words", "intake.words_short", least)
	}
	if f.Wish == "" && f.Purpose != Thanks && f.Channel != casework.Imported && !f.order() {
		bad.Field("wish", "intake.wish_missing")
	}
	if f.Kind != "" && !slices.Contains(casework.Kinds, f.Kind) {
		bad.Field("kind", "intake.kind_unknown")
	}
	if f.Persons > most {
		bad.Field("persons", "intake.persons_many", most)
	}
}

// checkText takes valid text of bounded length: what a database or a page
// could choke on never gets further.
func checkText(bad *fault.Error, field, text string, limit int) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		bad.Field(field, "intake.text_unreadable")
	case utf8.RuneCountInString(text) > limit:
		bad.Field(field, "intake.text_long", limit, utf8.RuneCountInString(text))
	}
}

func (s *Service) checkPlace(bad *fault.Error, f Filing) {
	unit, ok := s.units.Unit(f.AreaID)
	switch {
	case !ok || !unit.Active || unit.Area != unit.ID:
		bad.Field("area", "intake.area_unknown")
	case unit.BureauID == 0:
		bad.Field("area", "intake.area_without_bureau")
	}
	if f.AccusedID == 0 {
		return
	}
	if accused, known := s.units.Unit(f.AccusedID); !known || !accused.Active {
		bad.Field("accused", "intake.unit_unknown")
	} else if !f.Purpose.accuses() {
		bad.Field("accused", "intake.accused_without_accusation")
	}
}

func checkTimes(bad *fault.Error, f Filing, now time.Time) {
	if f.OccurredOn != "" {
		day, err := calendar.ParseDate(f.OccurredOn)
		switch {
		case err != nil || day.Start().Before(earliest):
			bad.Field("occurred_on", "intake.date_form")
		case day.Start().After(now):
			bad.Field("occurred_on", "intake.date_future")
		}
	}
	if f.ReceivedAt.After(now) || !f.ReceivedAt.IsZero() && f.ReceivedAt.Before(earliest) {
		bad.Field("received_at", "intake.received_future")
	}
}

// checkWho asks for a name where the law does (Art. 19). Staff and old files
// may know less than a person who files for himself.
func checkWho(bad *fault.Error, f Filing) {
	switch {
	case f.order(): // no name needed, no address
	case f.Anonymous && f.self() && !f.Purpose.mayBeAnonymous():
		bad.Field("anonymous", "intake.not_anonymous")
	case !f.Anonymous && f.self() && f.Who.Address == "":
		bad.Field("address", "intake.address_missing")
	}
	if n := len(f.Who.Phone); n > 0 && n < shortestPhone {
		bad.Field("phone", "identity.phone_form") // 110 is a number, but nobody's
	}
	if !f.Anonymous && f.Who == (Petitioner{}) {
		bad.Field("name", "identity.name_empty")
	}
}

// self tells whether a person files for himself.
func (f Filing) self() bool { return f.Actor.ID == 0 && f.Channel != casework.Imported }

// order tells whether another line hands on a hotline order (12345 工单). Art.
// 19 asks for a name, an address and a request of who petitions in writing; of
// a call or a message to the government's number it asks nothing, and it must
// be registered as it came. So an order through a door needs words only. A
// petition through the same door needs everything that it needs here, or waits
// until staff have completed it.
func (f Filing) order() bool { return f.Door != "" && f.Kind == casework.Order }

func merge(bad *fault.Error, more []fault.Field) {
	for _, m := range more {
		if !slices.ContainsFunc(bad.Fields, func(x fault.Field) bool { return x.Name == m.Name }) {
			bad.Fields = append(bad.Fields, m)
		}
	}
}

const sentenceEnds = "。！？!?；;\n"

// firstSentence is a title: the first sentence, cut at MaxTitle characters.
func firstSentence(words string) string {
	sentence := words
	if i := strings.IndexAny(words, sentenceEnds); i > 0 {
		sentence = words[:i]
	}
	sentence = strings.Join(strings.Fields(sentence), " ")
	runes := []rune(sentence)
	if len(runes) > MaxTitle {
		return string(runes[:MaxTitle-1]) + "…"
	}
	return sentence
}
