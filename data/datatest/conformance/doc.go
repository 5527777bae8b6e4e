// Package conformance compares the lens with a second opinion: a lens that was
// written apart from it, over rows in Go maps, with no SQL, no branches, no masks and
// no caches. It asks of every single cell whether the policy document grants it, and
// filters, sorts, groups, follows and adds up what is left.
//
// Random policies, people, records and requests go through both, on SQLite and on
// PostgreSQL, and every answer must be the same: values, order, pages, totals,
// hidden cells, and which writes are allowed. There is no code here but tests.
package conformance
