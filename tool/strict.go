package tool

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/remit-crm/remit"
)

// strict refuses what encoding/json alone lets pass: a name that comes twice in one
// object, of which the last would count, and a name of ours in another case. Names
// within a filter and within values are the lens's to judge.
func strict(arguments json.RawMessage) error {
	dec := json.NewDecoder(bytes.NewReader(arguments))
	dec.UseNumber()
	err := strictValue(dec, "", false)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// maxDepth bounds the nesting of a call's arguments.
const maxDepth = 64

func strictValue(dec *json.Decoder, path string, theirs bool) error {
	if strings.Count(path, ".")+strings.Count(path, "[") > maxDepth {
		return remit.FieldErrorf(path[:min(len(path), 60)], "the arguments are nested more than %d deep", maxDepth)
	}
	t, err := dec.Token()
	if err != nil {
		return notWellFormed(err)
	}
	switch t {
	case json.Delim('{'):
		return strictObject(dec, path, theirs)
	case json.Delim('['):
		for dec.More() {
			if err := strictValue(dec, path+"[]", theirs); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return notWellFormed(err)
	}
	return nil
}

func strictObject(dec *json.Decoder, path string, theirs bool) error {
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return notWellFormed(err)
		}
		name, _ := t.(string)
		at := strings.TrimPrefix(path+"."+name, ".")
		if seen[name] {
			return remit.FieldErrorf(at, "comes twice: say it once")
		}
		seen[name] = true
		if !theirs && name != strings.ToLower(name) {
			return remit.FieldErrorf(at, "is not a name that is known here; names are in lower case")
		}
		if err := strictValue(dec, at, theirs || name == "filter" || name == "values"); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return notWellFormed(err)
}

func notWellFormed(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return notAnObject(err)
}
