// Package twoworlds holds the proof of DESIGN law 6: two databases with equal
// policy, people and lens view, whatever else differs, answer an actor byte by
// byte alike. All of it is tests.
//
// One seed makes a scenario: a random policy (roles of several grants on row
// scopes over fields of different collections, clearances, AI employees with
// remits, tasks and tools with constraints), random people and random records;
// one of the people asks. That is world A. World B is a copy in which only what
// is hidden from the asker is changed: records outside the lens view are changed,
// added, removed, deleted or restored, hidden cells and links to hidden records
// are replaced, and rows are stored in another order with other row versions.
//
// What is hidden is not taken from the product. A naive evaluator (view_test.go)
// computes the lens view from the policy document and from package scope/eval
// alone: a change is kept only if the view stays equal. The evaluator itself is
// held against the product: in every scenario all records of all collections
// are listed and must be exactly what it says.
//
// Then the asker sends random requests to both worlds, on SQLite and PostgreSQL,
// over the real HTTP and MCP handlers: with filters, sorts, hops, cursors,
// totals, versions, aggregates, searches, exports, metadata, questions to AI
// employees, conversations with them that are read again, imports, previews of what
// others would see, malformed input, and writes. Their values are drawn from what is
// visible and from what is hidden. Status, headers and bodies must be equal.
//
// Two scenarios end with a tour (tour_test.go): somebody with every capability goes
// through what random requests hardly get to, such as policy, people, sessions and
// sharing. Before it, others hold conversations and share them with the asker: such as
// see the same in both worlds, so that every byte that she reads must be the same too
// (sharing_test.go). Every operation of the API's document must have done what it is for at
// least once in a run, or be excused with a reason (coverage_test.go): a new route
// fails TestTwoWorlds until there are requests for it.
//
// A test that finds nothing shows little, so TestPlantedLeaks runs the same
// requests against lenses that leak on purpose, one leak each, and demands that
// every one is caught.
//
// REMIT_SEED repeats a run and REMIT_SOAK=1 makes it ten times as long. A
// failure prints the scenario's seed, the request cut down to what still shows
// the difference, the records in which the two worlds must differ for it, and
// both answers.
//
// Excepted, as law 6 says: timing (an import's progress events and the times of
// sessions and tokens, which PostgreSQL takes from its own clock, among it), resource
// exhaustion, the Date header, and writes
// that an update scope over hidden fields decides. A write after which the two lens
// views would differ (taking over a record shows what was hidden in it) is not
// sent.
package twoworlds
