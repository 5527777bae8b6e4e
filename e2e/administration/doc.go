// Package administration tests what administrators do over HTTP, on whole servers
// and both databases: who may do it, what it changes on every server, and that it
// shows nobody what is hidden from them.
package administration
