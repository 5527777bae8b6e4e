package importing

import (
	"context"
	"io"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// previewRows is how many lines of a file a preview shows.
const previewRows = 20

// Preview tells what is in a file and where its columns would go, before anything
// is imported.
type Preview struct {
	Collection string          `json:"collection"`
	Separator  string          `json:"separator" doc:"What stands between two cells: a comma, a semicolon or a tab."`
	Lines      int             `json:"lines" doc:"Of data, without the header."`
	Columns    []PreviewColumn `json:"columns" nullable:"false"`
	Rows       [][]string      `json:"rows" nullable:"false" doc:"The first lines, cell by cell."`
	Fields     []string        `json:"fields" nullable:"false" doc:"The fields that you may set, to which a column can go."`
	Keys       []string        `json:"keys" nullable:"false" doc:"Of these the ones by which a record can be recognised."`
	Problems   []LineProblem   `json:"problems" nullable:"false" doc:"Cells that an import would refuse where columns go by their names, 20 at most. What relations name, and files of people, are looked at by an import that is tried."`
	More       int             `json:"more_problems,omitempty" doc:"Further ones that are not listed."`
}

// PreviewColumn is a column of the file.
type PreviewColumn struct {
	Column string          `json:"column"`
	Field  string          `json:"field,omitempty" doc:"Where it goes by its name; absent if no field is called so."`
	Type   remit.FieldType `json:"type" doc:"What its values look like."`
	Empty  int             `json:"empty" doc:"How many of its cells are empty."`
}

// Preview reads the file without importing it. The actor needs what an import
// needs, apart from the grants on single records.
func (im *Importer) Preview(ctx context.Context, actor remit.Actor, file io.Reader, source, collection string) (*Preview, error) {
	p, err := im.preview(ctx, actor, file, source, collection)
	if err != nil {
		return nil, im.lens.Refuse(ctx, actor, string(lens.OpImport), source, collection, err)
	}
	return p, nil
}

func (im *Importer) preview(ctx context.Context, actor remit.Actor, file io.Reader, source, collection string) (*Preview, error) {
	if _, err := im.resolver.Require(ctx, actor, policy.ImportData); err != nil {
		return nil, err
	}
	info, err := im.describe(ctx, actor, source, collection)
	if err != nil {
		return nil, err
	}
	t, err := readTable(file)
	if err != nil {
		return nil, err
	}
	p := &Preview{
		Collection: info.Name, Separator: string(t.separator), Lines: len(t.rows),
		Columns: make([]PreviewColumn, len(t.header)), Rows: [][]string{},
	}
	p.Rows = append(p.Rows, t.rows[:min(previewRows, len(t.rows))]...)
	p.Fields, p.Keys = writable(info)
	taken := map[string]bool{}
	var goes []target
	for i, name := range t.header {
		kind, empty := t.infer(i)
		p.Columns[i] = PreviewColumn{Column: name, Type: kind, Empty: empty}
		f := matching(info, name)
		if f != nil && slices.Contains(p.Fields, f.Name) && !taken[f.Name] {
			taken[f.Name], p.Columns[i].Field = true, f.Name
			goes = append(goes, target{i, f})
		}
	}
	wrong := &problems{list: []LineProblem{}}
	if collection != People { // whose directory has bounds of its own
		t.refuse(goes, wrong)
	}
	p.Problems, p.More = wrong.list, wrong.more
	return p, nil
}

// refuse collects the cells that an import would refuse by themselves, in its words.
func (t *table) refuse(goes []target, wrong *problems) {
	for i, row := range t.rows {
		for _, g := range goes {
			if g.field.Type == remit.Relation {
				continue
			}
			if _, err := plain(g.field, row[g.column]); err != nil {
				wrong.add(t.lines[i], t.header[g.column], remit.PublicText(err))
			}
		}
	}
}

// describe returns what a file may hold.
func (im *Importer) describe(ctx context.Context, actor remit.Actor, source, collection string) (*lens.CollectionInfo, error) {
	if collection != People {
		return im.lens.Describe(ctx, actor, source, collection)
	}
	_, err := im.resolver.Require(ctx, actor, policy.ManagePeople)
	return peopleInfo(), err
}

// writable returns the fields that the actor may set on some record, and those of
// them that are texts.
func writable(info *lens.CollectionInfo) (fields, keys []string) {
	fields, keys = []string{}, []string{}
	for _, f := range info.Fields {
		if !f.Creatable && !f.Updatable {
			continue
		}
		fields = append(fields, f.Name)
		if f.Type == remit.Text && f.Format != "long" {
			keys = append(keys, f.Name)
		}
	}
	return fields, keys
}
