package words

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/seal"
)

// Whatever an event's data holds comes back, and no text of it lies in clear
// but those with which the program reckons.
func TestWordsComeBack(t *testing.T) {
	k := seal.Random()
	clear := map[string]bool{"No": true, "Of": true, "RuleVersion": true, "Category": true, "Method": true, "Duty": true, "LinkedNo": true, "Repeat": true, "TextHash": true}
	rapid.Check(t, func(r *rapid.T) {
		var d casework.Data
		v := reflect.ValueOf(&d).Elem()
		var said []string
		for i := range v.NumField() {
			f := v.Field(i)
			if f.Type() == reflect.TypeFor[string]() && !clear[v.Type().Field(i).Name] {
				text := rapid.SampledFrom([]string{"", "欧阳试之" + v.Type().Field(i).Name}).Draw(r, "text")
				f.SetString(text)
				said = append(said, text)
			}
		}
		data, sealed, err := Write(k, 7, d)
		if err != nil {
			r.Fatal(err)
		}
		for _, text := range said {
			if text != "" && strings.Contains(data+sealed, text) {
				r.Fatalf("%s lies in clear in %s", text, data)
			}
		}
		got, err := Read(k, 7, []byte(data), sealed)
		if err != nil || !reflect.DeepEqual(got, d) {
			r.Fatalf("%+v comes back as %+v, %v", d, got, err)
		}
		old, _ := json.Marshal(d) // as events were stored before
		if got, err := Read(k, 7, old, ""); err != nil || !reflect.DeepEqual(got, d) {
			r.Fatalf("an old event reads as %+v, %v", got, err)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	k := seal.Random()
	d := casework.Data{No: "MC26-0A1B-7K3F", Title: "路灯坏了", Channel: casework.Web, PetitionerID: 1, BureauID: 2}
	for b.Loop() {
		if _, _, err := Write(k, 1, d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPlain is the same without sealing, for comparison.
func BenchmarkPlain(b *testing.B) {
	d := casework.Data{No: "MC26-0A1B-7K3F", Title: "路灯坏了", Channel: casework.Web, PetitionerID: 1, BureauID: 2}
	for b.Loop() {
		if _, err := json.Marshal(d); err != nil {
			b.Fatal(err)
		}
	}
}
