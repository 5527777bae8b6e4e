package policies

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/policy"
)

// ReadDocument reads a policy from its JSON form, as [policy.Parse] reads it from
// YAML: strictly, because a slip in a policy is a leak. The error joins one
// [remit.Error] for each problem, with its path into the document, such as
// "roles[2].grants[0].scope". A member that is null counts as left out.
//
// Names are checked by [policy.Compile].
func ReadDocument(v input.Value) (*policy.Document, error) {
	d := &policy.Document{}
	if v.IsNull() {
		return nil, remit.FieldErrorf(v.Path, "send the policy document, an object")
	}
	r := &reader{root: v.Path}
	r.read(v, reflect.ValueOf(d).Elem())
	return d, errors.Join(r.problems...)
}

// reader fills Go values from JSON by the json tags of their types, going on
// after a problem.
type reader struct {
	root     string // path of the document, which is cut off in problems
	problems []error
}

// mostProblems bounds how many problems are reported at once.
const mostProblems = 100

func (r *reader) fail(err error) {
	if err == nil || len(r.problems) >= mostProblems {
		return
	}
	var e *remit.Error
	if errors.As(err, &e) {
		e.Field = strings.TrimPrefix(strings.TrimPrefix(e.Field, r.root), ".")
	}
	r.problems = append(r.problems, err)
}

func (r *reader) read(v input.Value, into reflect.Value) {
	if v.IsNull() {
		return
	}
	switch target := into.Addr().Interface().(type) {
	case *time.Time:
		r.readTime(v, target)
		return
	case encoding.TextUnmarshaler:
		r.readText(v, target)
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		r.readStruct(v, into)
	case reflect.Slice:
		r.readSlice(v, into)
	case reflect.String:
		text, err := v.Text()
		r.fail(err)
		into.SetString(text)
	case reflect.Bool:
		yes, err := v.Bool()
		r.fail(err)
		into.SetBool(yes)
	case reflect.Int:
		r.readInt(v, into)
	default:
		r.fail(fmt.Errorf("policies: values of type %s cannot be read", into.Type()))
	}
}

func (r *reader) readStruct(v input.Value, into reflect.Value) {
	fields := map[string]int{}
	var known []string
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		fields[name] = i
		known = append(known, name)
	}
	// Without known names nothing is refused, so that reading goes on.
	r.fail(v.Members(nil, func(name string, member input.Value) error {
		i, ok := fields[name]
		if !ok {
			e := remit.FieldErrorf(member.Path, "there is no such property here")
			if e.Hint = remit.DidYouMean(name, known); e.Hint == "" {
				e.Hint = "known are: " + strings.Join(known, ", ")
			}
			r.fail(e)
			return nil
		}
		r.read(member, into.Field(i))
		return nil
	}))
}

func (r *reader) readSlice(v input.Value, into reflect.Value) {
	r.fail(v.Elements(func(i int, element input.Value) error {
		into.Set(reflect.Append(into, reflect.New(into.Type().Elem()).Elem()))
		if element.IsNull() {
			r.fail(remit.FieldErrorf(element.Path, "must not be null"))
			return nil
		}
		r.read(element, into.Index(i))
		return nil
	}))
}

func (r *reader) readInt(v input.Value, into reflect.Value) {
	n, err := v.Int()
	switch {
	case err != nil:
		r.fail(err)
	case *n > 1<<31-1 || *n < -1<<31:
		r.fail(remit.FieldErrorf(v.Path, "must be a whole number below 2,147,483,648"))
	default:
		into.SetInt(int64(*n))
	}
}

func (r *reader) readTime(v input.Value, t *time.Time) {
	text, err := v.Text()
	if err != nil {
		r.fail(err)
		return
	}
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		r.fail(remit.FieldErrorf(v.Path, "must be an instant such as 2026-12-31T18:00:00Z (RFC 3339)"))
		return
	}
	*t = parsed.UTC()
}

func (r *reader) readText(v input.Value, into encoding.TextUnmarshaler) {
	text, err := v.Text()
	if err == nil {
		err = into.UnmarshalText([]byte(text))
	}
	var e *remit.Error
	if errors.As(err, &e) {
		err = remit.FieldErrorf(v.Path, "%s", e.Message)
		if e.Field != "" {
			err = e // it has its place
		}
	}
	r.fail(err)
}
