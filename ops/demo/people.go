package demo

import (
	"context"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
)

// domain is reserved by RFC 2606, so that no mail ever reaches anybody.
const domain = "larkfield.example"

// people returns everybody in the demo company, managers first.
func people() []Person {
	list := []Person{
		person("Ingrid Sandoval", "Chief Sales Officer", "sales-executive", "Sales", "", "harbour-quince-otter-71"),
		person("Tomasz Adeyemi", "Sales Manager North", "sales-manager", "Sales North", "ingrid.sandoval", "velvet-anchor-maple-38"),
		person("Priya Lindqvist", "Sales Manager South", "sales-manager", "Sales South", "ingrid.sandoval", "copper-lantern-reed-52"),
		person("Mara Okonkwo", "Account Executive", "sales-rep", "Sales North", "tomasz.adeyemi", "silver-thistle-wren-14"),
		person("Jonas Petrov", "Account Executive", "sales-rep", "Sales North", "tomasz.adeyemi", "amber-compass-fjord-96"),
		person("Leila Haddad", "Account Executive", "sales-rep", "Sales North", "tomasz.adeyemi", "cobalt-juniper-kite-27"),
		person("Wei Castellano", "Account Executive", "sales-rep", "Sales North", "tomasz.adeyemi", "orchid-granite-plum-83"),
		person("Anouk Brandt", "Account Executive", "sales-rep", "Sales South", "priya.lindqvist", "walnut-comet-heron-45"),
		person("Diego Nakamura", "Account Executive", "sales-rep", "Sales South", "priya.lindqvist", "saffron-delta-finch-60"),
		person("Freya O'Donnell", "Account Executive", "sales-rep", "Sales South", "priya.lindqvist", "indigo-meadow-lynx-19"),
		person("Samir Kowalczyk", "Account Executive", "sales-rep", "Sales South", "priya.lindqvist", "russet-beacon-tern-34"),
		person("Greta Mbeki", "Head of Finance", "finance", "Finance", "", "pewter-clover-swift-88"),
		person("Hugo Tanaka", "Data Analyst", "data-analyst", "Operations", "", "lilac-summit-badger-57"),
		person("Ruth Ferreira", "Compliance Officer", "compliance-officer", "Legal", "", "slate-willow-ibis-22"),
		person("Emil Novak", "Administrator", "administrator", "Operations", "", "garnet-prairie-stoat-65"),
	}
	return list
}

func person(name, title, role, department, manager, password string) Person {
	p := Person{Name: name, Email: address(name), Password: password, Title: title, Roles: []string{role}, Department: department}
	if manager != "" {
		p.Manager = manager + "@" + domain
	}
	return p
}

func address(name string) string {
	local := strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(name, "'", "")), " ", ".")
	return local + "@" + domain
}

// enlist brings the people in and gives them their passwords.
func (s Stores) enlist(ctx context.Context, actor remit.Actor) error {
	var list []directory.Enlistment
	for _, p := range people() {
		list = append(list, directory.Enlistment{
			NewPerson:  directory.NewPerson{Name: p.Name, Email: p.Email, Title: p.Title},
			Department: p.Department, Manager: p.Manager, Roles: p.Roles,
		})
	}
	if _, err := s.Directory.Enlist(ctx, actor, list, nil); err != nil {
		return err
	}
	for _, p := range people() {
		found, err := s.Directory.PersonByEmail(ctx, p.Email)
		if err != nil {
			return err
		}
		if err := s.Directory.SetPassword(ctx, actor, found.User.ID, p.Password); err != nil {
			return err
		}
	}
	return nil
}
