package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// Collections lists what the actor may know of the data model: the collections of
// which something may be viewed, each with the fields that are known.
func (l *Lens) Collections(ctx context.Context, actor remit.Actor) ([]CollectionInfo, error) {
	return l.TracedCollections(ctx, actor, nil)
}

// TracedCollections is Collections for a caller who also asks for the lineage.
func (l *Lens) TracedCollections(ctx context.Context, actor remit.Actor, lineage *Lineage) ([]CollectionInfo, error) {
	e := &audit.Entry{Operation: audit.OpDescribe}
	var infos []CollectionInfo
	err := l.govern(ctx, actor, e, func(s *session) error {
		s.traceTo(lineage)
		infos = []CollectionInfo{}
		for _, c := range s.snapshot.Model().Collections {
			info, err := s.info(c)
			if err != nil {
				return err
			}
			if info != nil {
				infos = append(infos, *info)
				s.traceInfo(info)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return infos, nil
}

// Describe tells of one collection, or NotFound.
func (l *Lens) Describe(ctx context.Context, actor remit.Actor, source, name string) (*CollectionInfo, error) {
	return l.TracedDescribe(ctx, actor, source, name, nil)
}

// TracedDescribe is Describe for a caller who also asks for the lineage.
func (l *Lens) TracedDescribe(ctx context.Context, actor remit.Actor, source, name string, lineage *Lineage) (*CollectionInfo, error) {
	e := &audit.Entry{Operation: audit.OpDescribe, Source: source, Collection: name}
	var info *CollectionInfo
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(lineage)
		permit, err := s.permit(source, name, policy.View)
		if err != nil {
			return err
		}
		info, err = s.info(permit.Collection)
		if err == nil && info == nil {
			err = s.unknownCollection(source, name)
		}
		if err == nil {
			s.traceInfo(info)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return info, nil
}

// info returns nil where the actor may see nothing of the collection.
func (s *session) info(c *remit.Collection) (*CollectionInfo, error) {
	permit := s.permitFor(c.Source, c.Name, policy.View)
	if !permit.Allowed() {
		return nil, nil
	}
	view, err := s.relation(permit, "t")
	if err != nil {
		return nil, err
	}
	if len(view.branches) == 0 {
		return nil, nil
	}
	info := &CollectionInfo{
		Source: c.Source, Name: c.Name, Title: c.Title, Description: c.Description,
		Actions: []string{}, Fields: []FieldInfo{},
	}
	for _, a := range policy.Actions {
		if s.permitFor(c.Source, c.Name, a).Allowed() {
			info.Actions = append(info.Actions, string(a))
		}
	}
	for i := range c.Fields {
		if view.known(i) {
			info.Fields = append(info.Fields, s.fieldInfo(c, i))
		}
	}
	s.nameFields(info, c, view)
	return info, nil
}

// nameFields names the time and title fields, if they are known.
func (s *session) nameFields(info *CollectionInfo, c *remit.Collection, view *relation) {
	if i := c.FieldIndex(c.TimeField); i >= 0 && view.known(i) {
		info.TimeField = c.TimeField
	}
	if i := c.FieldIndex(c.TitleField); i >= 0 && view.known(i) {
		info.TitleField = c.TitleField
	}
}

func (s *session) fieldInfo(c *remit.Collection, i int) FieldInfo {
	info := FieldInfo{Field: c.Fields[i]}
	info.Updatable = !info.ReadOnly && s.permitFor(c.Source, c.Name, policy.Update).Knows(i)
	info.Creatable = !info.ReadOnly && s.permitFor(c.Source, c.Name, policy.Create).Knows(i)
	if info.Target != "" && !s.permitFor(c.Source, info.Target, policy.View).Allowed() {
		info.Target = ""
	}
	return info
}
