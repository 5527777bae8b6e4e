package policies

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/policy"
)

// Held is the policy that holds and the epoch since which it does.
type Held struct {
	Epoch    int64            `json:"epoch"`
	Document *policy.Document `json:"document"`
}

// Held returns the policy with its epoch, to be sent back with a change.
func (p *Policies) Held(ctx context.Context, actor remit.Actor) (*Held, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &Held{standing.Policy.Epoch, standing.Policy.Document()}, nil
}

// Replaced says what a change of the policy has done.
type Replaced struct {
	Epoch   int64           `json:"epoch" doc:"Of the policy that holds now."`
	Changes []policy.Change `json:"changes" nullable:"false"`
}

// Replace puts the document in place of the policy, if that still has the epoch
// at which the actor read it; else it fails with [remit.KindConflict]. A change that
// would lock every administrator out is refused, see [policystore.Store.Apply].
func (p *Policies) Replace(ctx context.Context, actor remit.Actor, doc *policy.Document, epoch int64) (*Replaced, error) {
	standing, err := p.resolver.Require(ctx, actor, policy.ManagePolicy)
	if err != nil {
		return nil, err
	}
	if standing.Policy.Epoch != epoch {
		return nil, moved()
	}
	before := standing.Policy.Document()
	done := &Replaced{Epoch: epoch, Changes: policy.Compare(before, doc.Offer(before))}
	if len(done.Changes) == 0 {
		done.Changes = []policy.Change{}
		return done, nil
	}
	err = p.store.Apply(ctx, actor, doc, func(t policystore.Transition) error {
		if t.Epoch != epoch {
			return moved()
		}
		done.Epoch = t.Epoch + 1
		return nil
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}

func moved() error {
	return remit.Errorf(remit.KindConflict, "somebody else has changed the policy, the data model or the settings meanwhile: look at the difference again")
}
