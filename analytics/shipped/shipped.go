// Package shipped holds the templates of company-wide figures that come with Remit:
// for leads, opportunities, accounts, contacts, activities, quotes and orders.
package shipped

import (
	_ "embed" // for the templates' text
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"

	"github.com/remit-crm/remit/analytics"
)

//go:embed templates.yaml
var text []byte

// Templates returns the shipped templates, fresh copies. They are about the built-in
// collections.
func Templates() ([]analytics.Template, error) {
	var loose any
	if err := yaml.Unmarshal(text, &loose); err != nil {
		return nil, fmt.Errorf("the shipped templates: %w", err)
	}
	plain, err := json.Marshal(loose) // the JSON names are the only ones
	if err != nil {
		return nil, fmt.Errorf("the shipped templates: %w", err)
	}
	var all []analytics.Template
	if err := json.Unmarshal(plain, &all); err != nil {
		return nil, fmt.Errorf("the shipped templates: %w", err)
	}
	return all, nil
}
