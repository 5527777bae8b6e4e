-- What people choose for themselves, passwords that must be replaced, and sessions
-- that look with the eyes of somebody else.

-- +goose Up
ALTER TABLE people
    ADD COLUMN must_change boolean NOT NULL DEFAULT false,
    ADD COLUMN language text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN theme text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN viewing_id text COLLATE "C" REFERENCES people (id);
CREATE INDEX sessions_by_viewing ON sessions (viewing_id) WHERE viewing_id IS NOT NULL;

-- +goose Down
DROP INDEX sessions_by_viewing;
ALTER TABLE sessions DROP COLUMN viewing_id;
ALTER TABLE people DROP COLUMN must_change, DROP COLUMN language, DROP COLUMN theme;
