package shipped

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/remit-crm/remit"
)

func TestShippedTemplatesFit(t *testing.T) {
	text, err := os.ReadFile("../../data/internal/model/testdata/builtin.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []*remit.Collection
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	all, err := Templates()
	if err != nil {
		t.Fatal(err)
	}
	var about []string
	for i := range all {
		if err := all[i].Check(remit.NewModel(list)); err != nil {
			t.Errorf("%s: %v", all[i].Name, err)
		}
		if all[i].Chart == nil {
			t.Errorf("%s has no chart", all[i].Name)
		}
		about = append(about, all[i].Collection)
	}
	for _, want := range []string{"leads", "opportunities", "accounts", "contacts", "activities", "quotes", "orders"} {
		if !slices.Contains(about, want) {
			t.Errorf("no template is about %s", want)
		}
	}
}
