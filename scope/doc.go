// Package scope is the language of row scopes: which records a rule is about.
//
// A scope is an expression in a subset of CEL (https://cel.dev) over record, one
// record of a collection, and user, the person who asks:
//
//	record.owner_id == user.id
//	reportsTo(record.owner_id, user) || record.owner_id == user.id
//	inDepartment(record.department_id, user) && record.amount < 10000.50
//	record.account.industry in ["medical", "retail"] && record.stage != "lost"
//	user.regions.exists(r, record.account.country == r)
//
// [Env.Compile] checks an expression and makes it a [Predicate], whose nodes
// package sqlgen renders as SQL and which package eval evaluates in memory by
// CEL itself. The two agree on every record; a test compares them.
//
// # Values
//
// A field, an attribute and a literal may be compared only if they are of one
// type. Literals take their type from what they stand beside:
//
//   - texts, choices and ids: "won". A choice must be one of the field's options.
//   - whole numbers: 42.
//   - money and decimals: plain numbers in units, 1000.50. They are read exactly:
//     more places than the currency or a decimal (six) has are an error.
//   - days: date("2026-01-31").
//   - instants: timestamp("2026-01-31T09:30:00Z"), RFC 3339, to the microsecond.
//   - true, false, null.
//
// Texts are compared, ordered and searched by their bytes: "A" is not "a", and é
// has two spellings.
//
// # Operators
//
// Available are && || ! and p ? a : b between conditions; == != < <= > >= between
// values; in over user.roles, list attributes and written lists; startsWith and
// contains; exists and all over the same lists; reportsTo(record.person_id,
// user), true of the people below the user and not of the user; and
// inDepartment(record.department_id, user), true of the user's department and
// those below. A relation field account_id is followed as record.account.name,
// twice at most.
//
// Over user alone, where memory decides, endsWith, matches, size and integer
// arithmetic exist too. Over records they are refused, with the reason.
//
// # Null
//
// A record that is gone reads as null in every field. Null equals null, differs
// from every value, is in no list without null and below nobody. Any other
// operation on null has no answer, and what has no answer does not match, also
// when it is negated.
//
// A comparison of two values that may both be null is an error until the author
// writes the case out: "record.owner_id == user.manager_id" would open records
// without an owner to people without a manager.
package scope
