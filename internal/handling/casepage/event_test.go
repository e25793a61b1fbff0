package casepage

import (
	"context"
	"os"
	"strings"
	"testing"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// TestSentences writes every event in both languages, with everything that it
// can keep, and finds no gap.
func TestSentences(t *testing.T) {
	words, err := os.ReadFile("../procedure/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	catalogue := i18n.Must(i18n.Messages, ui.Messages, Messages, words)
	s := New(Needs{Names: town{}})
	for _, lang := range []string{"zh", "en"} {
		ctx := i18n.With(context.Background(), catalogue, lang)
		for i, v := range casework.Verbs() {
			for _, full := range []bool{false, true} {
				e := casework.Event{Verb: v, Kind: casework.EventKinds()[i], Data: casework.Data{
					LapsedClock: casework.Assist, Kind: casework.Order, Stage: casework.Review, Request: 2, Task: 1}}
				if full {
					e.Data.Title, e.Data.Duty, e.Data.Attendees, e.Data.Plan, e.Data.LinkedNo = "物业", "第3条", "三人", "先修后议", "MC26-0A1B-7K3F"
					e.Data.UnitID, e.Data.SuggestID, e.Data.Count, e.Data.Days = 11, 12, 5, 30
					e.Data.Result, e.Data.Ground, e.Data.Decision, e.Data.Repeat = casework.Supported, casework.Settled, casework.Maintain, "yes"
				}
				text := s.sentence(ctx, e)
				for _, term := range s.eventTerms(ctx, e) {
					text += "|" + term.Label + "|" + term.Text
				}
				if strings.Contains(text, "⟦") || strings.Contains(text, "%!") || text == "" {
					t.Errorf("%s, %s: %s", lang, e.Kind, text)
				}
			}
		}
	}
}
