// Package providers holds the proof that a person gets an honest end over HTTP
// however a model service fails. All of it is tests, on a real server before
// services that are slow, silent, cut off, malformed or overloaded.
package providers
