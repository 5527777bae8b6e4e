// Package sqlgen renders row scopes as SQL predicates for SQLite and PostgreSQL.
// It is pure: no database is opened.
package sqlgen

// Dialect is a database's SQL. The zero value is none, and renders nothing.
type Dialect uint8

// The dialects.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// String returns the dialect's name.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "sqlite"
	case Postgres:
		return "postgres"
	}
	return "none"
}
