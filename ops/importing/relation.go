package importing

import (
	"context"
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// relationKey is what a relation's cell named.
type relationKey struct{ collection, text string }

// naturalKeys are the fields by which people name a record of a collection, in the
// order in which they are tried. An id always names its record.
func naturalKeys(collection string) []string {
	switch collection {
	case "people":
		return []string{"email", "name"}
	case "departments":
		return []string{"name"}
	case "products":
		return []string{"external_ref", "code", "name"}
	case "quotes", "orders":
		return []string{"external_ref", "number"}
	case "contacts", "leads":
		return []string{"external_ref", "email", "name"}
	case "activities":
		return []string{"external_ref", "subject"}
	}
	return []string{"external_ref", "name"}
}

// related returns the record that a relation's cell names.
func (r *recordRun) related(ctx context.Context, f *remit.Field, text string) (remit.ID, error) {
	key := relationKey{f.Target, text}
	if id, ok := r.known[key]; ok {
		return id, nil
	}
	id, err := r.find(ctx, f.Target, text)
	if err == nil && id == "" {
		id, err = r.missing(ctx, f, text)
	}
	if err != nil {
		return "", err
	}
	r.known[key] = id
	return id, nil
}

func (r *recordRun) find(ctx context.Context, collection, text string) (remit.ID, error) {
	if remit.ID(text).Valid() {
		if ids, err := r.batch.Find(ctx, collection, remit.IDField, text); err != nil || len(ids) == 1 {
			return firstOf(ids), err
		}
	}
	for _, field := range naturalKeys(collection) {
		ids, err := r.batch.Find(ctx, collection, field, text)
		switch {
		case remit.KindOf(err) == remit.KindInvalid && err != nil:
			continue // a key that the actor does not know of
		case err != nil:
			return "", err
		case len(ids) > 1:
			return "", remit.Errorf(remit.KindInvalid, "several %s have the %s %q: use the id", collection, field, text)
		case len(ids) == 1:
			return ids[0], nil
		}
	}
	return "", nil
}

func firstOf(ids []remit.ID) remit.ID {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// missing creates what is not there, if it may.
func (r *recordRun) missing(ctx context.Context, f *remit.Field, text string) (remit.ID, error) {
	if f.Target == "people" || f.Target == "departments" {
		return "", remit.Errorf(remit.KindInvalid, "there is no %s called %q: import people first", singular(f.Target), text)
	}
	if !r.options.CreateMissing {
		return "", remit.Errorf(remit.KindInvalid, "there is no %s called %q: import it first, or use --create-missing", singular(f.Target), text)
	}
	keys := naturalKeys(f.Target)
	name, err := json.Marshal(text)
	if err != nil {
		return "", remit.Errorf(remit.KindInternal, "encoding a name: %w", err)
	}
	id, err := r.batch.CreateIn(ctx, f.Target, lens.Change{Values: map[string]json.RawMessage{keys[len(keys)-1]: name}})
	if err == nil {
		r.report.Related[f.Target]++
	}
	return id, err
}

func singular(collection string) string {
	switch collection {
	case "people":
		return "person"
	case "activities":
		return "activity"
	case "opportunities":
		return "opportunity"
	}
	return collection[:len(collection)-1]
}
