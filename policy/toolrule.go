package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-crm/remit/scope"
)

// AllTools stands, as the only entry of a rule's tools, for every tool that the AI
// employee has.
const AllTools = "*"

// ToolRule lets an AI employee, or a task, call some tools on a condition only. It
// holds beside the rule that a tool has for everybody, and beside every other rule
// that names the tool: each can only narrow.
type ToolRule struct {
	Tools     []string `json:"tools" yaml:"tools"`         // names, or AllTools alone
	Condition string   `json:"condition" yaml:"condition"` // CEL over user and input
}

// ruled is a compiled condition on calls of one tool.
type ruled struct {
	source    string
	condition *scope.Condition
}

// toolRules compiles the rules of an AI employee or a task that has the tools, by
// tool. A condition is checked against the input of each tool that it is about.
func (c *compiler) toolRules(path string, rules []ToolRule, has []string) map[string][]ruled {
	compiled := map[string][]ruled{}
	for i := range rules {
		rule, path := &rules[i], at(path, i)
		if rule.Condition == "" {
			c.problem(path+".condition", "the condition is missing")
		}
		for _, name := range c.ruledTools(path+".tools", rule.Tools, has) {
			before := len(c.problems.list) + c.problems.dropped
			condition := c.condition(path+".condition", rule.Condition, c.inputsOf[name])
			compiled[name] = append(compiled[name], ruled{rule.Condition, condition})
			if len(c.problems.list)+c.problems.dropped > before {
				break // once is enough
			}
		}
	}
	return compiled
}

// ruledTools returns the tools that a rule is about.
func (c *compiler) ruledTools(path string, named, has []string) []string {
	if len(named) == 1 && named[0] == AllTools {
		return has
	}
	if len(named) == 0 {
		c.problem(path, "no tool is named; write %q for every one", AllTools)
	}
	c.checkOnce(path, named)
	for i, name := range named {
		switch {
		case name == AllTools:
			c.problem(at(path, i), "%q stands for every tool and must be the only entry", AllTools)
		case !slices.Contains(has, name):
			c.unknown(at(path, i), name, has, "the tool %q is not among those that the rule could be about", clip(name))
		}
	}
	return named
}

// holdRules reports whether every rule on the tool is met.
func holdRules(layer, name string, rules []ruled, u *scope.User, input map[string]any) (Reason, bool) {
	for _, r := range rules {
		if why, ok := meets(layer, name, r.condition, u, input); !ok {
			why.Message = "on its tools, " + why.Message + ": " + r.source
			return why, false
		}
	}
	return Reason{}, true
}

func canonicalRules(rules []ToolRule) {
	for i := range rules {
		rules[i].Tools = sortedSet(rules[i].Tools)
	}
	slices.SortStableFunc(rules, func(a, b ToolRule) int {
		return cmp.Or(cmp.Compare(a.Condition, b.Condition), slices.Compare(a.Tools, b.Tools))
	})
}

func cloneRules(rules []ToolRule) []ToolRule {
	rules = copyList(rules)
	for i := range rules {
		rules[i].Tools = copyList(rules[i].Tools)
	}
	return rules
}

// toolRules compares two lists of rules. A rule more narrows, a rule less widens.
func (d *differ) toolRules(before, after []ToolRule) {
	texts := func(rules []ToolRule) (all []string) {
		for _, r := range rules {
			all = append(all, strings.Join(r.Tools, " ")+" if "+r.Condition)
		}
		return sortedSet(all)
	}
	old, updated := texts(before), texts(after)
	added, removed := without(updated, old), without(old, updated)
	if len(added) > 0 {
		d.add("tool rules", Narrows, "", list(added), "tool rules added: %s", list(added))
	}
	if len(removed) > 0 {
		d.add("tool rules", Widens, list(removed), "", "tool rules removed: %s", list(removed))
	}
}
