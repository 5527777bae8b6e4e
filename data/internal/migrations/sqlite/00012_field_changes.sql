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
    data_source  TEXT NOT NULL,
    collection   TEXT NOT NULL,
    record_id    TEXT NOT NULL,
    version      INTEGER NOT NULL,
    field        TEXT NOT NULL,
    action       TEXT NOT NULL,
    before_value TEXT,
    after_value  TEXT,
    kind         TEXT NOT NULL CHECK (kind IN ('human', 'ai', 'import', 'workflow')),
    person_id    TEXT NOT NULL,
    employee     TEXT,
    task         TEXT,
    conversation TEXT,
    run          TEXT,
    operator     TEXT,
    request      TEXT,
    changed_at   TEXT NOT NULL,
    confirmed_by TEXT,
    confirmed_at TEXT,
    PRIMARY KEY (data_source, collection, record_id, version, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX field_changes_by_run ON field_changes (run) WHERE run IS NOT NULL;

-- +goose Down
DROP TABLE field_changes;
