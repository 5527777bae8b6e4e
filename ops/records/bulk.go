package records

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/input"
)

var bulkNames = []string{"data_source", "ids", "versions", "values", "delete"}

// ParseBulk reads {"ids":["…"], "values":{…}} or {"ids":["…"], "delete":true}, with
// "versions":{"id":"version"} of records that must not have changed.
func ParseBulk(collection string, body []byte) (lens.BulkChange, error) {
	c := lens.BulkChange{Collection: collection}
	err := members(body, bulkNames, func(name string, v input.Value) (err error) {
		switch name {
		case "data_source":
			c.Source, err = v.Text()
		case "ids":
			c.IDs, err = v.IDs()
		case "versions":
			c.Versions, err = versions(v)
		case "values":
			c.Values, err = values(v)
		case "delete":
			c.Delete, err = v.Bool()
		}
		return err
	})
	return c, err
}

func versions(v input.Value) (map[remit.ID]string, error) {
	list := map[remit.ID]string{}
	err := v.Members(nil, func(id string, version input.Value) (err error) {
		list[remit.ID(id)], err = version.Text()
		return err
	})
	return list, err
}
