package importing

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
)

// optionNames are the members of the JSON form of [Options].
var optionNames = []string{"map", "replace", "key", "dry_run", "create_missing", "email_domain", "roles", "manager_roles"}

// ParseOptions reads the JSON form of the options for a collection strictly:
//
//	{"map":[{"column":"sector","field":"industry"}], "replace":[{"column":"stage","from":"Won","to":"won"}],
//	 "key":"name", "dry_run":true, "create_missing":true}
//
// For people there are email_domain, roles and manager_roles too.
func ParseOptions(source, collection string, v input.Value) (Options, error) {
	o := Options{Source: source, Collection: collection}
	if v.IsNull() {
		return o, nil
	}
	err := v.Members(optionNames, func(name string, member input.Value) (err error) {
		switch name {
		case "map":
			o.Map, err = parseMappings(member)
		case "replace":
			o.Replace, err = parseReplacements(member)
		case "key":
			o.Key, err = member.Text()
		case "dry_run":
			o.DryRun, err = member.Bool()
		case "create_missing":
			o.CreateMissing, err = member.Bool()
		case "email_domain":
			o.EmailDomain, err = member.Text()
		case "roles":
			o.Roles, err = member.Texts()
		case "manager_roles":
			o.ManagerRoles, err = member.Texts()
		}
		return err
	})
	if err == nil && collection != People && (o.EmailDomain != "" || o.Roles != nil || o.ManagerRoles != nil) {
		err = remit.Errorf(remit.KindInvalid, "email_domain, roles and manager_roles are for people alone")
	}
	return o, err
}

func parseMappings(v input.Value) (list []Mapping, err error) {
	err = v.Elements(func(_ int, each input.Value) error {
		var m Mapping
		err := each.Members([]string{"column", "field"}, func(name string, member input.Value) (err error) {
			if name == "column" {
				m.Column, err = member.Text()
			} else {
				m.Field, err = member.Text()
			}
			return err
		})
		list = append(list, m)
		return err
	})
	return list, err
}

func parseReplacements(v input.Value) (list []Replacement, err error) {
	err = v.Elements(func(_ int, each input.Value) error {
		var r Replacement
		err := each.Members([]string{"column", "from", "to"}, func(name string, member input.Value) (err error) {
			switch name {
			case "column":
				r.Column, err = member.Text()
			case "from":
				r.From, err = member.Text()
			case "to":
				r.To, err = member.Text()
			}
			return err
		})
		list = append(list, r)
		return err
	})
	return list, err
}
