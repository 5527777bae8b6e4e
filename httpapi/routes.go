package httpapi

import (
	"net/http"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/session"
)

// route is one line of the API: what is served and, in the same place, what is
// documented.
type route struct {
	method, path string
	id           string // operationId
	tag          string
	summary      string
	description  string
	handler      handler
	operation    string        // of a data call, as the audit log names it
	open         bool          // nobody needs to be signed in
	viewing      bool          // also for who views as somebody else: it changes nothing and shows nothing private
	channel      remit.Channel // of the actor; "": by how it was authenticated

	query    []string // names of parameters of the URL, described in openapi.go
	body     any      // a zero value of the type of the JSON body, nil for none
	file     string   // media type of a body that is a file; "" for none
	status   int      // of success
	answer   any      // a zero value of the type of the JSON answer, nil for none
	media    []string // other media types of the answer
	tagged   bool     // the answer has an ETag
	matching bool     // If-Match is taken
}

func (a *API) routes() []route {
	return slices.Concat(
		a.dataRoutes(),
		a.searchRoutes(),
		a.sqlRoutes(),
		a.historyRoutes(),
		a.bulkRoutes(),
		a.importRoutes(),
		a.policyRoutes(),
		a.conversationRoutes(),
		a.modelRoutes(),
		a.savedViewRoutes(),
		a.serviceRoutes(),
		a.otherRoutes(),
		a.viewRoutes(),
		a.explainRoutes(),
		a.profileRoutes(),
		a.peopleRoutes(),
		a.departmentRoutes(),
		a.attributeRoutes(),
		a.settingsRoutes(),
		a.templateRoutes(),
	)
}

func (a *API) dataRoutes() []route {
	const base = "/api/collections"
	const (
		collection = base + "/{name}"
		many       = collection + "/records"
		one        = many + "/{id}"
	)
	return []route{
		{
			method: http.MethodGet, path: base, id: "listCollections", tag: "data", operation: "describe", summary: "List the collections that you know",
			handler: a.collections, viewing: true, status: http.StatusOK, answer: collectionsAnswer{},
		},
		{
			method: http.MethodGet, path: collection, id: "describeCollection", tag: "data", operation: "describe", summary: "Describe a collection: its fields and what you may do",
			handler: a.collection, viewing: true, query: []string{"data_source"}, status: http.StatusOK, answer: lens.CollectionInfo{},
		},
		{
			method: http.MethodPost, path: collection + "/query", id: "queryRecords", tag: "data", operation: "query", summary: "Query records",
			description: "Cells that you may not see are null and named in _hidden. Records that you may not see are absent, from totals too.",
			handler:     a.query, viewing: true, query: []string{"data_source"}, body: queryBody{}, status: http.StatusOK, answer: pageAnswer{},
		},
		{
			method: http.MethodPost, path: collection + "/count", id: "countRecords", tag: "data", operation: "count", summary: "Count records",
			handler: a.count, viewing: true, query: []string{"data_source"}, body: countBody{}, status: http.StatusOK, answer: countAnswer{},
		},
		{
			method: http.MethodPost, path: collection + "/aggregate", id: "aggregateRecords", tag: "data", operation: "aggregate", summary: "Compute measures over groups of records",
			description: "Sums are exact; averages and ratios are rounded half-even to six places. A ratio is the share of the group's records that meet the measure's filter.",
			handler:     a.aggregate, viewing: true, query: []string{"data_source"}, body: aggregateBody{}, status: http.StatusOK, answer: aggregateAnswer{},
		},
		{
			method: http.MethodPost, path: collection + "/search", id: "searchRecords", tag: "data", operation: "search", summary: "Search the text of a collection's records",
			handler: a.search, viewing: true, query: []string{"data_source"}, body: searchBody{}, status: http.StatusOK, answer: searchAnswer{},
		},
		{
			method: http.MethodPost, path: collection + "/export", id: "exportRecords", tag: "data", operation: "export", summary: "Export all records that match, as a file",
			description: "Needs the export permission: who may view may not thereby export.",
			handler:     a.export, query: []string{"data_source"}, body: exportBody{}, status: http.StatusOK, media: []string{"text/csv", "application/json"},
		},
		{
			method: http.MethodGet, path: many, id: "listRecords", tag: "data", operation: "query", summary: "Query records by a URL alone",
			handler: a.list, viewing: true, query: []string{"data_source", "fields", "filter", "sort", "limit", "cursor", "versions", "total"}, status: http.StatusOK, answer: pageAnswer{},
		},
		{
			method: http.MethodPost, path: many, id: "createRecord", tag: "data", operation: "create", summary: "Create a record",
			handler: a.create, query: []string{"data_source"}, body: createBody{}, status: http.StatusCreated, answer: recordAnswer{}, tagged: true,
		},
		{
			method: http.MethodGet, path: one, id: "getRecord", tag: "data", operation: "get", summary: "Get a record with its version",
			handler: a.get, viewing: true, query: []string{"data_source", "fields"}, status: http.StatusOK, answer: recordAnswer{}, tagged: true,
		},
		{
			method: http.MethodPatch, path: one, id: "updateRecord", tag: "data", operation: "update", summary: "Change fields of a record",
			description: "Send the version that you read, in the body or as If-Match. If somebody has changed since what you see of the record, nothing is written: 409, or 412 for If-Match.",
			handler:     a.update, query: []string{"data_source"}, body: updateBody{}, status: http.StatusOK, answer: recordAnswer{}, tagged: true, matching: true,
		},
		{
			method: http.MethodDelete, path: one, id: "deleteRecord", tag: "data", operation: "delete", summary: "Delete a record",
			description: "With a version, only if it is still the current one.",
			handler:     a.remove, query: []string{"data_source", "version"}, status: http.StatusNoContent, matching: true,
		},
	}
}

func (a *API) otherRoutes() []route {
	return []route{
		{
			method: http.MethodPost, path: "/api/session", id: "signIn", tag: "session", summary: "Sign in", open: true,
			description: "Sets the session cookie. Attempts are limited by address and by e-mail address.",
			handler:     a.signIn, body: signInBody{}, status: http.StatusOK, answer: sessionAnswer{},
		},
		{
			method: http.MethodDelete, path: "/api/session", id: "signOut", tag: "session", summary: "Sign out",
			handler: a.signOut, viewing: true, status: http.StatusNoContent,
		},
		{
			method: http.MethodGet, path: "/api/me", id: "me", tag: "session", summary: "Who you are, and which AI employees you may use",
			handler: a.me, viewing: true, status: http.StatusOK, answer: session.Me{},
		},
		{
			method: http.MethodPost, path: "/api/ask", id: "ask", tag: "answers", summary: "Ask an AI employee",
			description: "Streams events, each of one line of JSON: started, text, tool_call, tool_result, chart, usage, end, and last answer: the Result, without the results of its calls, which tool_result brought. What refuses the run before it begins is a problem. With Accept: application/json only the Result is sent.",
			handler:     a.ask, body: answers.Question{}, status: http.StatusOK, answer: agent.Result{}, media: []string{"text/event-stream"},
		},
		{
			method: http.MethodGet, path: "/api/openapi.json", id: "openapi", tag: "meta", summary: "This document", open: true,
			handler: a.document, status: http.StatusOK, media: []string{"application/json"},
		},
	}
}
