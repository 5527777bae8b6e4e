-- Every change of a field through the lens: who set it, when, in which run, and what
-- stood there before. It answers a record's history, and is the ground for provenance
-- and undo. A field that no row speaks of was set by a human.
--
-- The creation and the deletion of a record are one row each, whose field is ''. What
-- a record was created with is the first later change's before_value, or else what the
-- record holds. version is that of the record's row after the change: it orders the
-- changes of a record, and is never shown.
--
-- before_value and after_value are the stored values as text: texts as they are,
-- everything else as the whole number that a cursor holds, too. They are customer
-- data: whoever erases a record or a field erases them here as well.

-- +goose Up
CREATE TABLE field_changes (
    data_source  text COLLATE "C" NOT NULL,
    collection   text COLLATE "C" NOT NULL,
    record_id    text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    field        text COLLATE "C" NOT NULL,
    action       text COLLATE "C" NOT NULL,
    before_value text COLLATE "C",
    after_value  text COLLATE "C",
    kind         text COLLATE "C" NOT NULL CHECK (kind IN ('human', 'ai', 'import', 'workflow')),
    person_id    text COLLATE "C" NOT NULL,
    employee     text COLLATE "C",
    task         text COLLATE "C",
    conversation text COLLATE "C",
    run          text COLLATE "C",
    operator     text COLLATE "C",
    request      text COLLATE "C",
    changed_at   timestamptz NOT NULL,
    confirmed_by text COLLATE "C",
    confirmed_at timestamptz,
    PRIMARY KEY (data_source, collection, record_id, version, field)
);
CREATE INDEX field_changes_by_run ON field_changes (run) WHERE run IS NOT NULL;

-- +goose Down
DROP TABLE field_changes;
