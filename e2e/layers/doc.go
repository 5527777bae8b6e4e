// Package layers holds the proof that the four layers (who may use an AI employee, who
// may run a task, who may have a tool called, which data there is) hold on every face of
// whole servers, by the finance example.
package layers
