// Package derived keeps what was made of customer data: conversations with AI
// employees, with every call's result and where it came from.
//
// A conversation is its owner's. Every method takes the person and finds what she
// owns or what was shared with her; anything else is not found. That a person may
// read a row here does not mean that she may see what is in it: each result is
// re-checked by the lens, by the lineage that is kept with it, for every reader and
// every time (DESIGN law 12). That is the work of package ops/conversations.
//
// What derives from customer data lies sealed under a key of its conversation
// (seal.go). Deleting a conversation takes away every row of it, and with its key
// whatever copies of the rows there may be.
//
// A run belongs to a server, which renews a lease on it and writes its events as
// they happen, so that any server can hand them out. A run whose lease has run out
// has lost its server; whoever looks ends it (run.go).
package derived
