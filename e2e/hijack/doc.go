// Package hijack holds a proof that needs a whole installation: an AI employee that
// is fully hijacked, and calls every tool with every argument that it can think of,
// gets and changes nothing outside person ∩ AI employee ∩ task ∩ tool (DESIGN law 3).
//
// Every cell of the company has a value that stands nowhere else. An oracle of a few
// lines, which knows neither permits nor SQL, says of each cell whether the run may
// see it; what it may not see must occur in nothing that the run returns.
package hijack
