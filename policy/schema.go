package policy

import (
	_ "embed" // for the schema's text
	"slices"
)

//go:embed schema.json
var schemaText []byte

// Schema returns the JSON Schema (draft 2020-12) of a policy file, for editors
// that complete and check as one types. What it cannot say, the names that the
// data model has, [Compile] checks.
func Schema() []byte { return slices.Clone(schemaText) }
