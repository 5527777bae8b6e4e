// Package analytics holds the reviewed templates of Overall Analytics: company-wide
// figures that are the same for everybody who may ask for them.
//
// A [Template] is one SELECT with named parameters. Its text is a small part of
// PostgreSQL's SQL, the same for every database, and is never handed to one:
// [Parse] reads it into a [Statement], [Statement.Check] holds every name and type
// of it against the data model, and [Template.Ask] binds the parameters and yields
// a [Question], from which the lens writes the SQL. So a template cannot hold what
// the grammar does not have, a parameter is a value and never a text, and both
// databases answer alike.
//
// The package is pure: it reads nothing and knows no actor. Package disclosure
// decides what of an answer is shown, ops/templates who may ask.
package analytics
