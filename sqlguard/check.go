package sqlguard

import (
	"fmt"
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-crm/remit"
)

// The bounds on what is translated.
const (
	maxDepth   = 60   // of expressions and queries within each other
	maxNodes   = 3000 // in all
	maxColumns = 200  // of a query
	maxSources = 32   // tables and queries in all FROMs together
	maxText    = 4000 // bytes of a text in the statement
)

// Query is a statement that may be run.
type Query struct {
	root   *query
	withs  []*with
	schema *Schema
	used   map[*Table]map[int]bool
}

// translator makes a tree of ours from the parser's.
type translator struct {
	schema  *Schema
	withs   []*with
	used    map[*Table]map[int]bool
	nodes   int
	depth   int
	sources int
}

// Check reads a statement over what the schema names. Errors are [remit.KindInvalid]
// with what to change, or [remit.KindNotFound] for a table that the schema has not;
// they quote the statement and the schema, and nothing else.
func Check(text string, schema *Schema) (*Query, error) {
	selects, err := parse(text)
	if err != nil {
		return nil, err
	}
	t := &translator{schema: schema, used: map[*Table]map[int]bool{}}
	root, err := t.query(selects, &reach{})
	if err != nil {
		return nil, err
	}
	for i := range root.columns {
		settle(&root.columns[i])
	}
	uniqueNames(root.columns)
	return &Query{root: root, withs: t.withs, schema: schema, used: t.used}, nil
}

// settle gives a column whose type nobody needed the type of texts.
func settle(c *output) {
	if c.of.Kind == Unknown {
		c.of.Kind = Text
		if k, ok := c.expr.(*constant); ok {
			k.of.Kind = Text
		}
	}
}

// uniqueNames tells columns apart that the statement calls alike.
func uniqueNames(columns []output) {
	taken := map[string]bool{}
	for i := range columns {
		name := columns[i].name
		for n := 2; taken[columns[i].name]; n++ {
			columns[i].name = fmt.Sprintf("%s_%d", name, n)
		}
		taken[columns[i].name] = true
	}
}

// enter counts a node; each enter is followed by a leave.
func (t *translator) enter() error {
	t.nodes++
	t.depth++
	if t.nodes > maxNodes || t.depth > maxDepth {
		return invalid("the statement is too large or nested too deeply: split it")
	}
	return nil
}

func (t *translator) leave() { t.depth-- }

// only refuses a node of the parser's tree that has a member set which is not among
// those that its translation reads: nothing is dropped silently.
func only(node proto.Message, known ...string) error {
	unknown := ""
	node.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		name := string(f.Name())
		if name == "location" {
			return true
		}
		for _, k := range known {
			if k == name {
				return true
			}
		}
		unknown = name
		return false
	})
	if unknown == "" {
		return nil
	}
	return refuse(string(node.ProtoReflect().Descriptor().Name()), unknown)
}

// refuse says of a part of the grammar that it is not to be had here.
func refuse(node, part string) error {
	if text, known := refusals[node+"."+part]; known {
		return invalid("%s", text)
	}
	if text, known := refusals[node]; known {
		return invalid("%s", text)
	}
	return invalid("%s is not part of the SQL that runs here", strings.TrimSuffix(node+" "+strings.ReplaceAll(part, "_", " "), " "))
}

// refusals are the words for parts that people write.
var refusals = map[string]string{
	"SelectStmt.into_clause":    "SELECT INTO writes; only reading is possible here",
	"SelectStmt.locking_clause": "FOR UPDATE and FOR SHARE lock rows; only reading is possible here",
	"SelectStmt.values_lists":   "VALUES lists are not possible here: select from a collection",
	"SelectStmt.window_clause":  "windows are not possible here: use GROUP BY",
	"SelectStmt.group_distinct": "GROUP BY DISTINCT is not possible here",
	"FuncCall.over":             "window functions (OVER) are not possible here: use GROUP BY, or ORDER BY with LIMIT",
	"FuncCall.agg_order":        "an ORDER BY within a function is not possible here",
	"FuncCall.agg_within_group": "WITHIN GROUP is not possible here",
	"FuncCall.func_variadic":    "VARIADIC is not possible here",
	"RangeVar.schemaname":       "write a collection's name without a schema before it",
	"RangeVar.catalogname":      "write a collection's name without a database before it",
	"JoinExpr.is_natural":       "NATURAL JOIN is not possible here: write ON",
	"JoinExpr.alias":            "a join can have no name of its own",
	"RangeSubselect.lateral":    "LATERAL is not possible here: join, or use a sub-select",
	"RangeFunction":             "a function in FROM is not possible here: select from a collection",
	"RangeTableSample":          "TABLESAMPLE is not possible here",
	"RangeTableFunc":            "XMLTABLE is not possible here",
	"JsonTable":                 "JSON_TABLE is not possible here",
	"WithClause.recursive":      "WITH RECURSIVE is not possible here",
	"A_ArrayExpr":               "arrays are not possible here: write IN (…)",
	"A_Indirection":             "elements of arrays and rows cannot be taken here",
	"RowExpr":                   "rows are not possible here: compare column by column",
	"ParamRef":                  "parameters such as $1 are not possible here: write the value",
	"CollateClause":             "COLLATE is not possible here: texts compare by their bytes",
	"XmlExpr":                   "XML is not possible here",
	"GroupingSet":               "GROUPING SETS, ROLLUP and CUBE are not possible here: write several statements",
	"SetToDefault":              "DEFAULT is not possible here",
	"InsertStmt":                "INSERT writes; only SELECT can be run here",
	"UpdateStmt":                "UPDATE writes; only SELECT can be run here",
	"DeleteStmt":                "DELETE writes; only SELECT can be run here",
	"MergeStmt":                 "MERGE writes; only SELECT can be run here",
}

// refuseNode refuses a node of a kind that is not understood in its place.
func refuseNode(n *tree.Node) error {
	if n == nil || n.Node == nil {
		return invalid("the statement is incomplete")
	}
	inner := n.ProtoReflect().WhichOneof(n.ProtoReflect().Descriptor().Oneofs().ByName("node"))
	return refuse(string(inner.Message().Name()), "")
}

// notFound is the answer to a name that the schema has not, whether it exists or
// not.
func notFound(name string, candidates []string) error {
	e := remit.Errorf(remit.KindNotFound, "there is no collection %q that you may see", clip(name))
	e.Field, e.Hint = "statement", remit.DidYouMean(name, candidates)
	return e
}

// clip shortens what an error quotes of the statement.
func clip(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}

// texts returns the texts of a list of names, or false if it holds anything else.
func texts(nodes []*tree.Node) ([]string, bool) {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		s, ok := n.Node.(*tree.Node_String_)
		if !ok {
			return nil, false
		}
		names[i] = s.String_.Sval
	}
	return names, true
}
