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

// predictionProperties are what both kinds of prediction say of what they rest on.
const predictionProperties = `
	"collection": {"type": "string"},
	"outcome": {"type": "object"},
	"learned_from": {"type": "object", "required": ["records", "of", "won", "lost", "base_rate"], "properties": {
		"records": {"type": "integer", "description": "Decided records that the figures rest on."},
		"of": {"type": "integer", "description": "Decided records that may be seen; the latest were taken."},
		"won": {"type": "integer"}, "lost": {"type": "integer"}, "base_rate": {"type": "number"}}},
	"declined": {"type": "object", "required": ["reason", "message"], "description": "Why there is no prediction. Absent where there is one.", "properties": {
		"reason": {"type": "string"}, "message": {"type": "string"}}},
	"check": {"type": "object", "description": "How well the model does on records that it had not seen, beside giving all the base rate."},
	"weights": {"type": "array", "items": {"type": "object"}, "description": "What weighs most, as factors of the odds."},
	"left_out": {"type": "array", "items": {"type": "object"}, "description": "Fields that take no part, and why."},
	"open": {"type": "integer", "description": "Open records that may be seen."},
	"matching": {"type": "integer"},
	` + columnsProperty + `,
	"rows": {"type": "array", "items": {"type": "object"}}`

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

	"execute_sql": `{"type": "object", "required": ["collections", "columns", "rows", "more"], "properties": {
		"collections": {"type": "array", "items": {"type": "string"}},
		` + columnsProperty + `,
		"rows": {"type": "array", "items": {"type": "object"}},
		"more": {"type": "boolean", "description": "There are more rows than the limit."}}}`,

	"search_records": `{"type": "object", "required": ["text", "hits"], "properties": {
		"text": {"type": "string"},
		"hits": {"type": "array", "items": {"type": "object", "required": ["collection", "id", "field"], "properties": {
			"collection": {"type": "string"}, "id": {"type": "string"}, "field": {"type": "string"}}}}}}`,

	"predict_outcome": `{"type": "object", "required": ["collection", "outcome", "learned_from", "columns", "rows"], "properties": {` + predictionProperties + `,
		"ended": {"type": "string", "description": "The one record is decided already: how."}}}`,

	"forecast_pipeline": `{"type": "object", "required": ["collection", "outcome", "learned_from", "columns", "rows"], "properties": {` + predictionProperties + `,
		"counted": {"type": "integer", "description": "Records that the figures rest on."},
		"unvalued": {"type": "integer", "description": "Of them, those without an amount that may be seen."},
		"interval": {"type": "object", "description": "What lower and upper ends mean."},
		"total": {"type": "object"}}}`,

	"list_collections": `{"type": "object", "required": ["collections"], "properties": {
		"collections": {"type": "array", "items": {"type": "object", "required": ["data_source", "name", "title", "actions", "fields"]}}}}`,

	"describe_collection": `{"type": "object", "required": ["data_source", "name", "title", "actions", "fields"]}`,

	"delete_record": `{"type": "object", "required": ["collection", "id", "deleted"], "properties": {
		"collection": {"type": "string"}, "id": {"type": "string"}, "deleted": {"type": "boolean"}}}`,
}
