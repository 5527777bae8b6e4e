// Package sqlguard turns SQL that an AI or an analyst wrote into a statement that
// may be run for them. It is pure: no database is opened.
//
// It translates instead of filtering. PostgreSQL's own grammar reads the text; each
// node of its tree is either understood here to the last of its members, or refused
// (deny is the default). What is understood becomes a typed tree of few kinds of
// nodes, whose names are resolved against what the asker may name; and only that
// tree is rendered. So no character of the text reaches a database: names become
// aliases of our making, texts become arguments.
//
// The tree holds three promises.
//
//   - No value makes an expression fail: casts that could are refused, a division by
//     zero and a number beyond 64 bits are null. Databases may evaluate a condition
//     on rows before they filter them, so an error could tell of a hidden row.
//   - No order is left to the plan: where a limit or the order of the result shows,
//     every column of the result completes the order, so that rows in doubt are the
//     same.
//   - Numbers are exact: they are whole numbers with a scale that is known when the
//     statement is translated.
//
// Both databases get the same tree, and answer alike.
package sqlguard
