package people

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// Attribute is one that people may have, whether anybody has it or not.
type Attribute struct {
	Name string          `json:"name"`
	Type remit.FieldType `json:"type" enum:"text,integer,decimal,money,boolean,date,timestamp" doc:"Of its values, which people write as text."`
	List bool            `json:"list,omitempty" doc:"It takes several values."`
}

// Attributes returns the attributes that people may have, by name.
func (p *People) Attributes(ctx context.Context, actor remit.Actor) ([]Attribute, error) {
	standing, err := p.requirer.Require(ctx, actor, policy.ManagePeople)
	if err != nil {
		return nil, err
	}
	all := []Attribute{}
	for _, a := range standing.Policy.Env().Attributes() {
		all = append(all, Attribute(a))
	}
	return all, nil
}
