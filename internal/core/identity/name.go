package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	longestName         = 50
	longestOrganisation = 100
)

// dots are the characters that people type for the dot in names such as
// 买买提·艾力.
var dots = strings.NewReplacer("•", "·", "・", "·", "‧", "·", "∙", "·", "●", "·", "˙", "·", "⋅", "·")

// ParseName brings a person's name to its normal form.
func ParseName(s string) (string, error) {
	name := tidy(dots.Replace(Narrow(s)))
	if name == "" {
		return "", problem("name_empty")
	}
	if utf8.RuneCountInString(name) > longestName {
		return "", problem("name_long", longestName)
	}
	letters := false
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r):
			letters = true
		case !strings.ContainsRune("· '-.", r):
			return "", problem("name_characters")
		}
	}
	if !letters {
		return "", problem("name_characters")
	}
	return name, nil
}

// ParseOrganisation brings an organisation's name to its normal form.
func ParseOrganisation(s string) (string, error) {
	name := tidy(Narrow(s))
	switch n := utf8.RuneCountInString(name); {
	case n < 2:
		return "", problem("organisation_empty")
	case n > longestOrganisation:
		return "", problem("organisation_long", longestOrganisation)
	}
	return name, nil
}

// tidy trims, collapses spaces, and drops those beside a Chinese character:
// "王 小明" is "王小明", "John  Smith" keeps one.
func tidy(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	kept := runes[:0:0]
	for i, r := range runes {
		if r == ' ' && (unicode.Is(unicode.Han, runes[i-1]) || unicode.Is(unicode.Han, runes[i+1])) {
			continue
		}
		kept = append(kept, r)
	}
	return string(kept)
}
