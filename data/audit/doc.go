// Package audit keeps the record of everything that was done, or refused, with
// customer data: an append-only log whose integrity an outsider can check.
//
// # The tree
//
// Entries are the leaves of a Merkle tree by RFC 6962 (golang.org/x/mod/sumdb/tlog).
// Each batch of entries ends with a checkpoint: the tree's size and root hash in
// a note signed with Ed25519 (c2sp.org/tlog-checkpoint). Whoever keeps a
// checkpoint where the log's administrators cannot reach can later tell whether
// anything before it was altered, reordered or taken away: [Verify]. [Log.Prove]
// shows to somebody who has nothing but the public key that an entry is there.
//
// The form of leaves and of everything else that outlives a release is in
// docs/audit-format.md, byte by byte. A leaf holds ids and names. What can name a
// customer (a filter, a statement, a question) is an entry's details: they lie
// outside the tree, encrypted under a key of their own, and the leaf holds a
// salted commitment to them. [Log.Erase] destroys key and salt; the tree still
// verifies.
//
// # No record, no answer
//
// [Log.Append] returns when its entries are durable, and what they speak of may be
// released only then. One batch is committed at a time over all processes: under
// an advisory lock on PostgreSQL, BEGIN IMMEDIATE on SQLite, where the log is a
// file of its own. A batch is made of what queued up while the batch before it was
// committed, so no timer delays a single caller, and many callers share a commit.
//
// The entry of a write commits with the write, in an outbox ([Log.Stage]), and
// reaches the log before the write is answered ([Log.Publish]). An entry that a
// crash left in the outbox reaches the log at the next [Open], or when another
// server next publishes. The log takes each entry id once, so nothing is lost and
// nothing is doubled.
//
// # What it does not do
//
// Somebody who has both the database and the master key can write another log
// from the beginning. Only a checkpoint kept elsewhere tells, and [Verify] says so
// when it is given none.
package audit
