package offline

import (
	"strings"
	"unicode"
)

// stem brings singular and plural to one form. It need not be a word, only the
// same on both sides of a comparison.
func stem(word string) string {
	switch word {
	case "person", "persons", "people":
		return "people"
	case "criteria":
		return "criterion"
	}
	switch {
	case len(word) <= 3:
		return word
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return word[:len(word)-3] + "y"
	case hasAnySuffix(word, "sses", "xes", "ches", "shes", "zes", "uses"):
		return word[:len(word)-2]
	case hasAnySuffix(word, "ss", "us", "is"):
		return word
	}
	return strings.TrimSuffix(word, "s")
}

func hasAnySuffix(word string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(word, s) {
			return true
		}
	}
	return false
}

// nameWords cuts a title, a field name or an option into lower-case words.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

// phraseKey is the form in which phrases are looked up.
func phraseKey(words []string) string {
	stems := make([]string, len(words))
	for i, w := range words {
		stems[i] = stem(w)
	}
	return strings.Join(stems, " ")
}
