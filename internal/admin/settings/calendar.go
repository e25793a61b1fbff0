package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// DayKind is what an administrator says about a day.
type DayKind string

// The kinds.
const (
	DayByNotice DayKind = "notice"  // as the embedded notice and the week say
	DayOff      DayKind = "off"     // 休
	DayWorking  DayKind = "working" // 班
)

// SetDay overrides one day, or takes the override back.
func (s *Service) SetDay(ctx context.Context, day calendar.Date, kind DayKind, name string) error {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > 20 {
		return fault.New(fault.Invalid, "settings.form").Field("name", "settings.length", 0, 20)
	}
	if kind != DayByNotice && kind != DayOff && kind != DayWorking {
		return fault.New(fault.Invalid, "settings.form").Field("kind", "settings.choose")
	}
	return s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		if kind == DayByNotice {
			err = s.store.dropDays(ctx, tx, day.String(), day.String())
		} else {
			err = s.store.setDay(ctx, tx, calendar.Day{Date: day, Working: kind == DayWorking, Name: name})
		}
		if err != nil {
			return err
		}
		return s.journal.Note(ctx, tx, "calendar.day_set", "day/"+day.String(), string(kind)+" "+name)
	})
}

// notice is the list of a year as it is commonly published: the days off and
// the make-up days of the State Council's notice.
type notice struct {
	Year int `json:"year"`
	Days []struct {
		Name     string `json:"name"`
		Date     string `json:"date"`
		IsOffDay bool   `json:"isOffDay"`
	} `json:"days"`
}

// LoadYear reads a year's notice and puts it in the place of every override of
// that year. It gives the year and how many days it names.
func (s *Service) LoadYear(ctx context.Context, text string) (year, days int, err error) {
	if err := only(ctx, access.SystemAdmin); err != nil {
		return 0, 0, err
	}
	year, list, err := parseNotice(text)
	if err != nil {
		return 0, 0, err
	}
	err = s.change(ctx, func(ctx context.Context, tx db.Tx) error {
		from, to := fmt.Sprintf("%04d-01-01", year), fmt.Sprintf("%04d-12-31", year)
		if err := s.store.dropDays(ctx, tx, from, to); err != nil {
			return err
		}
		for _, d := range list {
			if err := s.store.setDay(ctx, tx, d); err != nil {
				return err
			}
		}
		return s.journal.Note(ctx, tx, "calendar.year_loaded", fmt.Sprintf("year/%d", year), fmt.Sprintf("%d", len(list)))
	})
	return year, len(list), err
}

func parseNotice(text string) (int, []calendar.Day, error) {
	wrong := func(id string, args ...any) error {
		return fault.New(fault.Invalid, "settings.form").Field("notice", id, args...)
	}
	var n notice
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return 0, nil, wrong("settings.notice_json")
	}
	if n.Year < 2000 || n.Year > 2100 {
		return 0, nil, wrong("settings.notice_year")
	}
	off := 0
	var days []calendar.Day
	for i, d := range n.Days {
		date, err := calendar.ParseDate(d.Date)
		// A notice may name the last days of the year before.
		if err != nil || date.Year < n.Year-1 || date.Year > n.Year {
			return 0, nil, wrong("settings.notice_date", i+1)
		}
		if utf8.RuneCountInString(d.Name) > 20 {
			return 0, nil, wrong("settings.notice_name", i+1)
		}
		if d.IsOffDay {
			off++
		}
		days = append(days, calendar.Day{Date: date, Working: !d.IsOffDay, Name: d.Name})
	}
	if off < 7 || len(days) > 80 {
		return 0, nil, wrong("settings.notice_size", off)
	}
	return n.Year, days, nil
}

// MissingYear tells which year's notice is overdue: this year's, or from
// October on the next one's, which the State Council publishes in November.
func (s *Service) MissingYear(now time.Time) (int, bool) {
	today := calendar.On(now)
	cal := s.Calendar()
	if !cal.Covers(today.Year) {
		return today.Year, true
	}
	if today.Month >= time.October && !cal.Covers(today.Year+1) {
		return today.Year + 1, true
	}
	return 0, false
}
