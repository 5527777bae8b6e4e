package input

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// Decode fills the struct that target points to by the json tags of its type, as
// strictly as everything here is read. A member that is null counts as left out. It
// goes on after a problem: the error joins one [remit.Error] for each, with the path
// from v on, such as "roles[2].grants[0].scope".
func (v Value) Decode(target any) error {
	r := &reader{root: v.Path}
	if v.IsNull() {
		return v.wrong("an object")
	}
	r.read(v, reflect.ValueOf(target).Elem())
	return errors.Join(r.problems...)
}

// reader fills Go values from JSON.
type reader struct {
	root     string // path of the whole, which is cut off in problems
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

func (r *reader) read(v Value, into reflect.Value) {
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
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		r.read(v, into.Elem())
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
	case reflect.Int, reflect.Int64:
		r.readInt(v, into)
	default:
		r.fail(fmt.Errorf("input: values of type %s cannot be read", into.Type()))
	}
}

func (r *reader) readStruct(v Value, into reflect.Value) {
	fields := map[string][]int{}
	var known []string
	for _, f := range reflect.VisibleFields(into.Type()) { // those of embedded structs too
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); !f.Anonymous {
			fields[name] = f.Index
			known = append(known, name)
		}
	}
	// Without known names nothing is refused, so that reading goes on.
	r.fail(v.Members(nil, func(name string, member Value) error {
		i, ok := fields[name]
		if !ok {
			e := remit.FieldErrorf(member.Path, "there is no such property here")
			if e.Hint = remit.DidYouMean(name, known); e.Hint == "" {
				e.Hint = "known are: " + strings.Join(known, ", ")
			}
			r.fail(e)
			return nil
		}
		r.read(member, into.FieldByIndex(i))
		return nil
	}))
}

func (r *reader) readSlice(v Value, into reflect.Value) {
	r.fail(v.Elements(func(i int, element Value) error {
		into.Set(reflect.Append(into, reflect.New(into.Type().Elem()).Elem()))
		if element.IsNull() {
			r.fail(remit.FieldErrorf(element.Path, "must not be null"))
			return nil
		}
		r.read(element, into.Index(i))
		return nil
	}))
}

func (r *reader) readInt(v Value, into reflect.Value) {
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

func (r *reader) readTime(v Value, t *time.Time) {
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

func (r *reader) readText(v Value, into encoding.TextUnmarshaler) {
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
