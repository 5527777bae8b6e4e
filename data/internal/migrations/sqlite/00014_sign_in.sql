-- What people choose for themselves, passwords that must be replaced, and sessions
-- that look with the eyes of somebody else.

-- +goose Up
ALTER TABLE people ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1));
ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN theme TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN viewing_id TEXT REFERENCES people (id);
CREATE INDEX sessions_by_viewing ON sessions (viewing_id) WHERE viewing_id IS NOT NULL;

-- +goose Down
DROP INDEX sessions_by_viewing;
ALTER TABLE sessions DROP COLUMN viewing_id;
ALTER TABLE people DROP COLUMN theme;
ALTER TABLE people DROP COLUMN language;
ALTER TABLE people DROP COLUMN must_change;
