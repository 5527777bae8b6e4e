package tool

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

func TestStrictNames(t *testing.T) {
	for text, want := range map[string]string{
		`{"collection":"leads","collection":"orders"}`:                            "collection: comes twice",
		`{"measures":[{"fn":"sum","field":"amount","fn":"count"}]}`:               "measures[].fn: comes twice",
		`{"measures":[{"fn":"sum","FILTER":{"stage":"won"}}]}`:                    "measures[].FILTER: is not a name",
		`{"filter":{"a":{"$notIn":[1]},"a":1}}`:                                   "filter.a: comes twice",
		`{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`:       "nested more than",
		`{"filter":{"$or":[{"Name":{"$startsWith":"x"}}]},"values":{"Name":"x"}}`: "",
		``:     "",
		`null`: "",
	} {
		err := strict(json.RawMessage(text))
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if err == nil || remit.KindOf(err) != remit.KindInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
