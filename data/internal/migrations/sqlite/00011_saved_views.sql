-- Views that people save: what of a collection to show, and how. A filter may hold
-- what its owner read in records, so a shared view is checked anew for each reader.
-- Names are unique among one owner's views of a collection: a collision tells its
-- owner of nobody else's. The default of a person is their own, whoever owns the view.

-- +goose Up
CREATE TABLE saved_views (
    id         TEXT PRIMARY KEY NOT NULL,
    owner_id   TEXT NOT NULL REFERENCES people (id),
    collection TEXT NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('table', 'board', 'calendar')),
    shared     TEXT NOT NULL CHECK (shared IN ('private', 'everyone', 'roles')),
    roles      TEXT NOT NULL,
    shape      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (owner_id, collection, name)
) STRICT;
CREATE INDEX saved_views_by_collection ON saved_views (collection) WHERE shared <> 'private';

CREATE TABLE default_views (
    person_id  TEXT NOT NULL REFERENCES people (id),
    collection TEXT NOT NULL,
    view_id    TEXT NOT NULL,
    PRIMARY KEY (person_id, collection)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE default_views;
DROP TABLE saved_views;
