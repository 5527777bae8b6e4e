-- +goose Up

-- The leaves of the audit tree. Every other column repeats what the leaf says,
-- for finding it; verify compares them.
CREATE TABLE audit_entries (
    sequence   bigint PRIMARY KEY,              -- the leaf's index in the tree, from 0 on
    id         text   COLLATE "C" NOT NULL,
    time       bigint NOT NULL,                 -- microseconds since 1970-01-01 UTC
    person     text   COLLATE "C" NOT NULL,
    employee   text   COLLATE "C" NOT NULL,
    collection text   COLLATE "C" NOT NULL,
    operation  text   COLLATE "C" NOT NULL,
    decision   bigint NOT NULL,                 -- 1 allowed, 2 refused, 3 failed
    leaf       bytea  NOT NULL                  -- docs/audit-format.md
);

CREATE UNIQUE INDEX audit_entries_id ON audit_entries (id);
CREATE INDEX audit_entries_time ON audit_entries (time);
CREATE INDEX audit_entries_person ON audit_entries (person, sequence);
CREATE INDEX audit_entries_collection ON audit_entries (collection, sequence);
-- The partial indexes leave out what is common: it is found soon without one,
-- and every index is paid for by every read. (Not NOT IN: SQLite would fill a
-- table with the list for each row that it inserts.)
CREATE INDEX audit_entries_employee ON audit_entries (employee, sequence) WHERE employee <> '';
CREATE INDEX audit_entries_decision ON audit_entries (decision, sequence) WHERE decision <> 1;
CREATE INDEX audit_entries_operation ON audit_entries (operation, sequence)
    WHERE operation <> 'query' AND operation <> 'get' AND operation <> 'count'
      AND operation <> 'aggregate' AND operation <> 'search';

-- What lies outside the tree. Both null: erased.
CREATE TABLE audit_details (
    sequence bigint PRIMARY KEY,
    key      bytea, -- the entry's key and salt, wrapped
    details  bytea  -- sealed under the entry's key
);

-- One row a batch: the tree after it.
CREATE TABLE audit_batches (
    size       bigint PRIMARY KEY,        -- entries up to the batch's end
    first      bigint NOT NULL,           -- sequence of the batch's first entry
    checkpoint text   COLLATE "C" NOT NULL, -- signed note over the tree of this size
    hashes     bytea  NOT NULL            -- the tree's hashes that the batch added, in tlog's stored order
);

-- Sealed bytes do not compress; trying to costs on every insert.
ALTER TABLE audit_entries ALTER COLUMN leaf SET STORAGE EXTERNAL;
ALTER TABLE audit_details ALTER COLUMN details SET STORAGE EXTERNAL;
ALTER TABLE audit_batches ALTER COLUMN hashes SET STORAGE EXTERNAL;
