package policies

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/policy"
)

// ReadDocument reads a policy from its JSON form, as [policy.Parse] reads it from
// YAML: strictly, because a slip in a policy is a leak. The error joins one
// [remit.Error] for each problem, with its path into the document, such as
// "roles[2].grants[0].scope".
//
// Names are checked by [policy.Compile].
func ReadDocument(v input.Value) (*policy.Document, error) {
	if v.IsNull() {
		return nil, remit.FieldErrorf(v.Path, "send the policy document, an object")
	}
	d := &policy.Document{}
	return d, v.Decode(d)
}
