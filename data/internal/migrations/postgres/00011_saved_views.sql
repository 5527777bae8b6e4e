-- Views that people save: what of a collection to show, and how. A filter may hold
-- what its owner read in records, so a shared view is checked anew for each reader.
-- Names are unique among one owner's views of a collection: a collision tells its
-- owner of nobody else's. The default of a person is their own, whoever owns the view.

-- +goose Up
CREATE TABLE saved_views (
    id         text COLLATE "C" PRIMARY KEY,
    owner_id   text COLLATE "C" NOT NULL REFERENCES people (id),
    collection text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('table', 'board', 'calendar')),
    shared     text COLLATE "C" NOT NULL CHECK (shared IN ('private', 'everyone', 'roles')),
    roles      text COLLATE "C" NOT NULL,
    shape      text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (owner_id, collection, name)
);
CREATE INDEX saved_views_by_collection ON saved_views (collection) WHERE shared <> 'private';

CREATE TABLE default_views (
    person_id  text COLLATE "C" NOT NULL REFERENCES people (id),
    collection text COLLATE "C" NOT NULL,
    view_id    text COLLATE "C" NOT NULL,
    PRIMARY KEY (person_id, collection)
);

-- +goose Down
DROP TABLE default_views;
DROP TABLE saved_views;
