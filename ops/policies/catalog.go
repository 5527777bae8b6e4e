package policies

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/tool"
)

// Catalog is what a policy document may name here, in display order: so that whoever
// edits one chooses from what there is.
type Catalog struct {
	Tools        []CatalogTool `json:"tools" nullable:"false" doc:"That this server can call. A document may rule others beside."`
	Pages        []string      `json:"pages" nullable:"false"`
	Places       []string      `json:"places" nullable:"false" doc:"Where a task's button may show: the pages, and page/block."`
	Capabilities []string      `json:"capabilities" nullable:"false"`
	Avatars      []string      `json:"avatars" nullable:"false"`
	Colors       []string      `json:"colors" nullable:"false"`
	User         []Term        `json:"user" nullable:"false" doc:"What a condition may say of the user."`
	Functions    []scope.Word  `json:"functions" nullable:"false"`
	Operators    []scope.Word  `json:"operators" nullable:"false"`
}

// CatalogTool is a tool with what a condition may say of its input.
type CatalogTool struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Writes bool   `json:"writes,omitempty" doc:"It changes or sends something."`
	Inputs []Term `json:"inputs" nullable:"false" doc:"After input."`
}

// Offer has the catalog tell the tools that the server can call. Call it before the
// use cases are shared.
func (p *Policies) Offer(registry *tool.Registry, others ...tool.Spec) {
	for _, t := range registry.Tools() {
		p.tools = append(p.tools, t.Spec)
	}
	p.tools = append(p.tools, others...)
}

// Catalog returns what a policy document may name.
func (p *Policies) Catalog(ctx context.Context, actor remit.Actor) (*Catalog, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	c := &Catalog{
		Tools: []CatalogTool{}, Capabilities: policy.Capabilities, Avatars: policy.Avatars, Colors: policy.Colors,
		Pages: policy.AllPagesOf(standing.Policy.Model()), Places: policy.PlacesOf(standing.Policy.Model()),
		User: userTerms(standing.Policy.Env()), Functions: scope.Functions(), Operators: scope.Operators(),
	}
	for _, t := range p.tools {
		offered := CatalogTool{Name: t.Name, Title: t.Title, Writes: t.Effect != tool.Reads, Inputs: []Term{}}
		inputs, _ := standing.Policy.InputsOf(t.Name)
		for _, in := range inputs {
			offered.Inputs = append(offered.Inputs, Term{Name: "input." + in.Name, Type: in.Type, Nullable: true})
		}
		c.Tools = append(c.Tools, offered)
	}
	return c, nil
}
