package mcpserver

// The shapes of what the built-in tools answer, as output schemas. Records and
// groups have members by the names of fields, which no schema can list.

const columnsProperty = `"columns": {"type": "array", "items": {"type": "object", "required": ["name", "type"], "properties": {
	"name": {"type": "string"}, "type": {"type": "string"}, "title": {"type": "string"}, "currency": {"type": "string"}}}}`

const pageOutput = `{"type": "object", "required": ["collection", "columns", "records"], "properties": {
	"collection": {"type": "string"},
	` + columnsProperty + `,
	"records": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {
		"id": {"type": "string"},
		"_hidden": {"type": "array", "items": {"type": "string"}, "description": "Fields that are null because they may not be seen on this record."},
		"_version": {"type": "string", "description": "Send it back as version when you change the record."}}}},
	"next_cursor": {"type": "string", "description": "Absent on the last page."},
	"total": {"type": "integer"}}}`

// outputs holds the output schema of each built-in tool by its name.
var outputs = map[string]string{
	"query_records": pageOutput,
	"get_record":    pageOutput,
	"create_record": pageOutput,
	"update_record": pageOutput,

	"count_records": `{"type": "object", "required": ["collection", "count"], "properties": {
		"collection": {"type": "string"}, "count": {"type": "integer"}}}`,

	"aggregate_records": `{"type": "object", "required": ["collection", "columns", "rows", "records", "more"], "properties": {
		"collection": {"type": "string"},
		` + columnsProperty + `,
		"rows": {"type": "array", "items": {"type": "object"}},
		"records": {"type": "integer", "description": "How many records the figures rest on."},
		"more": {"type": "boolean", "description": "There are more groups than the limit."}}}`,

	"search_records": `{"type": "object", "required": ["text", "hits"], "properties": {
		"text": {"type": "string"},
		"hits": {"type": "array", "items": {"type": "object", "required": ["collection", "id", "field"], "properties": {
			"collection": {"type": "string"}, "id": {"type": "string"}, "field": {"type": "string"}}}}}}`,

	"list_collections": `{"type": "object", "required": ["collections"], "properties": {
		"collections": {"type": "array", "items": {"type": "object", "required": ["data_source", "name", "title", "actions", "fields"]}}}}`,

	"describe_collection": `{"type": "object", "required": ["data_source", "name", "title", "actions", "fields"]}`,

	"delete_record": `{"type": "object", "required": ["collection", "id", "deleted"], "properties": {
		"collection": {"type": "string"}, "id": {"type": "string"}, "deleted": {"type": "boolean"}}}`,
}
