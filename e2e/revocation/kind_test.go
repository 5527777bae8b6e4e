package revocation

import (
	"context"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/policy"
)

// reading is how much of what the subject had an answer shows.
type reading int

const (
	none reading = iota
	part         // the deals that Sue owns herself
	all
	odd // none of these: no policy that ever held gives such an answer
)

func (r reading) String() string { return [...]string{"nothing", "a part", "all", "something odd"}[r] }

// kind is one way to take something away.
type kind struct {
	name  string
	ops   []op
	deals int // that are seen at the beginning
	left  map[class]reading

	// begin brings the subject into the state before, on top of what every race
	// begins with. For what ends by itself it returns when.
	begin func(w *world) (ends time.Time)
	// revoke commits the revocation; nil for what ends by itself.
	revoke func(w *world)
}

// The lifetimes of what ends by itself: long enough for requests before the end.
const shortLife = 120 * time.Millisecond

// soon is an instant as databases keep it.
func soon() time.Time { return time.Now().Add(shortLife).Truncate(time.Microsecond) }

var (
	nothing = map[class]reading{cells: none, cell: none, names: none, known: none, held: none, writes: none, mcp: none}
	// The role is still held, what it granted of deals is gone.
	noGrant = map[class]reading{cells: none, cell: none, names: none, known: none, held: all, writes: none, mcp: none}
	noField = map[class]reading{cells: none, cell: none, names: all, known: all, held: all, writes: all, mcp: none}
	ownOnly = map[class]reading{cells: part, cell: none, names: none, known: all, held: all, writes: all, mcp: part}
	noWrite = map[class]reading{cells: all, cell: all, names: all, known: all, held: all, writes: none, mcp: all}
	noTool  = map[class]reading{cells: all, cell: all, names: all, known: all, held: all, writes: all, mcp: none}
)

// The operations of each credential.
var (
	byToken   = slices.Concat(reads(), personal(), changes(), calls())
	bySession = slices.Concat(reads(), personal(), changes())
	byHound   = slices.Concat(reads(), calls())
	byLeader  = slices.Concat(reads(), personal(), calls())
)

func withToken(w *world) time.Time {
	w.issue("", time.Hour)
	return time.Time{}
}

func withSession(w *world) time.Time {
	w.signIn()
	return time.Time{}
}

func withHound(w *world) time.Time {
	w.issue(hound, time.Hour)
	return time.Time{}
}

// applying revokes by a change to the policy.
func applying(change func(*policy.Document)) func(*world) {
	return func(w *world) { w.apply(w.changed(change)) }
}

// kinds are the ways to take something away, on server A.
func kinds() []*kind {
	return slices.Concat(policyKinds(), personKinds(), employeeKinds(), endings())
}

func policyKinds() []*kind {
	return []*kind{
		{
			name: "grant removed", ops: byToken, deals: allDeals, left: noGrant, begin: withToken,
			revoke: applying(func(d *policy.Document) { role(d, hunter).Grants = nil }),
		},
		{
			name: "field removed from a grant", ops: byToken, deals: allDeals, left: noField, begin: withToken,
			revoke: applying(func(d *policy.Document) { role(d, hunter).Grants[0].Fields = []string{"name", "stage", "owner_id"} }),
		},
		{
			name: "row scope narrowed", ops: byToken, deals: allDeals, left: ownOnly, begin: withToken,
			revoke: applying(func(d *policy.Document) { role(d, hunter).Grants[0].Scope = "own" }),
		},
		{
			name: "actions removed from a grant", ops: byToken, deals: allDeals, left: noWrite, begin: withToken,
			revoke: applying(func(d *policy.Document) { role(d, hunter).Grants[1].Actions = []policy.Action{policy.View} }),
		},
		{
			name: "role removed from the policy", ops: byToken, deals: allDeals, left: nothing, begin: withToken,
			revoke: applying(func(d *policy.Document) {
				d.Roles = slices.DeleteFunc(d.Roles, func(r policy.Role) bool { return r.Name == hunter })
			}),
		},
		{
			name: "tool withdrawn", ops: byToken, deals: allDeals, left: noTool, begin: withToken,
			revoke: applying(func(d *policy.Document) {
				d.Tools = append(d.Tools, policy.Tool{Name: "count_records", Roles: []string{"administrator"}})
			}),
		},
	}
}

func personKinds() []*kind {
	no := false
	return []*kind{
		{
			name: "role taken", ops: byToken, deals: allDeals, left: nothing, begin: withToken,
			revoke: func(w *world) { w.ungrant(hunter) },
		},
		{
			name: "token revoked", ops: byToken, deals: allDeals, left: nothing, begin: withToken,
			revoke: func(w *world) {
				w.must(w.a.Directory.RevokeToken(context.Background(), w.operator, w.subject, w.key.token))
			},
		},
		{
			name: "session revoked", ops: bySession, deals: allDeals, left: nothing, begin: withSession,
			revoke: func(w *world) {
				w.must(w.a.Directory.RevokeSession(context.Background(), w.operator, w.subject, w.key.session))
			},
		},
		{
			name: "password changed", ops: bySession, deals: allDeals, left: nothing, begin: withSession,
			revoke: func(w *world) {
				w.must(w.a.Directory.SetPassword(context.Background(), w.operator, w.subject, password))
			},
		},
		{
			name: "person deactivated", ops: byToken, deals: allDeals, left: nothing, begin: withToken,
			revoke: func(w *world) { w.update(w.subject, directory.PersonChange{Active: &no}) },
		},
		{
			name: "person in a session deactivated", ops: bySession, deals: allDeals, left: nothing, begin: withSession,
			revoke: func(w *world) { w.update(w.subject, directory.PersonChange{Active: &no}) },
		},
		{
			name: "report moved away", ops: byLeader, deals: 2 * owned, left: ownOnly,
			begin: func(w *world) time.Time {
				w.update(w.report, directory.PersonChange{ManagerID: &w.subject})
				w.ungrant(hunter)
				w.grant(leader, time.Time{})
				return withToken(w)
			},
			revoke: func(w *world) { w.update(w.report, directory.PersonChange{ManagerID: &w.other}) },
		},
	}
}

func employeeKinds() []*kind {
	return []*kind{
		{
			name: "AI employee disabled", ops: byHound, deals: allDeals, left: nothing, begin: withHound,
			revoke: applying(func(d *policy.Document) { employee(d, hound).Disabled = true }),
		},
		{
			name: "AI employee no longer available", ops: byHound, deals: allDeals, left: nothing, begin: withHound,
			revoke: applying(func(d *policy.Document) { role(d, hunter).Employees = nil }),
		},
		{
			name: "AI employee removed", ops: byHound, deals: allDeals, left: nothing, begin: withHound,
			revoke: applying(func(d *policy.Document) {
				role(d, hunter).Employees = nil
				d.Employees = slices.DeleteFunc(d.Employees, func(e policy.Employee) bool { return e.Name == hound })
			}),
		},
		{
			name: "remit narrowed", ops: byHound, deals: allDeals, left: noField, begin: withHound,
			revoke: applying(func(d *policy.Document) { employee(d, hound).Remit.Sensitivity = remit.Internal }),
		},
		{
			name: "clearance lowered", ops: byHound, deals: allDeals, left: noField, begin: withHound,
			revoke: applying(func(d *policy.Document) { role(d, hunter).Clearance = remit.Internal }),
		},
	}
}

// endings are what ends by itself, by the database's clock.
func endings() []*kind {
	return []*kind{
		{
			name: "membership ends", ops: byToken, deals: allDeals, left: nothing,
			begin: func(w *world) time.Time {
				withToken(w)
				ends := soon()
				w.grant(hunter, ends)
				return ends
			},
		},
		{
			name: "grant ends", ops: byToken, deals: allDeals, left: noGrant,
			begin: func(w *world) time.Time {
				withToken(w)
				ends := soon()
				w.apply(w.changed(func(d *policy.Document) {
					for i := range role(d, hunter).Grants {
						role(d, hunter).Grants[i].NotAfter = ends
					}
				}))
				return ends
			},
		},
		{
			name: "token ends", ops: byToken, deals: allDeals, left: nothing,
			begin: func(w *world) time.Time { return w.issue("", shortLife) },
		},
		{
			name: "AI employee's token ends", ops: byHound, deals: allDeals, left: nothing,
			begin: func(w *world) time.Time { return w.issue(hound, shortLife) },
		},
	}
}

// commandKinds are revocations at the command line.
func commandKinds() []*kind {
	return []*kind{
		{
			name: "remit token revoke", ops: byToken, deals: allDeals, left: nothing, begin: withToken,
			revoke: func(w *world) {
				w.in.Run(w.tb, "token", "revoke", "--user", subjectEmail, string(w.key.token))
			},
		},
		{
			name: "remit policy apply", ops: byToken, deals: allDeals, left: ownOnly, begin: withToken,
			revoke: func(w *world) {
				w.applied = w.changed(func(d *policy.Document) { role(d, hunter).Grants[0].Scope = "own" })
				w.in.Run(w.tb, "policy", "apply", w.file("policy.yaml", policy.Format(w.applied)))
			},
		},
	}
}
