package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/conversations"
)

// The types below are the bodies and answers as the document describes them. The
// handlers read and write the same JSON by hand; a test holds the two together.

type queryBody struct {
	DataSource string        `json:"data_source,omitempty" default:"main"`
	Fields     []string      `json:"fields,omitempty" nullable:"false" doc:"Names, also over a relation: account.name. None: every field that you know."`
	Filter     *filterObject `json:"filter,omitempty"`
	Sort       []string      `json:"sort,omitempty" nullable:"false" doc:"Fields, with - for descending. Ties are broken by id."`
	Limit      int           `json:"limit,omitempty" minimum:"1" maximum:"1000" default:"50"`
	Cursor     string        `json:"cursor,omitempty" doc:"next_cursor of the page before."`
	Versions   bool          `json:"versions,omitempty" doc:"Give each record its _version."`
	Total      bool          `json:"total,omitempty" doc:"Count all matches too, which costs a second scan."`
}

type countBody struct {
	DataSource string        `json:"data_source,omitempty" default:"main"`
	Filter     *filterObject `json:"filter,omitempty"`
}

type aggregateBody struct {
	DataSource string        `json:"data_source,omitempty" default:"main"`
	Measures   []measure     `json:"measures" nullable:"false" minItems:"1"`
	Dimensions []dimension   `json:"dimensions,omitempty" nullable:"false" doc:"What to group by. None: one group of everything."`
	Filter     *filterObject `json:"filter,omitempty"`
	Sort       []string      `json:"sort,omitempty" nullable:"false" doc:"Names of result columns, with - for descending."`
	Limit      int           `json:"limit,omitempty" minimum:"1" maximum:"1000" default:"50"`
}

type measure struct {
	Fn     string        `json:"fn" enum:"count,sum,avg,min,max,count_distinct,ratio"`
	Field  string        `json:"field,omitempty" doc:"For all but count and ratio."`
	Filter *filterObject `json:"filter,omitempty" doc:"Only records that match; required for ratio."`
	As     string        `json:"as,omitempty" doc:"Name of the result column."`
}

type dimension struct {
	Field  string `json:"field"`
	Bucket string `json:"bucket,omitempty" enum:"day,week,month,quarter,year" doc:"For dates and timestamps. Weeks are ISO 8601."`
	As     string `json:"as,omitempty" doc:"Name of the result column."`
}

type searchBody struct {
	Text  string `json:"text" minLength:"2"`
	Limit int    `json:"limit,omitempty" minimum:"1"`
}

type exportBody struct {
	DataSource string        `json:"data_source,omitempty" default:"main"`
	Fields     []string      `json:"fields,omitempty" nullable:"false"`
	Filter     *filterObject `json:"filter,omitempty"`
	Sort       []string      `json:"sort,omitempty" nullable:"false"`
	Format     string        `json:"format,omitempty" enum:"csv,json" default:"csv"`
}

type createBody struct {
	DataSource string       `json:"data_source,omitempty" default:"main"`
	Values     valuesObject `json:"values"`
}

type updateBody struct {
	DataSource string       `json:"data_source,omitempty" default:"main"`
	Values     valuesObject `json:"values"`
	Version    string       `json:"version,omitempty" doc:"_version as you read it; or send If-Match."`
}

type pageAnswer struct {
	Collection string         `json:"collection"`
	Columns    []lens.Column  `json:"columns" nullable:"false"`
	Records    []recordAnswer `json:"records" nullable:"false"`
	NextCursor string         `json:"next_cursor,omitempty" doc:"Absent on the last page."`
	Total      int64          `json:"total,omitempty" doc:"Only if asked for."`
}

type countAnswer struct {
	Count int64 `json:"count"`
}

type aggregateAnswer struct {
	Collection string        `json:"collection"`
	Columns    []lens.Column `json:"columns" nullable:"false"`
	Rows       []groupAnswer `json:"rows" nullable:"false"`
	Records    int64         `json:"records" doc:"How many records the figures rest on."`
	More       bool          `json:"more" doc:"There are more groups than the limit."`
}

type searchAnswer struct {
	Hits []lens.SearchHit `json:"hits" nullable:"false"`
}

type collectionsAnswer struct {
	Collections []lens.CollectionInfo `json:"collections" nullable:"false"`
}

// The objects below have members that depend on the collection, so their schemas
// are written by hand.
type (
	filterObject struct{}
	valuesObject struct{}
	recordAnswer struct{}
	groupAnswer  struct{}
)

// Schema implements [huma.SchemaProvider].
func (filterObject) Schema(r huma.Registry) *huma.Schema {
	return component(r, "Filter", &huma.Schema{
		Type: "object", AdditionalProperties: true,
		Description: "Conditions on fields: {\"stage\":{\"$in\":[\"won\",\"lost\"]},\"account.industry\":{\"$eq\":\"medical\"}}. " +
			"Operators: $eq $ne $gt $gte $lt $lte $in $notIn $contains $startsWith $empty $notEmpty $between; combined by $and, $or, $not. " +
			"{\"$has\":{\"collection\":\"orders\",\"via\":\"quote_id\",\"filter\":{…}}} holds where there are records of another collection that name this one in a field (via; not needed where there is but one) and match; $hasNo where there are none. Records that you may not see are not there. " +
			"$ne and $notIn match null. $contains ignores case. A field that you may not see is null.",
		Examples: []any{map[string]any{"$and": []any{
			map[string]any{"stage": map[string]any{"$in": []any{"won", "lost"}}},
			map[string]any{"amount": map[string]any{"$gte": 1000}},
		}}},
	})
}

// Schema implements [huma.SchemaProvider].
func (valuesObject) Schema(r huma.Registry) *huma.Schema {
	return component(r, "Values", &huma.Schema{
		Type: "object", AdditionalProperties: true,
		Description: "What to set, by field name: only what changes. null empties a field. Money is in units, dates are 2026-01-31, instants RFC 3339.",
	})
}

// Schema implements [huma.SchemaProvider].
func (recordAnswer) Schema(r huma.Registry) *huma.Schema {
	return component(r, "Record", &huma.Schema{
		Type: "object", AdditionalProperties: true, Required: []string{"id"},
		Description: "A record as you see it: its fields by name.",
		Properties: map[string]*huma.Schema{
			"id":       {Type: "string"},
			"_hidden":  {Type: "array", Items: &huma.Schema{Type: "string"}, Description: "Fields that are null because you may not see them on this record."},
			"_version": {Type: "string", Description: "Token of what you see of the record: send it back when you change it."},
		},
	})
}

// Schema implements [huma.SchemaProvider].
func (groupAnswer) Schema(r huma.Registry) *huma.Schema {
	return component(r, "Group", &huma.Schema{
		Type: "object", AdditionalProperties: true, Description: "Dimensions and measures by column name.",
	})
}

// component registers a schema under its name and returns a reference to it.
func component(r huma.Registry, name string, s *huma.Schema) *huma.Schema {
	r.Map()[name] = s
	return &huma.Schema{Ref: schemaPrefix + name}
}

const schemaPrefix = "#/components/schemas/"

// parameters describes the parameters of the URL by name; one with a name of its own
// means something else on some routes.
var parameters = map[string]*huma.Param{
	"data_source": {Schema: &huma.Schema{Type: "string", Default: remit.MainSource}, Description: "The data source of the collection."},
	"q":           {Required: true, Schema: &huma.Schema{Type: "string"}, Description: "The text to search for: 2 to 200 characters, whatever their case."},
	"part":        {Name: "q", Schema: &huma.Schema{Type: "string"}, Description: "Only those whose name or e-mail address holds this text."},
	"fields":      {Schema: &huma.Schema{Type: "string"}, Description: "Names of fields, separated by commas. None: every field that you know."},
	"filter":      {Schema: &huma.Schema{Type: "string"}, Description: "A Filter as JSON."},
	"sort":        {Schema: &huma.Schema{Type: "string"}, Description: "Fields separated by commas, with - for descending."},
	"limit":       {Schema: &huma.Schema{Type: "integer", Default: lens.DefaultLimit}, Description: "Records of a page, 1 to 1000."},
	"cursor":      {Schema: &huma.Schema{Type: "string"}, Description: "next_cursor of the page before."},
	"versions":    {Schema: &huma.Schema{Type: "boolean"}, Description: "Give each record its _version."},
	"total":       {Schema: &huma.Schema{Type: "boolean"}, Description: "Count all matches too, which costs a second scan."},
	"from":        {Schema: &huma.Schema{Type: "string", Format: "date"}, Description: "The first day, in the company's time zone."},
	"to":          {Schema: &huma.Schema{Type: "string", Format: "date"}, Description: "The last day."},
	"by":          {Schema: &huma.Schema{Type: "string", Enum: []any{"person", "employee", "service", "model", "day"}, Default: "employee"}, Description: "What to sum by."},
	"person":      {Schema: &huma.Schema{Type: "string"}, Description: "Only what was used for the person of that id."},
	"employee":    {Schema: &huma.Schema{Type: "string"}, Description: "Only what that AI employee used."},
	"service":     {Schema: &huma.Schema{Type: "string"}, Description: "Only what was used of that model service."},
	"collection":  {Schema: &huma.Schema{Type: "string"}, Description: "Name of a collection."},
	"department":  {Schema: &huma.Schema{Type: "string"}, Description: "Only those of this department, by its id."},
	"role":        {Schema: &huma.Schema{Type: "string"}, Description: "Only those who hold this role."},
	"active":      {Schema: &huma.Schema{Type: "boolean"}, Description: "Only those who are active, or who are not."},
	"others":      {Schema: &huma.Schema{Type: "boolean"}, Description: "Stay signed in here."},
	"options":     {Schema: &huma.Schema{Type: "string"}, Description: "ImportOptions as JSON. Columns that map does not name go to the fields of the same name."},
	"people":      {Schema: &huma.Schema{Type: "integer"}, Description: "How many people lose values by it, as the list tells it."},
	"version":     {Schema: &huma.Schema{Type: "string"}, Description: "_version as you read it; or send If-Match."},
}

// describe makes the OpenAPI 3.1 document of the routes.
func describe(table []route, version string) ([]byte, error) {
	registry := huma.NewMapRegistry(schemaPrefix, schemaName)
	// Both write any JSON value, which their Go types do not show.
	for _, anything := range []reflect.Type{reflect.TypeFor[remit.Value](), reflect.TypeFor[json.RawMessage]()} {
		registry.RegisterTypeAlias(anything, reflect.TypeFor[any]())
	}
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Remit", Version: version,
			Description: "A self-hosted CRM whose AI employees never see or do more than the person they work for. " +
				"Every answer is what the caller may see: hidden records are absent, hidden cells are null, and what is hidden is not told from what does not exist.",
		},
		Components: &huma.Components{
			Schemas: registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: "An API token: remit token create."},
				"session": {Type: "apiKey", In: "cookie", Name: "remit_session", Description: "Set by POST /api/session; over TLS it is called __Host-remit_session."},
			},
		},
		Security: []map[string][]string{{"token": {}}, {"session": {}}},
		Tags: []*huma.Tag{
			{Name: "data", Description: "Records and collections, as you may see and change them."},
			{Name: "views", Description: "Saved views."},
			{Name: "session", Description: "Signing in and out."},
			{Name: "people", Description: "People and departments, for those who manage them."},
			{Name: "settings", Description: "What the installation says of its company."},
			{Name: "answers", Description: "AI employees."},
			{Name: "services", Description: "Model services, and what was used of them."},
			{Name: "policy", Description: "Who may see and do what. For people with the capability policy.manage, and to read also audit.read."},
			{Name: "conversations", Description: "Talks with AI employees: private to their owner, re-checked for every reader."},
			{Name: "meta", Description: "About the API."},
		},
	}
	for _, r := range table {
		doc.AddOperation(operation(r, registry))
	}
	for _, event := range []any{agent.Started{}, agent.TextDelta{}, agent.ToolStarted{}, agent.ToolFinished{}, agent.ChartDrawn{}, agent.UsageCounted{}, agent.Ended{}, conversations.ResultEvent{}, ImportProgress{}, importOptions{}} {
		registry.Schema(reflect.TypeOf(event), true, "")
	}
	listsAreLists(registry)
	compact, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// listsAreLists says that no list is null: we send none, and read null as none.
func listsAreLists(registry huma.Registry) {
	for _, s := range registry.Map() {
		for _, property := range s.Properties {
			if property.Type == "array" {
				property.Nullable = false
			}
		}
	}
}

func operation(r route, registry huma.Registry) *huma.Operation {
	op := &huma.Operation{
		Method: r.method, Path: r.path, OperationID: r.id, Tags: []string{r.tag},
		Summary: r.summary, Description: r.description, Parameters: routeParameters(r),
		Responses: map[string]*huma.Response{
			strconv.Itoa(r.status): success(r, registry),
			"default": {
				Description: "A problem (RFC 9457)",
				Content: map[string]*huma.MediaType{"application/problem+json": {
					Schema: registry.Schema(reflect.TypeFor[Problem](), true, ""),
				}},
			},
		},
	}
	if r.open {
		op.Security = []map[string][]string{{}}
	}
	if r.body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: registry.Schema(reflect.TypeOf(r.body), true, "")},
		}}
	}
	if r.file != "" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{r.file: {Schema: &huma.Schema{Type: "string"}}}}
	}
	return op
}

func routeParameters(r route) []*huma.Param {
	var all []*huma.Param
	for step := range strings.SplitSeq(r.path, "/") {
		if name, ok := strings.CutPrefix(step, "{"); ok {
			all = append(all, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
		}
	}
	for _, name := range r.query {
		p := *parameters[name]
		p.In = "query"
		if p.Name == "" {
			p.Name = name
		}
		all = append(all, &p)
	}
	if r.matching {
		all = append(all, &huma.Param{Name: "If-Match", In: "header", Schema: &huma.Schema{Type: "string"}, Description: "The ETag as you read it."})
	}
	return all
}

func success(r route, registry huma.Registry) *huma.Response {
	response := &huma.Response{Description: http.StatusText(r.status)}
	if r.tagged {
		response.Headers = map[string]*huma.Param{"ETag": {Schema: &huma.Schema{Type: "string"}, Description: "The record's version in double quotes."}}
	}
	if r.answer == nil && len(r.media) == 0 {
		return response
	}
	response.Content = make(map[string]*huma.MediaType)
	if r.answer != nil {
		response.Content["application/json"] = &huma.MediaType{Schema: registry.Schema(reflect.TypeOf(r.answer), true, "")}
	}
	for _, media := range r.media {
		response.Content[media] = &huma.MediaType{Schema: &huma.Schema{}}
		if strings.HasPrefix(media, "text/") {
			response.Content[media].Schema.Type = "string"
		}
	}
	return response
}

// schemaName gives the document's types names of their own, in the manner of the
// languages that clients are generated for.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	named := t
	if t.Kind() == reflect.Pointer {
		named = t.Elem()
	}
	if strings.HasSuffix(named.PkgPath(), "/ops/modelservices") && !strings.HasPrefix(name, "Service") {
		return "Service" + name
	}
	if path := named.PkgPath(); strings.HasSuffix(path, "/remit/policy") || strings.HasSuffix(path, "/ops/policies") {
		return "Policy" + name // its employees and tasks are not those that people see
	}
	if path := named.PkgPath(); strings.HasSuffix(path, "/remit/analytics") || strings.HasSuffix(path, "/ops/templates") {
		return "Analysis" + strings.TrimPrefix(name, "Analysis")
	}
	if t.Implements(reflect.TypeFor[agent.Event]()) {
		return "Event" + name
	}
	if strings.HasSuffix(t.PkgPath(), "ops/conversations") && name != "Conversation" {
		return "Conversation" + name
	}
	return name
}

func (a *API) document(w http.ResponseWriter, r *http.Request, _ remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	return write(w, http.StatusOK, a.openapi)
}
