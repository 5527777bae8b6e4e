package templates

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	store "github.com/remit-crm/remit/data/templates"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Version is one version of a template, for those who write and review them.
type Version struct {
	analytics.Template
	Version     int64      `json:"version"`
	State       string     `json:"state" enum:"draft,reviewed,published,replaced,withdrawn"`
	Digest      string     `json:"digest" doc:"Of the text: a review names it."`
	Shipped     bool       `json:"shipped,omitempty"`
	Author      string     `json:"author"`
	WrittenAt   time.Time  `json:"written_at"`
	ReviewedBy  string     `json:"reviewed_by,omitempty"`
	ReviewedAt  *time.Time `json:"reviewed_at,omitempty"`
	ReviewUntil *time.Time `json:"review_until,omitempty"`
	Note        string     `json:"note,omitempty"`
	Notice      string     `json:"notice,omitempty" doc:"Why the version, although published, is not told from."`
}

// Versions returns every version of every template, or of one: for those who may write
// or review them.
func (t *Templates) Versions(ctx context.Context, actor remit.Actor, name string) ([]Version, error) {
	standing, err := t.author(ctx, actor)
	if err != nil {
		return nil, err
	}
	all, err := t.store.All(ctx)
	if name != "" {
		all, err = t.store.Of(ctx, name)
	}
	if err != nil {
		return nil, err
	}
	if name != "" && len(all) == 0 {
		return nil, remit.Errorf(remit.KindNotFound, "there is no template %q", clip(name))
	}
	out := make([]Version, len(all))
	for i := range all {
		if out[i], err = t.show(ctx, &all[i], standing); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// author resolves somebody who may write templates, or review them.
func (t *Templates) author(ctx context.Context, actor remit.Actor) (*access.Standing, error) {
	standing, err := t.who.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if standing.Require(policy.ReviewTemplates) == nil {
		return standing, nil
	}
	return standing, standing.Require(policy.WriteTemplates)
}

func (t *Templates) show(ctx context.Context, v *store.Version, s *access.Standing) (Version, error) {
	out := Version{
		Template: v.Template, Version: v.Version, State: string(v.State), Digest: v.Digest, Shipped: v.Shipped,
		WrittenAt: v.WrittenAt, Note: v.Note, Author: "Remit, as shipped",
	}
	var err error
	if !v.Shipped {
		p, err := t.people.Person(ctx, v.Author)
		if err != nil {
			return out, err
		}
		out.Author = p.User.Name
	}
	if v.Reviewer != "" {
		out.ReviewedAt, out.ReviewUntil = &v.ReviewedAt, &v.ReviewUntil
		if out.ReviewedBy, err = t.reviewer(ctx, v); err != nil {
			return out, err
		}
	}
	if v.State == store.Published {
		out.Notice, err = t.stops(ctx, v, s)
	}
	return out, err
}

// Draft writes a version of a template and returns it. What is in force stays until the
// version is reviewed by somebody else and published. AI may do none of this.
func (t *Templates) Draft(ctx context.Context, actor remit.Actor, template analytics.Template) (*Version, error) {
	standing, err := t.who.Require(ctx, actor, policy.WriteTemplates)
	if err != nil {
		return nil, err
	}
	if err := template.Check(standing.Policy.Model()); err != nil {
		return nil, err
	}
	version, err := t.store.Write(ctx, actor, template)
	if err != nil {
		return nil, err
	}
	return t.version(ctx, standing, template.Name, version)
}

func (t *Templates) version(ctx context.Context, s *access.Standing, name string, version int64) (*Version, error) {
	all, err := t.store.Of(ctx, name)
	if err != nil {
		return nil, err
	}
	if version < 1 || version > int64(len(all)) {
		return nil, remit.Errorf(remit.KindNotFound, "there is no such version of the template")
	}
	out, err := t.show(ctx, &all[version-1], s)
	return &out, err
}

// Review is what a reviewer sends.
type Review struct {
	Version int64     `json:"version"`
	Digest  string    `json:"digest" doc:"Of the version that was read."`
	Until   time.Time `json:"until" doc:"When the review lapses: within two years."`
	Note    string    `json:"note,omitempty" maxLength:"1000"`
}

const longestReview = 2 * 366 * 24 * time.Hour

// Review records that the actor read a draft and answers for it.
func (t *Templates) Review(ctx context.Context, actor remit.Actor, name string, r Review) (*Version, error) {
	standing, err := t.who.Require(ctx, actor, policy.ReviewTemplates)
	if err != nil {
		return nil, err
	}
	if now := t.now(); !r.Until.After(now) || r.Until.After(now.Add(longestReview)) {
		return nil, remit.FieldErrorf("until", "must be a time within the next two years")
	}
	if err := checkNote(r.Note); err != nil {
		return nil, err
	}
	draft, err := t.version(ctx, standing, name, r.Version)
	if err != nil {
		return nil, err
	}
	if err := draft.Check(standing.Policy.Model()); err != nil {
		return nil, err
	}
	err = t.store.Review(ctx, actor, name, store.Review{Version: r.Version, Digest: r.Digest, Until: r.Until, Note: r.Note})
	if err != nil {
		return nil, err
	}
	return t.version(ctx, standing, name, r.Version)
}

// Publish puts a reviewed version in force.
func (t *Templates) Publish(ctx context.Context, actor remit.Actor, name string, version int64) (*Version, error) {
	standing, err := t.who.Require(ctx, actor, policy.WriteTemplates)
	if err != nil && remit.KindOf(err) == remit.KindDenied {
		standing, err = t.who.Require(ctx, actor, policy.ReviewTemplates)
	}
	if err != nil {
		return nil, err
	}
	reviewed, err := t.version(ctx, standing, name, version)
	if err != nil {
		return nil, err
	}
	if err := reviewed.Check(standing.Policy.Model()); err != nil {
		return nil, err
	}
	if err := t.store.Publish(ctx, actor, name, version); err != nil {
		return nil, err
	}
	return t.version(ctx, standing, name, version)
}

// Withdraw takes a template out of force.
func (t *Templates) Withdraw(ctx context.Context, actor remit.Actor, name, why string) error {
	if _, err := t.author(ctx, actor); err != nil {
		return err
	}
	if strings.TrimSpace(why) == "" {
		return remit.FieldErrorf("why", "say why: whoever looks for the template will read it")
	}
	if err := checkNote(why); err != nil {
		return err
	}
	return t.store.Withdraw(ctx, actor, name, why)
}

func checkNote(note string) error {
	if utf8.RuneCountInString(note) > 1000 || !utf8.ValidString(note) || strings.ContainsRune(note, 0) {
		return remit.FieldErrorf("note", "must be a text of at most 1000 characters")
	}
	return nil
}

func clip(name string) string {
	const most = 60
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}
