// Package shipped holds the policy that a new installation starts with: the
// roles of a sales company, and the AI employees with their remits and tasks.
package shipped

import (
	_ "embed" // for the policy's text
	"slices"

	"github.com/remit-crm/remit/policy"
)

//go:embed policy.yaml
var text []byte

// YAML returns the shipped policy as it is written, with its comments.
func YAML() []byte { return slices.Clone(text) }

// Document returns a fresh copy of the shipped policy. It is about the built-in
// collections: [policy.Compile] it with their model.
func Document() (*policy.Document, error) { return policy.Parse(text) }
