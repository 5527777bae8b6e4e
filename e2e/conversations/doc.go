// Package conversations holds the proof that a conversation outlives the server
// that answers in it. All of it is tests, on real servers.
package conversations
