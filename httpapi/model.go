package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/policies"
)

func (a *API) modelRoutes() []route {
	const base = "/api/model"
	return []route{
		{
			method: http.MethodGet, path: base, id: "getModel", tag: "policy", summary: "Every collection and field with its tags",
			handler: a.model, status: http.StatusOK, answer: policies.Model{},
		},
		{
			method: http.MethodPatch, path: base + "/{collection}/fields/{field}", id: "changeField", tag: "policy", summary: "Change what is said of a field: its tags, its title",
			description: "What AI may use changes with a field's sensitivity: ask POST /api/model/diff before.",
			handler:     a.modelChange, query: []string{"data_source"}, body: fieldChangeBody{}, status: http.StatusOK, answer: policies.FieldChanged{},
		},
		{
			method: http.MethodPost, path: base + "/diff", id: "diffModel", tag: "policy", summary: "Say what changes to fields would change, and for whom",
			handler: a.modelDiff, body: modelDiffBody{}, status: http.StatusOK, answer: policies.Diff{},
		},
		{
			method: http.MethodGet, path: base + "/suggestions", id: "fieldSuggestions", tag: "policy", summary: "Fields that look more sensitive than they are tagged",
			handler: a.modelSuggestions, status: http.StatusOK, answer: suggestionsAnswer{},
		},
	}
}

// FieldTags is what may be said of a field. It is exported so that the document
// shows it where it is embedded.
type FieldTags struct {
	Sensitivity string `json:"sensitivity,omitempty" enum:"public,internal,confidential,restricted"`
	Personal    bool   `json:"personal,omitempty"`
	Critical    bool   `json:"critical,omitempty"`
	Title       string `json:"title,omitempty" maxLength:"100"`
	Description string `json:"description,omitempty" maxLength:"1000"`
}

type fieldChangeBody struct {
	FieldTags
	Epoch int64 `json:"epoch,omitempty" doc:"As you read the model: then a change of somebody else's is a conflict."`
}

type fieldInModel struct {
	DataSource string `json:"data_source,omitempty" default:"main"`
	Collection string `json:"collection"`
	Field      string `json:"field"`
	FieldTags
}

type modelDiffBody struct {
	Changes []fieldInModel `json:"changes" nullable:"false" minItems:"1"`
	Counts  bool           `json:"counts,omitempty" doc:"Count records, which takes longer."`
	After   remit.ID       `json:"after,omitempty" doc:"next of the answer before."`
}

type suggestionsAnswer struct {
	Suggestions []policies.Suggestion `json:"suggestions" nullable:"false"`
}

var tagNames = []string{"sensitivity", "personal", "critical", "title", "description"}

// readTag reads one member of a change to a field.
func readTag(c *policies.FieldChange, name string, v input.Value) error {
	if v.IsNull() {
		return remit.FieldErrorf(v.Path, "must not be null: leave it out to keep what is there")
	}
	switch name {
	case "sensitivity":
		text, err := v.Text()
		if err != nil {
			return err
		}
		level, err := remit.ParseSensitivity(text)
		if err != nil || level == remit.Untagged {
			return remit.FieldErrorf(v.Path, "use public, internal, confidential or restricted")
		}
		c.Sensitivity = &level
	case "personal":
		yes, err := v.Bool()
		c.Personal = &yes
		return err
	case "critical":
		yes, err := v.Bool()
		c.Critical = &yes
		return err
	case "title":
		text, err := v.Text()
		c.Title = &text
		return err
	case "description":
		text, err := v.Text()
		c.Description = &text
		return err
	}
	return nil
}

func (a *API) model(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	model, err := a.options.Policies.Model(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, model)
}

func (a *API) modelChange(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "data_source")
	if err != nil {
		return err
	}
	c := policies.FieldChange{Source: v["data_source"], Collection: r.PathValue("collection"), Field: r.PathValue("field")}
	var epoch int
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	object, err := input.Parse(body)
	if err != nil {
		return err
	}
	err = object.Members(append([]string{"epoch"}, tagNames...), func(name string, v input.Value) error {
		if name != "epoch" {
			return readTag(&c, name, v)
		}
		n, err := v.Int()
		if n != nil {
			epoch = *n
		}
		return err
	})
	if err != nil {
		return err
	}
	changed, err := a.options.Policies.ChangeField(r.Context(), actor, c, int64(epoch))
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, changed)
}

func (a *API) modelDiff(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var changes []policies.FieldChange
	o := policies.DiffOptions{Within: diffPatience}
	err := members(w, r, []string{"changes", "counts", "after"}, func(name string, v input.Value) (err error) {
		switch name {
		case "changes":
			changes, err = readFieldChanges(v)
		case "counts":
			o.Counts, err = v.Bool()
		case "after":
			o.After, err = id(v)
		}
		return err
	})
	if err == nil && len(changes) == 0 {
		err = remit.FieldErrorf("changes", "name the fields to be changed")
	}
	if err != nil {
		return err
	}
	diff, err := a.options.Policies.DiffModel(r.Context(), actor, changes, o)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, diff)
}

func readFieldChanges(list input.Value) (changes []policies.FieldChange, err error) {
	known := append([]string{"data_source", "collection", "field"}, tagNames...)
	err = list.Elements(func(_ int, element input.Value) error {
		var c policies.FieldChange
		err := element.Members(known, func(name string, v input.Value) (err error) {
			switch name {
			case "data_source":
				c.Source, err = v.Text()
			case "collection":
				c.Collection, err = v.Text()
			case "field":
				c.Field, err = v.Text()
			default:
				err = readTag(&c, name, v)
			}
			return err
		})
		changes = append(changes, c)
		return err
	})
	return changes, err
}

func (a *API) modelSuggestions(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	found, err := a.options.Policies.Suggestions(r.Context(), actor)
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, suggestionsAnswer{found})
}
