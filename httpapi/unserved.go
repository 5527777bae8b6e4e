package httpapi

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/modelservices"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/policy"
)

func unserved(what string) error {
	return remit.Errorf(remit.KindUnavailable, "%s is not served here", what)
}

// noPolicies stands for use cases that are not there.
type noPolicies struct{}

var errNoPolicies = unserved("the policy")

func (noPolicies) Held(context.Context, remit.Actor) (*policies.Held, error) {
	return nil, errNoPolicies
}

func (noPolicies) CheckDocument(context.Context, remit.Actor, *policy.Document) ([]policies.Problem, error) {
	return nil, errNoPolicies
}

func (noPolicies) DiffDocument(context.Context, remit.Actor, *policy.Document, policies.DiffOptions) (*policies.Diff, error) {
	return nil, errNoPolicies
}

func (noPolicies) Replace(context.Context, remit.Actor, *policy.Document, int64) (*policies.Replaced, error) {
	return nil, errNoPolicies
}

func (noPolicies) CheckExpression(context.Context, remit.Actor, policies.Expression) (*policies.Checked, error) {
	return nil, errNoPolicies
}

func (noPolicies) Catalog(context.Context, remit.Actor) (*policies.Catalog, error) {
	return nil, errNoPolicies
}

func (noPolicies) Vocabulary(context.Context, remit.Actor, string, string) (*policies.Vocabulary, error) {
	return nil, errNoPolicies
}

func (noPolicies) Preview(context.Context, remit.Actor, policies.Preview) (*lens.Previewed, error) {
	return nil, errNoPolicies
}

func (noPolicies) Explain(context.Context, remit.Actor, policies.Inquiry) (*policy.Verdict, error) {
	return nil, errNoPolicies
}

func (noPolicies) Model(context.Context, remit.Actor) (*policies.Model, error) {
	return nil, errNoPolicies
}

func (noPolicies) ChangeField(context.Context, remit.Actor, policies.FieldChange, int64) (*policies.FieldChanged, error) {
	return nil, errNoPolicies
}

func (noPolicies) DiffModel(context.Context, remit.Actor, []policies.FieldChange, policies.DiffOptions) (*policies.Diff, error) {
	return nil, errNoPolicies
}

func (noPolicies) Suggestions(context.Context, remit.Actor) ([]policies.Suggestion, error) {
	return nil, errNoPolicies
}

// noServices stands for use cases that are not there.
type noServices struct{}

var errNoServices = unserved("model services")

func (noServices) List(context.Context, remit.Actor) ([]modelservices.Service, error) {
	return nil, errNoServices
}

func (noServices) Add(context.Context, remit.Actor, string, modelservices.Change) (*modelservices.Service, error) {
	return nil, errNoServices
}

func (noServices) Update(context.Context, remit.Actor, string, modelservices.Change) (*modelservices.Service, error) {
	return nil, errNoServices
}

func (noServices) Remove(context.Context, remit.Actor, string) error { return errNoServices }

func (noServices) Test(context.Context, remit.Actor, string, string) (*modelservices.Tried, error) {
	return nil, errNoServices
}

func (noServices) Budgets(context.Context, remit.Actor) (*modelservices.Budgets, error) {
	return nil, errNoServices
}

func (noServices) Usage(context.Context, remit.Actor, modelservices.UsageQuery) (*modelservices.Usage, error) {
	return nil, errNoServices
}
