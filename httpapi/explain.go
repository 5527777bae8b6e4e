package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/policy"
)

func (a *API) explainRoutes() []route {
	return []route{{
		method: http.MethodPost, path: "/api/policy/explain", id: "explainAccess", tag: "policy", summary: "Explain what a person may do, layer by layer, and why",
		description: "Says of person × AI employee × task × tool × input × collection × action what each of the four layers makes of it by itself, by which rule, and what alone would change it. For those who manage the policy or read the audit log.",
		handler:     a.explain, body: policies.Inquiry{}, status: http.StatusOK, answer: policy.Verdict{},
	}}
}

func (a *API) explain(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	question, err := policies.ParseInquiry(body)
	if err != nil {
		return err
	}
	verdict, err := a.options.Policies.Explain(r.Context(), actor, question)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, verdict)
}
