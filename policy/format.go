package policy

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/remit-crm/remit"
)

// flowWidth is how long a list of words may be to stand on one line. A longer
// one has an entry a line, which also reads better in a diff.
const flowWidth = 100

// Format writes the canonical form of a policy as YAML, the same text for equal
// policies whatever their order: what [Parse] reads of it is d.Canonical().
// Texts must be valid UTF-8, which [Compile] makes sure of; other bytes are
// replaced.
func Format(d *Document) []byte {
	var out bytes.Buffer
	// The only errors are wrong options, unwritable outputs and impossible
	// nodes: none can happen here.
	dumper, err := yaml.NewDumper(&out, yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1), yaml.WithUnicode(true))
	if err == nil {
		err = dumper.Dump(nodeOf(reflect.ValueOf(d.Canonical()).Elem()))
	}
	if err == nil {
		err = dumper.Close()
	}
	if err != nil {
		panic("policy: format: " + err.Error()) //nolint:forbidigo // see above: no input leads here
	}
	return spaced(out.Bytes())
}

// nodeOf returns the YAML node of a value of the types of Document.
func nodeOf(v reflect.Value) *yaml.Node {
	switch value := v.Interface().(type) {
	case time.Time:
		return scalar("!!timestamp", value.Format(time.RFC3339Nano))
	case remit.Sensitivity:
		return scalar("!!str", value.String())
	}
	switch v.Kind() {
	case reflect.Struct:
		return mappingOf(v)
	case reflect.Slice:
		return listOf(v)
	case reflect.Bool:
		return scalar("!!bool", strconv.FormatBool(v.Bool()))
	case reflect.Int:
		return scalar("!!int", strconv.FormatInt(v.Int(), 10))
	default:
		return textOf(v.String())
	}
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func mappingOf(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, k := range keysOf(v.Type()) {
		field := v.Field(k.index)
		if field.IsZero() && !k.required {
			continue
		}
		n.Content = append(n.Content, scalar("!!str", k.name), nodeOf(field))
	}
	if len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

func listOf(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	width, words := 0, true
	for i := range v.Len() {
		item := nodeOf(v.Index(i))
		n.Content = append(n.Content, item)
		width += len(item.Value) + len(", ")
		words = words && item.Kind == yaml.ScalarNode && item.Style == 0
	}
	if words && width <= flowWidth {
		n.Style = yaml.FlowStyle
	}
	return n
}

// textOf writes plain paragraphs as a block, which people can read and edit, and
// anything that a block could not carry unharmed in double quotes.
func textOf(text string) *yaml.Node {
	n := scalar("!!str", strings.ToValidUTF8(text, "\ufffd"))
	if !strings.Contains(text, "\n") {
		if strings.ContainsFunc(text, unsafeInBlock) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	}
	n.Style = yaml.LiteralStyle
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") || strings.HasSuffix(text, "\n\n") ||
		strings.Contains(text, " \n") || strings.HasSuffix(text, " ") || strings.ContainsFunc(text, unsafeInBlock) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// unsafeInBlock reports whether a character must be escaped: controls, YAML's
// own line breaks and the byte order mark.
func unsafeInBlock(r rune) bool {
	return (r < ' ' && r != '\n') || (r >= 0x7f && r <= 0x9f) || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffd'
}

// spaced puts an empty line before each section and before each entry of one.
// No line of a text begins that far left.
func spaced(text []byte) []byte {
	var out bytes.Buffer
	var before []byte
	for line := range bytes.Lines(text) {
		section := line[0] >= 'a' && line[0] <= 'z'
		entry := bytes.HasPrefix(line, []byte("  - "))
		inSection := len(before) > 0 && before[0] >= 'a' && before[0] <= 'z'
		if len(before) > 0 && (section || (entry && !inSection)) {
			out.WriteByte('\n')
		}
		out.Write(line)
		before = line
	}
	return out.Bytes()
}
