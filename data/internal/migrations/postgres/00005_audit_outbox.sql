-- +goose Up

-- Entries of writes, on their way to the audit log: staged in the write's own
-- transaction, deleted once the log has them.
CREATE TABLE audit_outbox (
    id        text   COLLATE "C" PRIMARY KEY,
    staged_at bigint NOT NULL, -- microseconds since 1970-01-01 UTC
    entry     bytea  NOT NULL  -- sealed
);
