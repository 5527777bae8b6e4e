-- What is allowed: the policy document, one row an entity with its body as JSON.

-- +goose Up

-- One row. Every change to policy, model, attributes or settings raises the
-- epoch in its own transaction; whoever caches them compares it.
CREATE TABLE policy_epoch (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    epoch     bigint NOT NULL
);
INSERT INTO policy_epoch (epoch) VALUES (1);

-- Positions keep the order in which the document was written.
CREATE TABLE policy_scopes (
    data_source text COLLATE "C" NOT NULL,
    collection  text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    position    bigint NOT NULL,
    body        text COLLATE "C" NOT NULL,
    PRIMARY KEY (data_source, collection, name)
);

CREATE TABLE policy_roles (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    body     text COLLATE "C" NOT NULL
);

CREATE TABLE policy_employees (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    body     text COLLATE "C" NOT NULL
);

CREATE TABLE policy_tasks (
    employee text COLLATE "C" NOT NULL,
    name     text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    body     text COLLATE "C" NOT NULL,
    PRIMARY KEY (employee, name)
);

CREATE TABLE policy_tools (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    body     text COLLATE "C" NOT NULL
);

CREATE TABLE settings (
    name  text COLLATE "C" PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);
