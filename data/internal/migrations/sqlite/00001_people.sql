-- Who there is: departments, people, their attributes, roles and credentials.
-- Booleans are 0 or 1, instants fixed-width UTC text.

-- +goose Up
CREATE TABLE departments (
    id         TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    parent_id  TEXT REFERENCES departments (id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX departments_by_parent ON departments (parent_id);

-- Every pair of a department and one above it, itself at depth 0 included.
CREATE TABLE departments_closure (
    ancestor_id   TEXT NOT NULL REFERENCES departments (id),
    descendant_id TEXT NOT NULL REFERENCES departments (id),
    depth         INTEGER NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX departments_closure_up ON departments_closure (descendant_id, ancestor_id);

-- Generation rises with every change to what the person is or may do; whoever
-- caches a person compares it. The column email_folded is what addresses are
-- compared by; email is what was typed.
CREATE TABLE people (
    id            TEXT PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_folded  TEXT NOT NULL UNIQUE,
    title         TEXT,
    department_id TEXT REFERENCES departments (id),
    manager_id    TEXT REFERENCES people (id),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    system        INTEGER NOT NULL DEFAULT 0 CHECK (system IN (0, 1)),
    password_hash TEXT,
    generation    INTEGER NOT NULL DEFAULT 1,
    created_at    TEXT NOT NULL
) STRICT;
CREATE INDEX people_by_name ON people (name, id);
CREATE INDEX people_by_department ON people (department_id);
CREATE INDEX people_by_manager ON people (manager_id);

-- Every pair of a person and one above them, themselves at depth 0 included.
CREATE TABLE people_closure (
    ancestor_id   TEXT NOT NULL REFERENCES people (id),
    descendant_id TEXT NOT NULL REFERENCES people (id),
    depth         INTEGER NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_closure_up ON people_closure (descendant_id, ancestor_id);

-- A change to a hierarchy updates its row first: two moves, each harmless, could
-- make a cycle together.
CREATE TABLE hierarchies (
    name  TEXT PRIMARY KEY NOT NULL,
    moves INTEGER NOT NULL
) STRICT;
INSERT INTO hierarchies (name, moves) VALUES ('departments', 0), ('people', 0);

CREATE TABLE attribute_definitions (
    name TEXT PRIMARY KEY NOT NULL,
    type TEXT NOT NULL,
    list INTEGER NOT NULL CHECK (list IN (0, 1))
) STRICT;

-- One row a value: a scalar has position 0 only, a list counts up from 0.
CREATE TABLE person_attributes (
    person_id TEXT NOT NULL REFERENCES people (id),
    name      TEXT NOT NULL REFERENCES attribute_definitions (name),
    position  INTEGER NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (person_id, name, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_attributes_by_name ON person_attributes (name);

-- The role is a key of the policy. It has no foreign key: the operator's is
-- here before the first policy is.
CREATE TABLE person_roles (
    person_id TEXT NOT NULL REFERENCES people (id),
    role      TEXT NOT NULL,
    not_after TEXT,
    PRIMARY KEY (person_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_roles_by_role ON person_roles (role);

-- A secret has 256 random bits; only its HMAC-SHA256 under a key outside the
-- database is kept, so whoever writes here cannot make one up.
CREATE TABLE sessions (
    id              TEXT PRIMARY KEY NOT NULL,
    person_id       TEXT NOT NULL REFERENCES people (id),
    secret_digest     BLOB NOT NULL UNIQUE,
    address         TEXT NOT NULL,
    client          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    seen_at         TEXT NOT NULL,
    idle_expires_at TEXT NOT NULL,
    expires_at      TEXT NOT NULL,
    revoked_at      TEXT
) STRICT;
CREATE INDEX sessions_by_person ON sessions (person_id);

-- An employee of '' leaves the token unbound.
CREATE TABLE api_tokens (
    id          TEXT PRIMARY KEY NOT NULL,
    person_id   TEXT NOT NULL REFERENCES people (id),
    name        TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    secret_digest BLOB NOT NULL UNIQUE,
    employee    TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    used_at     TEXT,
    expires_at  TEXT NOT NULL,
    revoked_at  TEXT
) STRICT;
CREATE INDEX api_tokens_by_person ON api_tokens (person_id);

-- Attempts to sign in. The bucket is a keyed hash: what people mistype into the
-- address field is not kept.
CREATE TABLE sign_in_attempts (
    bucket     BLOB PRIMARY KEY NOT NULL,
    attempts   INTEGER NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (expires_at);

-- The command line acts as this person. Without a password hash nobody can sign
-- in as it.
INSERT INTO people (id, name, email, email_folded, active, system, created_at)
VALUES ('operatoroperatoroperatorop', 'Operator', 'operator@localhost', 'OPERATOR@LOCALHOST', 1, 1, '2020-01-01T00:00:00.000000Z');
INSERT INTO people_closure (ancestor_id, descendant_id, depth)
VALUES ('operatoroperatoroperatorop', 'operatoroperatoroperatorop', 0);
INSERT INTO person_roles (person_id, role) VALUES ('operatoroperatoroperatorop', 'administrator');
