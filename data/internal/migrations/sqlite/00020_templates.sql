-- The reviewed templates of company-wide figures, version by version, and what was
-- answered by them. A version is written once; only its state moves on: draft,
-- reviewed, published, replaced, withdrawn. An empty text is "none".

-- +goose Up
CREATE TABLE template_versions (
    name         TEXT NOT NULL,
    version      INTEGER NOT NULL,
    collection   TEXT NOT NULL,
    state        TEXT NOT NULL,
    body         TEXT NOT NULL, -- JSON
    digest       TEXT NOT NULL, -- of the body
    shipped      INTEGER NOT NULL CHECK (shipped IN (0, 1)),
    author_id    TEXT NOT NULL REFERENCES people (id),
    written_at   TEXT NOT NULL,
    reviewer_id  TEXT REFERENCES people (id),
    reviewed_at  TEXT,
    review_until TEXT,
    reviewed     TEXT NOT NULL, -- the digest that the review is of
    note         TEXT NOT NULL, -- what the reviewer, or who withdrew it, says
    PRIMARY KEY (name, version)
) STRICT;
CREATE INDEX template_versions_published ON template_versions (collection, name) WHERE state = 'published';
CREATE UNIQUE INDEX template_versions_in_force ON template_versions (name) WHERE state = 'published';

-- What was answered: a question is a template's version with its parameters, and
-- every caller of a day gets the same figures. They lie sealed.
CREATE TABLE template_figures (
    id       TEXT PRIMARY KEY NOT NULL,
    question TEXT NOT NULL,
    day      TEXT NOT NULL, -- of the company's calendar
    as_of    INTEGER NOT NULL, -- microseconds
    body     BLOB NOT NULL,
    UNIQUE (question, day)
) STRICT;

-- Which figures each person was told last for each question: what they tell together
-- is looked at before more is told. The revision moves with each, so that two at once
-- are looked at one after the other.
CREATE TABLE template_seen (
    person_id  TEXT NOT NULL REFERENCES people (id),
    collection TEXT NOT NULL,
    question   TEXT NOT NULL,
    figures_id TEXT NOT NULL REFERENCES template_figures (id),
    seen_at    INTEGER NOT NULL, -- microseconds
    PRIMARY KEY (person_id, collection, question)
) STRICT;
CREATE TABLE template_budgets (
    person_id  TEXT NOT NULL REFERENCES people (id),
    collection TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    PRIMARY KEY (person_id, collection)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE template_budgets;
DROP TABLE template_seen;
DROP TABLE template_figures;
DROP TABLE template_versions;
