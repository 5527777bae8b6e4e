package tool

// The schemas of the built-in tools. A model has nothing but these texts to go
// by, so they say what a newcomer would ask, with examples that are right.

const collectionProperty = `"collection": {"type": "string", "description": "Name of the collection, e.g. \"opportunities\". list_collections gives the names."}`

const sourceProperty = `"data_source": {"type": "string", "description": "Name of the data source. Leave it out for the CRM's own data (\"main\")."}`

const idProperty = `"id": {"type": "string", "description": "The record's id: 26 characters, as another tool returned it. Never invent one."}`

const filterText = `Which records count: a JSON object whose entries must all hold. ` +
	`A plain value means equality: {\"stage\": \"won\"}. Operators go inside the field's object: ` +
	`{\"amount\": {\"$gte\": 1000, \"$lt\": 5000}}. Operators: $eq $ne $gt $gte $lt $lte, $in and $notIn (a list), ` +
	`$between ([lowest, highest], both included), $contains and $startsWith (text, ignoring case), ` +
	`$empty and $notEmpty (true). Combine with {\"$and\": [...]}, {\"$or\": [...]}, {\"$not\": {...}}. ` +
	`Reach a related record's field with a dot: {\"account.industry\": \"medical\"}. ` +
	`To ask whether there are records of another collection that point at this one, use $has, or $hasNo for none, beside the fields: ` +
	`{\"$hasNo\": {\"collection\": \"activities\", \"filter\": {\"due_at\": {\"$gte\": \"2026-01-01\"}}}}; ` +
	`\"via\" names the relation field where that collection has several, e.g. {\"$has\": {\"collection\": \"accounts\", \"via\": \"owner_id\"}}. Only records that the person may see count. ` +
	`Money is in units (1234.50), dates are \"2026-01-31\", timestamps \"2026-01-31T09:30:00Z\", booleans true or false. ` +
	`Enum values must be spelled as describe_collection lists them. ` +
	`Example: {\"$and\": [{\"stage\": {\"$in\": [\"won\", \"lost\"]}}, {\"close_date\": {\"$gte\": \"2026-01-01\"}}, {\"account.industry\": \"medical\"}]}`

const filterProperty = `"filter": {"type": "object", "description": "` + filterText + `"}`

const listSchema = `{"type": "object", "additionalProperties": false, "properties": {}}`

const describeSchema = `{"type": "object", "additionalProperties": false, "required": ["collection"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `
}}`

const querySchema = `{"type": "object", "additionalProperties": false, "required": ["collection"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	"fields": {"type": "array", "items": {"type": "string"}, "description": "Fields to return, e.g. [\"name\", \"amount\", \"account.name\"]. Name only what you need; left out, every field is returned."},
	` + filterProperty + `,
	"sort": {"type": "array", "items": {"type": "string"}, "description": "Field names in order, \"-\" before one for descending, e.g. [\"-amount\", \"name\"]."},
	"limit": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Records to return; 50 if left out."},
	"cursor": {"type": "string", "description": "next_cursor of the page before, with all other arguments unchanged, to read on."},
	"total": {"type": "boolean", "description": "true to also get the number of all records that match. Costs extra: use count_records if the number is all you need."}
}}`

const countSchema = `{"type": "object", "additionalProperties": false, "required": ["collection"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	` + filterProperty + `
}}`

const aggregateSchema = `{"type": "object", "additionalProperties": false, "required": ["collection", "measures"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	"measures": {"type": "array", "minItems": 1, "description": "Figures to compute for each group, e.g. [{\"fn\": \"sum\", \"field\": \"amount\", \"as\": \"revenue\"}, {\"fn\": \"count\"}]. A close (win) rate is won / (won + lost): {\"fn\": \"ratio\", \"filter\": {\"stage\": \"won\"}, \"as\": \"win_rate\"} together with the query's filter {\"stage\": {\"$in\": [\"won\", \"lost\"]}}.",
		"items": {"type": "object", "additionalProperties": false, "required": ["fn"], "properties": {
			"fn": {"type": "string", "enum": ["count", "sum", "avg", "min", "max", "count_distinct", "ratio"], "description": "ratio = records that meet this measure's filter / all records of the group"},
			"field": {"type": "string", "description": "Field to compute over; not for count and ratio."},
			"filter": {"type": "object", "description": "Only records that match count for this measure; required for ratio. Same form as the query's filter."},
			"as": {"type": "string", "description": "Name of the result column."}
		}}},
	"dimensions": {"type": "array", "description": "What to group by, e.g. [{\"field\": \"account.industry\"}, {\"field\": \"close_date\", \"bucket\": \"month\"}]. Left out: one group of everything.",
		"items": {"type": "object", "additionalProperties": false, "required": ["field"], "properties": {
			"field": {"type": "string", "description": "Field to group by; over a relation with a dot: \"account.industry\"."},
			"bucket": {"type": "string", "enum": ["day", "week", "month", "quarter", "year"], "description": "For dates and timestamps."},
			"as": {"type": "string", "description": "Name of the result column."}
		}}},
	` + filterProperty + `,
	"sort": {"type": "array", "items": {"type": "string"}, "description": "Names of result columns, \"-\" before one for descending, e.g. [\"-revenue\"]."},
	"limit": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Groups to return; 50 if left out."}
}}`

const getSchema = `{"type": "object", "additionalProperties": false, "required": ["collection", "id"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	` + idProperty + `,
	"fields": {"type": "array", "items": {"type": "string"}, "description": "Fields to return; left out, every field."}
}}`

const searchSchema = `{"type": "object", "additionalProperties": false, "required": ["text"], "properties": {
	"text": {"type": "string", "minLength": 2, "description": "Text to look for in every text field, ignoring case: a name, a word, part of an address. Not a question."},
	"collections": {"type": "array", "items": {"type": "string"}, "description": "Where to look, e.g. [\"accounts\", \"contacts\"]; left out, everywhere."},
	"limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Hits to return from each collection."}
}}`

const outcomeProperty = `"outcome": {"type": "object", "additionalProperties": false, "required": ["field", "won", "lost"], "description": "Which options of which enum say how a record ended. Left out: won and lost, accepted and rejected, or converted and unqualified, where the collection has them.", "properties": {
		"field": {"type": "string", "description": "Name of the enum."},
		"won": {"type": "array", "minItems": 1, "items": {"type": "string"}, "description": "Options of records that ended well."},
		"lost": {"type": "array", "minItems": 1, "items": {"type": "string"}, "description": "Options of records that ended otherwise. All further options are those of open records."}
	}}`

const predictSchema = `{"type": "object", "additionalProperties": false, "required": ["collection"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	"id": {"type": "string", "description": "The one open record to foretell: its id, as another tool returned it. Left out, the likeliest records are given."},
	"filter": {"type": "object", "description": "Which open records to foretell, in the form that query_records takes, e.g. {\"account.industry\": \"medical\"}. What is learned from is not narrowed by it."},
	` + outcomeProperty + `,
	"limit": {"type": "integer", "minimum": 1, "maximum": 50, "description": "Records to give, the likeliest first; 10 if left out."}
}}`

const forecastSchema = `{"type": "object", "additionalProperties": false, "required": ["collection"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	"filter": {"type": "object", "description": "Which open records to add up, in the form that query_records takes, e.g. {\"close_date\": {\"$between\": [\"2026-04-01\", \"2026-06-30\"]}}. What is learned from is not narrowed by it."},
	"amount": {"type": "string", "description": "Field of money to add up; the collection's first if left out."},
	"date": {"type": "string", "description": "Date by which records fall into periods; the collection's time field if left out."},
	"bucket": {"type": "string", "enum": ["week", "month", "quarter", "year"], "description": "Length of the periods; quarter if left out."},
	` + outcomeProperty + `
}}`

const valuesProperty = `"values": {"type": "object", "description": "Values by field name, e.g. {\"stage\": \"negotiation\", \"amount\": 1250.00, \"close_date\": \"2026-03-31\", \"account_id\": \"...\"}. Name only fields that are to be set; null empties one."}`

const versionProperty = `"version": {"type": "string", "description": "_version of the record as get_record returned it: if someone has changed the record since, nothing is done and you are told."}`

const createSchema = `{"type": "object", "additionalProperties": false, "required": ["collection", "values"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	` + valuesProperty + `
}}`

const updateSchema = `{"type": "object", "additionalProperties": false, "required": ["collection", "id", "values"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	` + idProperty + `,
	` + versionProperty + `,
	` + valuesProperty + `
}}`

const deleteSchema = `{"type": "object", "additionalProperties": false, "required": ["collection", "id"], "properties": {
	` + collectionProperty + `,
	` + sourceProperty + `,
	` + idProperty + `,
	` + versionProperty + `
}}`
