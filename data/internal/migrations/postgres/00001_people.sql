-- Who there is: departments, people, their attributes, roles and credentials.
-- Every text column is COLLATE "C": equality, order and indexes are bytewise,
-- as they are on SQLite.

-- +goose Up
CREATE TABLE departments (
    id         text COLLATE "C" PRIMARY KEY,
    name       text COLLATE "C" NOT NULL,
    parent_id  text COLLATE "C" REFERENCES departments (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX departments_by_parent ON departments (parent_id);

-- Every pair of a department and one above it, itself at depth 0 included.
CREATE TABLE departments_closure (
    ancestor_id   text COLLATE "C" NOT NULL REFERENCES departments (id),
    descendant_id text COLLATE "C" NOT NULL REFERENCES departments (id),
    depth         bigint NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX departments_closure_up ON departments_closure (descendant_id, ancestor_id);

-- Generation rises with every change to what the person is or may do; whoever
-- caches a person compares it. The column email_folded is what addresses are
-- compared by; email is what was typed.
CREATE TABLE people (
    id            text COLLATE "C" PRIMARY KEY,
    name          text COLLATE "C" NOT NULL,
    email         text COLLATE "C" NOT NULL,
    email_folded  text COLLATE "C" NOT NULL UNIQUE,
    title         text COLLATE "C",
    department_id text COLLATE "C" REFERENCES departments (id),
    manager_id    text COLLATE "C" REFERENCES people (id),
    active        boolean NOT NULL,
    system        boolean NOT NULL DEFAULT false,
    password_hash text COLLATE "C",
    generation    bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL
);
CREATE INDEX people_by_name ON people (name, id);
CREATE INDEX people_by_department ON people (department_id);
CREATE INDEX people_by_manager ON people (manager_id);

-- Every pair of a person and one above them, themselves at depth 0 included.
CREATE TABLE people_closure (
    ancestor_id   text COLLATE "C" NOT NULL REFERENCES people (id),
    descendant_id text COLLATE "C" NOT NULL REFERENCES people (id),
    depth         bigint NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX people_closure_up ON people_closure (descendant_id, ancestor_id);

-- A change to a hierarchy updates its row first: two moves, each harmless, could
-- make a cycle together.
CREATE TABLE hierarchies (
    name  text COLLATE "C" PRIMARY KEY,
    moves bigint NOT NULL
);
INSERT INTO hierarchies (name, moves) VALUES ('departments', 0), ('people', 0);

CREATE TABLE attribute_definitions (
    name text COLLATE "C" PRIMARY KEY,
    type text COLLATE "C" NOT NULL,
    list boolean NOT NULL
);

-- One row a value: a scalar has position 0 only, a list counts up from 0.
CREATE TABLE person_attributes (
    person_id text COLLATE "C" NOT NULL REFERENCES people (id),
    name      text COLLATE "C" NOT NULL REFERENCES attribute_definitions (name),
    position  bigint NOT NULL,
    value     text COLLATE "C" NOT NULL,
    PRIMARY KEY (person_id, name, position)
);
CREATE INDEX person_attributes_by_name ON person_attributes (name);

-- The role is a key of the policy. It has no foreign key: the operator's is
-- here before the first policy is.
CREATE TABLE person_roles (
    person_id text COLLATE "C" NOT NULL REFERENCES people (id),
    role      text COLLATE "C" NOT NULL,
    not_after timestamptz,
    PRIMARY KEY (person_id, role)
);
CREATE INDEX person_roles_by_role ON person_roles (role);

-- A secret has 256 random bits; only its HMAC-SHA256 under a key outside the
-- database is kept, so whoever writes here cannot make one up.
CREATE TABLE sessions (
    id              text COLLATE "C" PRIMARY KEY,
    person_id       text COLLATE "C" NOT NULL REFERENCES people (id),
    secret_digest     bytea NOT NULL UNIQUE,
    address         text COLLATE "C" NOT NULL,
    client          text COLLATE "C" NOT NULL,
    created_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);
CREATE INDEX sessions_by_person ON sessions (person_id);

-- An employee of '' leaves the token unbound.
CREATE TABLE api_tokens (
    id          text COLLATE "C" PRIMARY KEY,
    person_id   text COLLATE "C" NOT NULL REFERENCES people (id),
    name        text COLLATE "C" NOT NULL,
    prefix      text COLLATE "C" NOT NULL,
    secret_digest bytea NOT NULL UNIQUE,
    employee    text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    used_at     timestamptz,
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX api_tokens_by_person ON api_tokens (person_id);

-- Attempts to sign in. The bucket is a keyed hash: what people mistype into the
-- address field is not kept.
CREATE TABLE sign_in_attempts (
    bucket     bytea PRIMARY KEY,
    attempts   bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (expires_at);

-- The command line acts as this person. Without a password hash nobody can sign
-- in as it.
INSERT INTO people (id, name, email, email_folded, active, system, created_at)
VALUES ('operatoroperatoroperatorop', 'Operator', 'operator@localhost', 'OPERATOR@LOCALHOST', true, true, '2020-01-01T00:00:00Z');
INSERT INTO people_closure (ancestor_id, descendant_id, depth)
VALUES ('operatoroperatoroperatorop', 'operatoroperatoroperatorop', 0);
INSERT INTO person_roles (person_id, role) VALUES ('operatoroperatoroperatorop', 'administrator');
