package records

import (
	"encoding/json"

	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/input"
)

// The names that each input knows, beside which nothing is accepted.
var (
	queryNames     = []string{"data_source", "fields", "filter", "sort", "limit", "cursor", "versions", "total"}
	countNames     = []string{"data_source", "filter"}
	aggregateNames = []string{"data_source", "measures", "dimensions", "filter", "sort", "limit"}
	measureNames   = []string{"fn", "field", "filter", "as"}
	dimensionNames = []string{"field", "bucket", "as"}
	searchNames    = []string{"text", "limit"}
	exportNames    = []string{"data_source", "fields", "filter", "sort", "format"}
	createNames    = []string{"data_source", "values"}
	updateNames    = []string{"data_source", "values", "version"}
)

// ParseQuery reads the JSON form of a query of the collection:
//
//	{"fields":["name"], "filter":{…}, "sort":["-amount"], "limit":20, "cursor":"…",
//	 "versions":true, "total":true, "data_source":"main"}
func ParseQuery(collection string, body []byte) (lens.Query, error) {
	q := lens.Query{Collection: collection}
	err := members(body, queryNames, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			q.Source, err = v.Text()
		case "fields":
			q.Fields, err = v.Texts()
		case "filter":
			q.Filter = v.Raw()
		case "sort":
			q.Sort, err = v.Texts()
		case "limit":
			q.Limit, err = v.Int()
		case "cursor":
			q.Cursor, err = v.Text()
		case "versions":
			q.Versions, err = v.Bool()
		case "total":
			q.Total, err = v.Bool()
		}
		return err
	})
	return q, err
}

// ParseCount reads {"filter":{…}, "data_source":"main"}.
func ParseCount(collection string, body []byte) (lens.CountQuery, error) {
	q := lens.CountQuery{Collection: collection}
	err := members(body, countNames, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			q.Source, err = v.Text()
		case "filter":
			q.Filter = v.Raw()
		}
		return err
	})
	return q, err
}

// ParseAggregate reads {"measures":[…], "dimensions":[…], "filter":{…},
// "sort":[…], "limit":50, "data_source":"main"}.
func ParseAggregate(collection string, body []byte) (lens.AggregateQuery, error) {
	q := lens.AggregateQuery{Collection: collection}
	err := members(body, aggregateNames, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			q.Source, err = v.Text()
		case "measures":
			q.Measures, err = measures(v)
		case "dimensions":
			q.Dimensions, err = dimensions(v)
		case "filter":
			q.Filter = v.Raw()
		case "sort":
			q.Sort, err = v.Texts()
		case "limit":
			q.Limit, err = v.Int()
		}
		return err
	})
	return q, err
}

// ParseMeasures reads the JSON form of measures: [{"fn":"sum","field":"amount"}].
func ParseMeasures(text []byte) ([]lens.Measure, error) {
	v, err := input.Parse(text)
	if err != nil {
		return nil, err
	}
	return measures(v)
}

// ParseDimensions reads the JSON form of dimensions: [{"field":"stage"}].
func ParseDimensions(text []byte) ([]lens.Dimension, error) {
	v, err := input.Parse(text)
	if err != nil {
		return nil, err
	}
	return dimensions(v)
}

func measures(list input.Value) ([]lens.Measure, error) {
	var all []lens.Measure
	err := list.Elements(func(_ int, element input.Value) error {
		var m lens.Measure
		err := element.Members(measureNames, func(name string, v input.Value) (err error) {
			switch name {
			case "fn":
				m.Fn, err = v.Text()
			case "field":
				m.Field, err = v.Text()
			case "filter":
				m.Filter = v.Raw()
			case "as":
				m.As, err = v.Text()
			}
			return err
		})
		all = append(all, m)
		return err
	})
	return all, err
}

func dimensions(list input.Value) ([]lens.Dimension, error) {
	var all []lens.Dimension
	err := list.Elements(func(_ int, element input.Value) error {
		var d lens.Dimension
		err := element.Members(dimensionNames, func(name string, v input.Value) (err error) {
			switch name {
			case "field":
				d.Field, err = v.Text()
			case "bucket":
				d.Bucket, err = v.Text()
			case "as":
				d.As, err = v.Text()
			}
			return err
		})
		all = append(all, d)
		return err
	})
	return all, err
}

// ParseSearch reads {"text":"…", "limit":10} for a search within the collection.
func ParseSearch(collection string, body []byte) (lens.SearchQuery, error) {
	q := lens.SearchQuery{Collections: []string{collection}}
	err := members(body, searchNames, func(name string, v input.Value) (err error) {
		switch name {
		case "text":
			q.Text, err = v.Text()
		case "limit":
			q.Limit, err = v.Int()
		}
		return err
	})
	return q, err
}

// ParseExport reads {"fields":[…], "filter":{…}, "sort":[…], "format":"csv",
// "data_source":"main"}. The format is csv unless said otherwise.
func ParseExport(collection string, body []byte) (lens.ExportQuery, error) {
	q := lens.ExportQuery{Collection: collection}
	err := members(body, exportNames, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			q.Source, err = v.Text()
		case "fields":
			q.Fields, err = v.Texts()
		case "filter":
			q.Filter = v.Raw()
		case "sort":
			q.Sort, err = v.Texts()
		case "format":
			q.Format, err = v.Text()
		}
		return err
	})
	if q.Format == "" {
		q.Format = "csv"
	}
	return q, err
}

// ParseCreate reads {"values":{"name":"…"}, "data_source":"main"}.
func ParseCreate(collection string, body []byte) (lens.Change, error) {
	return change(lens.Change{Collection: collection}, createNames, body)
}

// ParseUpdate reads {"values":{"name":"…"}, "version":"…", "data_source":"main"}
// for a change of the record at the place.
func ParseUpdate(at Place, body []byte) (lens.Change, error) {
	return change(lens.Change{Collection: at.Collection, ID: at.ID}, updateNames, body)
}

func change(c lens.Change, names []string, body []byte) (lens.Change, error) {
	err := members(body, names, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			c.Source, err = v.Text()
		case "version":
			c.Version, err = v.Text()
		case "values":
			c.Values, err = values(v)
		}
		return err
	})
	return c, err
}

func values(object input.Value) (map[string]json.RawMessage, error) {
	set := make(map[string]json.RawMessage)
	err := object.Members(nil, func(name string, v input.Value) error {
		set[name] = v.Raw()
		if v.IsNull() {
			set[name] = json.RawMessage("null")
		}
		return nil
	})
	return set, err
}

func members(body []byte, names []string, each func(string, input.Value) error) error {
	v, err := input.Parse(body)
	if err != nil {
		return err
	}
	return v.Members(names, each)
}
