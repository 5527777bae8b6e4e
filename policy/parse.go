package policy

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/remit-crm/remit"
)

// The bounds on a policy file.
const (
	MaxFileBytes = 1 << 20 // length of the YAML text
	MaxFileDepth = 16      // nesting; a policy needs seven levels
)

// maxProblems bounds how many problems are reported at once.
const maxProblems = 100

// Parse reads a policy from YAML. It is strict, because a slip in a policy is a
// leak: unknown, repeated and missing keys, keys without a value, anchors,
// aliases, tags and values of another type are refused. The error joins one
// [remit.Error] of kind invalid for each problem, with the path and the line.
//
// Parse knows nothing of the data model: [Compile] checks the names.
func Parse(text []byte) (*Document, error) {
	root, err := load(text)
	if err != nil {
		return nil, err
	}
	d := &Document{}
	r := &reader{}
	r.read(root, reflect.ValueOf(d).Elem(), "")
	if err := r.problems.join(); err != nil {
		return nil, err
	}
	return d, nil
}

// Line returns the line of the YAML text on which the value at the path
// stands, such as "roles[2].grants[0].scope", or that of the nearest value
// around it. It is 0 where the text is not YAML.
func Line(text []byte, path string) int {
	node, err := load(text)
	if err != nil {
		return 0
	}
	for step := range strings.FieldsFuncSeq(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		next := child(node, step)
		if next == nil {
			break
		}
		node = next
	}
	return node.Line
}

// child returns the value under the key of a mapping or at the index of a list.
func child(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode, yaml.StreamNode:
	}
	return nil
}

// load returns the tree of the one YAML document in text.
func load(text []byte) (*yaml.Node, error) {
	if len(text) > MaxFileBytes {
		return nil, remit.Errorf(remit.KindLimited, "the policy has %d bytes, more than the bound of %d", len(text), MaxFileBytes)
	}
	if !utf8.Valid(text) {
		return nil, remit.Errorf(remit.KindInvalid, "the policy is not valid UTF-8")
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil, remit.Errorf(remit.KindInvalid, "the policy is empty; write {} for one that grants nothing")
	}
	var doc yaml.Node
	limits := yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(MaxFileDepth)))
	if err := yaml.Load(text, &doc, limits); err != nil {
		return nil, &remit.Error{Kind: remit.KindInvalid, Message: "not a YAML document: " + err.Error(), Cause: err}
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, remit.Errorf(remit.KindInvalid, "the policy is empty; write {} for one that grants nothing")
	}
	return doc.Content[0], nil
}

// reader fills Go values from YAML nodes by the yaml tags of their types.
type reader struct{ problems problems }

func (r *reader) problem(n *yaml.Node, path, format string, args ...any) {
	r.problems.add("", path, "line %d: %s", n.Line, fmt.Sprintf(format, args...))
}

func (r *reader) read(n *yaml.Node, v reflect.Value, path string) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.problem(n, path, "anchors and aliases are not allowed: write the value out")
		return
	case n.Style&yaml.TaggedStyle != 0:
		r.problem(n, path, "tags such as %q are not allowed", n.Tag)
		return
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		r.problem(n, path, "the key has no value: give one or leave the key out")
		return
	}
	switch target := v.Addr().Interface().(type) {
	case *time.Time:
		r.readTime(n, target, path)
		return
	case *remit.Sensitivity:
		r.readSensitivity(n, target, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		r.readStruct(n, v, path)
	case reflect.Slice:
		r.readSlice(n, v, path)
	case reflect.String:
		if text, ok := r.text(n, path); ok {
			v.SetString(text)
		}
	case reflect.Bool:
		r.readBool(n, v, path)
	case reflect.Int:
		r.readInt(n, v, path)
	default:
		r.problem(n, path, "values of type %s cannot be read", v.Type())
	}
}

func (r *reader) readStruct(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		r.problem(n, path, "must be a mapping of keys to values")
		return
	}
	keys := keysOf(v.Type())
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, at := n.Content[i].Value, joinPath(path, n.Content[i].Value)
		k, known := keys.find(name)
		switch first, twice := seen[name]; {
		case n.Content[i].Kind != yaml.ScalarNode || !known:
			r.problems.add(remit.DidYouMean(name, keys.names()), path, "line %d: unknown key %q", n.Content[i].Line, clip(name))
		case twice:
			r.problem(n.Content[i], at, "the key stands twice, first on line %d", first)
		default:
			r.read(n.Content[i+1], v.Field(k.index), at)
		}
		seen[name] = n.Content[i].Line
	}
	for _, k := range keys {
		if _, given := seen[k.name]; !given && k.required {
			r.problem(n, path, "the key %q is missing", k.name)
		}
	}
}

func (r *reader) readSlice(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		r.problem(n, path, "must be a list")
		return
	}
	if len(n.Content) == 0 {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		r.read(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

// text returns the node's text. Plain words that YAML takes for another type
// (2024, true, 2024-01-31) need quotes, so that nobody guesses.
func (r *reader) text(n *yaml.Node, path string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		r.problem(n, path, "must be a text")
		return "", false
	}
	if n.Tag != "!!str" {
		r.problem(n, path, "must be a text: put %s in quotes", clip(n.Value))
		return "", false
	}
	return n.Value, true
}

func (r *reader) readBool(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || (n.Value != "true" && n.Value != "false") {
		r.problem(n, path, "must be true or false")
		return
	}
	v.SetBool(n.Value == "true")
}

func (r *reader) readInt(n *yaml.Node, v reflect.Value, path string) {
	number, err := strconv.ParseInt(n.Value, 10, 32)
	if err != nil || n.Kind != yaml.ScalarNode || n.Tag != "!!int" {
		r.problem(n, path, "must be a whole number below 2,147,483,648")
		return
	}
	v.SetInt(number)
}

func (r *reader) readTime(n *yaml.Node, t *time.Time, path string) {
	parsed, err := time.Parse(time.RFC3339Nano, n.Value)
	if err != nil || n.Kind != yaml.ScalarNode {
		r.problem(n, path, "must be an instant such as 2026-12-31T18:00:00Z (RFC 3339)")
		return
	}
	*t = parsed.UTC()
}

func (r *reader) readSensitivity(n *yaml.Node, s *remit.Sensitivity, path string) {
	text, ok := r.text(n, path)
	if !ok {
		return
	}
	level, err := remit.ParseSensitivity(text)
	if err != nil {
		r.problem(n, path, "%s", remit.PublicText(err))
		return
	}
	*s = level
}

// key is one key of a mapping and the struct field it fills.
type key struct {
	name     string
	index    int
	required bool // not omitempty
}

type keyList []key

// keysOf returns the keys that a struct's yaml tags name, in order.
func keysOf(t reflect.Type) keyList {
	keys := make(keyList, 0, t.NumField())
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, key{name: name, index: i, required: !strings.Contains(options, "omitempty")})
	}
	return keys
}

func (l keyList) find(name string) (key, bool) {
	for _, k := range l {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

func (l keyList) names() []string {
	names := make([]string, len(l))
	for i, k := range l {
		names[i] = k.name
	}
	return names
}

func joinPath(path, name string) string {
	if path == "" {
		return clip(name)
	}
	return path + "." + clip(name)
}

// clip shortens what an error message quotes.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// problems gathers everything that is wrong with a policy, so that its author
// mends it in one go.
type problems struct {
	list    []error
	dropped int
}

// add notes a problem at the path, with a hint or "".
func (p *problems) add(hint, path, format string, args ...any) {
	p.because(nil, hint, path, format, args...)
}

// because is add with a cause.
func (p *problems) because(cause error, hint, path, format string, args ...any) {
	if len(p.list) >= maxProblems {
		p.dropped++
		return
	}
	e := remit.FieldErrorf(path, format, args...)
	e.Hint, e.Cause = hint, cause
	p.list = append(p.list, e)
}

// join returns the problems as one error, nil if there are none.
func (p *problems) join() error {
	if p.dropped > 0 {
		return errors.Join(append(p.list, remit.Errorf(remit.KindInvalid, "and %d more problems", p.dropped))...)
	}
	return errors.Join(p.list...)
}
