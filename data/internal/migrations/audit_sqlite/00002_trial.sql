-- +goose Up

-- What a server writes to find out whether the log can be written. It is no part
-- of the log.
CREATE TABLE audit_trial (room BLOB NOT NULL) STRICT;
