-- What is allowed: the policy document, one row an entity with its body as JSON.

-- +goose Up

-- One row. Every change to policy, model, attributes or settings raises the
-- epoch in its own transaction; whoever caches them compares it.
CREATE TABLE policy_epoch (
    singleton INTEGER PRIMARY KEY NOT NULL DEFAULT 1 CHECK (singleton = 1),
    epoch     INTEGER NOT NULL
) STRICT;
INSERT INTO policy_epoch (epoch) VALUES (1);

-- Positions keep the order in which the document was written.
CREATE TABLE policy_scopes (
    data_source TEXT NOT NULL,
    collection  TEXT NOT NULL,
    name        TEXT NOT NULL,
    position    INTEGER NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (data_source, collection, name)
) STRICT;

CREATE TABLE policy_roles (
    name     TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL
) STRICT;

CREATE TABLE policy_employees (
    name     TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL
) STRICT;

CREATE TABLE policy_tasks (
    employee TEXT NOT NULL,
    name     TEXT NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (employee, name)
) STRICT;

CREATE TABLE policy_tools (
    name     TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;
