package policy

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

func TestAttributeUses(t *testing.T) {
	doc := sound()
	doc.Scopes = append(doc.Scopes, Scope{Name: "near", Collection: "things", Expression: "user.level > 2 && record.owner_id == user.id"})
	doc.Roles[0].Grants[0].Scope = "near" // names the scope, not the attribute
	doc.Tasks[0].Condition = "user.level != null && user.level < 9"
	doc.Tools[0].Condition = "input.depth < user.level"
	doc.Employees[0].ToolRules = []ToolRule{{Tools: []string{"query_records"}, Condition: "user.level == 1"}, {Tools: []string{"look_up"}, Condition: "user.level == 2"}}
	p, err := Compile(doc, testModel(), []scope.Attribute{{Name: "level", Type: remit.Integer}, {Name: "levels", Type: remit.Integer, List: true}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Use{{"scope", "near", "things"}, {"tool", "look_up", ""}, {"employee", "viz", ""}, {"task", "review", ""}}
	if diff := cmp.Diff(want, p.AttributeUses("level")); diff != "" {
		t.Error(diff)
	}
	for _, unused := range []string{"levels", "none"} {
		if uses := p.AttributeUses(unused); len(uses) != 0 {
			t.Errorf("%s is used in %v", unused, uses)
		}
	}
	if uses := (&Policy{}).AttributeUses("level"); len(uses) != 0 {
		t.Errorf("nothing uses %v", uses)
	}
	if text := fmt.Sprint(want[0], want[2]); text != `the scope "near" of things the AI employee "viz"` {
		t.Error(text)
	}
}
