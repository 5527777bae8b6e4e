// Package people tries over HTTP, on both databases, what those do who manage
// people, what everybody does for themselves, and how somebody views as another.
package people
