package policy

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
)

func parsedSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// The schema says of each type just what the Go type says: the same keys, the
// same required ones, nothing beside them, each of the same kind.
func TestSchemaFitsTypes(t *testing.T) {
	s := parsedSchema(t)
	for _, of := range []any{Scope{}, Role{}, Grant{}, Employee{}, Remit{}, Task{}, Constraints{}, CollectionConstraint{}, Tool{}, ToolRule{}, Input{}} {
		typ := reflect.TypeOf(of)
		def := s.Defs[typ.Name()]
		if def == nil {
			t.Errorf("no definition of %s", typ.Name())
			continue
		}
		fitsStruct(t, s, typ, def)
	}
	fitsStruct(t, s, reflect.TypeOf(Document{}), s)
}

func fitsStruct(t *testing.T, root *jsonschema.Schema, typ reflect.Type, def *jsonschema.Schema) {
	t.Helper()
	var keys, required []string
	for _, k := range keysOf(typ) {
		keys = append(keys, k.name)
		if k.required {
			required = append(required, k.name)
		}
		field := typ.Field(k.index)
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != k.name {
			t.Errorf("%s.%s: json %q and yaml %q", typ.Name(), field.Name, name, k.name)
		}
		if def.Properties[k.name] == nil {
			t.Errorf("%s has no property %s", typ.Name(), k.name)
			continue
		}
		fitsKind(t, root, typ.Name()+"."+k.name, field.Type, def.Properties[k.name])
	}
	if len(def.Properties) != len(keys) {
		t.Errorf("%s has %d properties, the Go type %d", typ.Name(), len(def.Properties), len(keys))
	}
	if !slices.Equal(sortedSet(slices.Clone(def.Required)), sortedSet(required)) {
		t.Errorf("%s requires %v, the Go type %v", typ.Name(), def.Required, required)
	}
	if extra := def.AdditionalProperties; extra == nil || extra.Not == nil {
		t.Errorf("%s allows additional properties", typ.Name())
	}
}

func fitsKind(t *testing.T, root *jsonschema.Schema, path string, typ reflect.Type, p *jsonschema.Schema) {
	t.Helper()
	target := p
	if p.Ref != "" {
		target = root.Defs[strings.TrimPrefix(p.Ref, "#/$defs/")]
	}
	want := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Slice: "array", reflect.Struct: "object"}[typ.Kind()]
	switch typ {
	case reflect.TypeFor[time.Time]():
		want = "string"
	case reflect.TypeFor[remit.Sensitivity]():
		want = "string"
	}
	switch {
	case target == nil:
		t.Errorf("%s: nothing at %s", path, p.Ref)
	case target.Enum != nil && want == "string":
	case target.Type != want:
		t.Errorf("%s is %q in the schema and %q in Go", path, target.Type, want)
	case typ.Kind() == reflect.Struct && typ != reflect.TypeFor[time.Time]() && p.Ref != "#/$defs/"+typ.Name():
		t.Errorf("%s refers to %q", path, p.Ref)
	case typ.Kind() == reflect.Slice:
		fitsKind(t, root, path+"[]", typ.Elem(), target.Items)
	}
}

func TestSchemaEnums(t *testing.T) {
	s := parsedSchema(t)
	names := func(def *jsonschema.Schema) (all []string) {
		for _, v := range def.Enum {
			all = append(all, v.(string))
		}
		return all
	}
	var actions, levels, types []string
	for _, a := range Actions {
		actions = append(actions, string(a))
	}
	for l := remit.Untagged; l <= remit.Restricted; l++ {
		levels = append(levels, l.String())
	}
	for _, each := range inputTypes {
		types = append(types, string(each))
	}
	for name, want := range map[string][]string{"Action": actions, "Sensitivity": levels, "Capability": Capabilities} {
		if got := names(s.Defs[name]); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := names(s.Defs["Input"].Properties["type"]); !slices.Equal(got, types) {
		t.Errorf("input types: %v, want %v", got, types)
	}
	for def, form := range map[*jsonschema.Schema]string{
		s.Defs["key"]: keyForm, s.Defs["toolName"]: toolForm, s.Defs["Input"].Properties["name"]: inputForm,
		s.Defs["Task"].Properties["places"].Items: placeForm,
	} {
		if def.Pattern != form {
			t.Errorf("pattern %s, want %s", def.Pattern, form)
		}
	}
}

// What compiles satisfies the schema, read as JSON.
func TestSchemaAcceptsWhatCompiles(t *testing.T) {
	resolved, err := parsedSchema(t).Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	validate := func(d *Document) error {
		text, err := json.Marshal(d)
		if err != nil {
			return err
		}
		var instance any
		if err := json.Unmarshal(text, &instance); err != nil {
			return err
		}
		return resolved.Validate(instance)
	}
	if err := validate(sound()); err != nil {
		t.Error(err)
	}
	broken := sound()
	broken.Roles[0].Grants[0].Actions[0] = "veiw"
	if validate(broken) == nil {
		t.Error("an unknown action is accepted")
	}
	rapid.Check(t, func(t *rapid.T) {
		if err := validate(validDocument(t)); err != nil {
			t.Fatal(err)
		}
	})
}
