package policy

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// The forms of names, and the longest one.
const (
	keyForm   = `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
	toolForm  = `^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`
	inputForm = `^[a-z][a-z0-9]*(_[a-z0-9]+)*$`
	placeForm = `^[a-z0-9_-]+(/[a-z0-9_-]+)*$` // in the schema alone: places are looked up
	maxName   = 64
)

// compiler checks a document and builds the policy of it. It goes on after a
// problem, so that all of them are reported; what is wrong compiles to nothing.
type compiler struct {
	doc      *Document
	model    *remit.Model
	env      *scope.Env
	policy   *Policy
	scopes   map[scopeKey]*rowScope
	names    map[string][]string // known names by noun, for hints
	forms    map[string]*regexp.Regexp
	builtins map[string]builtinTool
	inputsOf map[string]map[string]remit.FieldType // by tool
	problems problems
}

// scopeKey names a scope: each collection has scopes of its own.
type scopeKey struct {
	collection *remit.Collection
	name       string
}

func newCompiler(doc *Document, model *remit.Model, env *scope.Env) *compiler {
	c := &compiler{
		doc: doc, model: model, env: env,
		policy: &Policy{
			document: doc, model: model, env: env,
			roles:     make(map[string]*role, len(doc.Roles)),
			employees: make(map[string]*employee, len(doc.Employees)+1),
			tasks:     make(map[string]*task, len(doc.Tasks)),
			tools:     make(map[string]*tool, len(doc.Tools)),
		},
		scopes:   make(map[scopeKey]*rowScope, len(doc.Scopes)),
		names:    make(map[string][]string),
		forms:    map[string]*regexp.Regexp{},
		builtins: builtinTools(),
		inputsOf: map[string]map[string]remit.FieldType{},
	}
	for _, form := range []string{keyForm, toolForm, inputForm} {
		c.forms[form] = regexp.MustCompile(form)
	}
	c.collectNames()
	c.checkTexts(reflect.ValueOf(doc).Elem(), "")
	return c
}

// collectNames gathers every name that may be referred to, before anything that
// refers to it is checked.
func (c *compiler) collectNames() {
	for _, r := range c.doc.Roles {
		c.names["role"] = append(c.names["role"], r.Name)
	}
	for _, e := range c.doc.Employees {
		c.names["AI employee"] = append(c.names["AI employee"], e.Name)
	}
	tools := slices.Collect(maps.Keys(c.builtins))
	for _, t := range c.doc.Tools {
		tools = append(tools, t.Name)
	}
	c.names["tool"] = tools
	c.names["capability"] = Capabilities
	for noun := range c.names {
		c.names[noun] = sortedSet(slices.Clone(c.names[noun]))
	}
}

func (c *compiler) problem(path, format string, args ...any) {
	c.problems.add("", path, format, args...)
}

// unknown reports a name that is none of the known ones.
func (c *compiler) unknown(path, name string, known []string, format string, args ...any) {
	c.problems.add(remit.DidYouMean(name, known), path, format, args...)
}

// checkTexts refuses texts that a YAML file or a database cannot hold.
func (c *compiler) checkTexts(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) || strings.ContainsRune(v.String(), 0) {
			c.problem(path, "the text is not valid UTF-8 or holds a NUL character")
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.checkTexts(v.Index(i), at(path, i))
		}
	case reflect.Struct:
		for _, k := range keysOf(v.Type()) {
			if k.name != "" { // of another package's struct: a time
				c.checkTexts(v.Field(k.index), joinPath(path, k.name))
			}
		}
	default:
	}
}

// checkName checks the form of a name and that no other thing of the kind has
// it.
func (c *compiler) checkName(path, noun, name, form string, taken bool) {
	switch {
	case name == "":
		c.problem(path, "the %s has no name", noun)
	case len(name) > maxName:
		c.problem(path, "the name has more than %d characters", maxName)
	case !c.forms[form].MatchString(name):
		joint := map[string]string{keyForm: `"-"`, toolForm: `"_" or "-"`, inputForm: `"_"`}[form]
		c.problem(path, "%q is not a name: use lower-case words joined by %s", clip(name), joint)
	case taken:
		c.problem(path, "there are two of the %s %q", noun, name)
	}
}

// checkReferences checks that each name is a known one of the noun, and named
// once.
func (c *compiler) checkReferences(path, noun string, names []string) {
	for i, name := range names {
		known := c.names[noun]
		if _, found := slices.BinarySearch(known, name); !found {
			c.unknown(at(path, i), name, known, "unknown %s %q", noun, clip(name))
		}
	}
	c.checkOnce(path, names)
}

func (c *compiler) checkOnce(path string, names []string) {
	seen := make(set, len(names))
	for i, name := range names {
		if seen[name] {
			c.problem(at(path, i), "%q is named twice", clip(name))
		}
		seen[name] = true
	}
}

// checkCount refuses negative bounds: as "no bound" they would widen.
func (c *compiler) checkCount(path string, n int) {
	if n < 0 {
		c.problem(path, "must not be negative; 0 is no bound of its own")
	}
}

// collection returns the collection of that name, nil after a problem.
func (c *compiler) collection(path, source, name string) *remit.Collection {
	found := c.model.Collection(source, name)
	if found != nil {
		return found
	}
	if source == "" {
		source = remit.MainSource
	}
	var known, sources []string
	for _, each := range c.model.Collections {
		sources = append(sources, each.Source)
		if each.Source == source {
			known = append(known, each.Name)
		}
	}
	if known == nil {
		c.unknown(joinPath(path, "data_source"), source, sources, "unknown data source %q", clip(source))
		return nil
	}
	c.unknown(joinPath(path, "collection"), name, known, "unknown collection %q", clip(name))
	return nil
}

// fields returns which of the collection's fields are named.
func (c *compiler) fields(path string, of *remit.Collection, names []string) []bool {
	if len(names) == 1 && names[0] == AllFields {
		return everyField(of)
	}
	c.checkOnce(path, names)
	named := make([]bool, len(of.Fields))
	for i, name := range names {
		index := of.FieldIndex(name)
		switch {
		case index >= 0:
			named[index] = true
		case name == AllFields:
			c.problem(at(path, i), "%q stands for every field and must be the only entry", AllFields)
		case name == remit.IDField:
			c.problem(at(path, i), "the id is known wherever any field is: leave it out")
		default:
			c.unknown(at(path, i), name, fieldNames(of), "%s has no field %q", of.Name, clip(name))
		}
	}
	return named
}

func fieldNames(c *remit.Collection) []string {
	names := make([]string, len(c.Fields))
	for i := range c.Fields {
		names[i] = c.Fields[i].Name
	}
	return names
}

// condition compiles the condition of a task or a tool; nil is true.
func (c *compiler) condition(path, expression string, inputs map[string]remit.FieldType) *scope.Condition {
	if expression == "" {
		return nil
	}
	compiled, err := c.env.CompileCondition(expression, inputs)
	if err != nil {
		c.wrap(path, err)
	}
	return compiled
}

// wrap reports what the scope language says of an expression, at the path of the
// expression.
func (c *compiler) wrap(path string, err error) {
	var e *remit.Error
	if !errors.As(err, &e) {
		c.problem(path, "%s", err)
		return
	}
	message := e.Message
	if e.Field != "" && e.Field != "expression" {
		message = e.Field + ": " + message
	}
	c.problems.because(e.Cause, e.Hint, path, "%s", message) // the cause is the place within the expression
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
