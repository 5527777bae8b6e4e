// Package rbacsql holds the lens's SQL against what PostgreSQL itself says: SELECTs of
// roles that were granted some columns of some tables, each with PostgreSQL's answer.
// All of it is tests.
//
// The set is a gzipped JSON object, {schema: {ddl, grants, cases: [{role, sql,
// expect}]}}. REMIT_RBAC_SET names another file of that form.
package rbacsql
