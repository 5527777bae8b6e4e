-- +goose Up

-- What a server writes to find out whether the log can be written. It is no part
-- of the log.
CREATE TABLE audit_trial (room bytea NOT NULL);
ALTER TABLE audit_trial ALTER COLUMN room SET STORAGE EXTERNAL; -- not compressed: it is to take room
