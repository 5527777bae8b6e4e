package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// AllPages stands, as the only entry of a role's pages, for every page.
const AllPages = "*"

// The pages that belong to no collection and to no capability.
const (
	PageHome          = "home"
	PageConversations = "conversations"
	PageSearch        = "search"
	PageTokens        = "settings/tokens" // one's own tokens and sessions
)

// The pages of administration, each with the capabilities of which one is needed.
var settingsPages = []struct {
	name  string
	needs []string
}{
	{"settings/people", []string{ManagePeople}},
	{"settings/departments", []string{ManagePeople}},
	{"settings/roles", []string{ManagePolicy}},
	{"settings/employees", []string{ManagePolicy}},
	{"settings/fields", []string{ManagePolicy}},
	{"settings/services", []string{ManageServices}},
	{"settings/usage", []string{ManageServices, ReadAudit}},
	{"settings/explain", []string{ManagePolicy, ReadAudit}},
	{"settings/company", []string{ManageSettings}},
}

// The blocks of a page, which places name after a slash.
var (
	collectionBlocks = []string{"list", "board", "calendar", "record"}
	homeBlocks       = []string{"work"}
)

// AllPagesOf returns every page there is in display order: what a role may name.
// A collection of another data source than main has no page.
func AllPagesOf(model *remit.Model) []string {
	pages := []string{PageHome, PageConversations, PageSearch}
	for _, c := range model.Collections {
		if c.Source == remit.MainSource {
			pages = append(pages, c.Name)
		}
	}
	for _, s := range settingsPages {
		pages = append(pages, s.name)
	}
	return append(pages, PageTokens)
}

// PlacesOf returns every place where a task's button may show: the pages, and
// their blocks.
func PlacesOf(model *remit.Model) []string {
	var places []string
	for _, page := range AllPagesOf(model) {
		places = append(places, page)
		blocks := []string(nil)
		switch {
		case page == PageHome:
			blocks = homeBlocks
		case model.Collection(remit.MainSource, page) != nil:
			blocks = collectionBlocks
		}
		for _, b := range blocks {
			places = append(places, page+"/"+b)
		}
	}
	return places
}

// pageOf returns the page that a place is on.
func pageOf(place string) string {
	if strings.HasPrefix(place, "settings/") {
		return place
	}
	page, _, _ := strings.Cut(place, "/")
	return page
}

// Pages returns the pages that a holder of the roles sees at now, in display
// order: those that a role shows, as far as there is something to do there. A
// page of a collection is seen only by who may view the collection, so that a list
// of pages tells of no collection that is unknown.
func (p *Policy) Pages(roles []string, now time.Time) []string {
	if p == nil || p.model == nil {
		return nil
	}
	var seen []string
	for _, page := range AllPagesOf(p.model) {
		if p.sees(roles, page, now).holds {
			seen = append(seen, page)
		}
	}
	return seen
}

// spell is an answer with the time within which it is the answer.
type spell struct {
	holds       bool
	from, until time.Time // as in cached
}

// sees reports whether a holder of the roles sees the page.
func (p *Policy) sees(roles []string, page string, now time.Time) spell {
	shown := slices.ContainsFunc(roles, func(name string) bool {
		r := p.roles[name]
		return r != nil && (r.pages == nil || r.pages[page] || r.pages[AllPages])
	})
	if !shown {
		return spell{}
	}
	if c := p.model.Collection(remit.MainSource, page); c != nil {
		s := Subject{Roles: sortedSet(slices.Clone(roles))}
		d := p.decide(&s, c, View, now)
		return spell{holds: d.permit.Allowed(), from: d.from, until: d.until}
	}
	for _, s := range settingsPages {
		if s.name == page {
			return spell{holds: slices.ContainsFunc(s.needs, func(capability string) bool { return p.Can(roles, capability) })}
		}
	}
	return spell{holds: true}
}

// reaches reports whether a holder of the roles sees one of the pages that show
// the task. A task without places shows nowhere in particular, and may be run.
func (p *Policy) reaches(roles []string, t *task, now time.Time) spell {
	all := spell{holds: len(t.Places) == 0}
	for _, place := range t.Places {
		one := p.sees(roles, pageOf(place), now)
		all.holds = all.holds || one.holds
		if one.from.After(all.from) {
			all.from = one.from
		}
		all.until = earlier(all.until, one.until)
	}
	return all
}

// earlier returns the earlier of two ends, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// PlacesFor returns the places of the task that are on pages that a holder of the
// roles sees.
func (p *Policy) PlacesFor(roles []string, t *Task, now time.Time) []string {
	places := []string{}
	for _, place := range t.Places {
		if p.sees(roles, pageOf(place), now).holds {
			places = append(places, place)
		}
	}
	return places
}

// checkPages checks the pages that a role shows.
func (c *compiler) checkPages(path string, pages []string) {
	c.checkOnce(path, pages)
	known := AllPagesOf(c.model)
	for i, page := range pages {
		switch {
		case page == AllPages && len(pages) > 1:
			c.problem(at(path, i), "%q stands for every page and must be the only entry", AllPages)
		case page != AllPages && !slices.Contains(known, page):
			c.unknown(at(path, i), page, known, "unknown page %q", clip(page))
		}
	}
}

// checkPlaces checks where a task's button shows. What is there is a page or a
// block of one.
func (c *compiler) checkPlaces(path string, places []string) {
	c.checkOnce(path, places)
	known := PlacesOf(c.model)
	for i, place := range places {
		if !slices.Contains(known, place) {
			hint := cmp.Or(remit.DidYouMean(place, known), "name a page or a block of one, such as opportunities/list")
			c.problems.add(hint, at(path, i), "unknown place %q", clip(place))
		}
	}
}
