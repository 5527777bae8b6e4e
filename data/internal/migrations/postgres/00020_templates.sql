-- The reviewed templates of company-wide figures, version by version, and what was
-- answered by them. A version is written once; only its state moves on: draft,
-- reviewed, published, replaced, withdrawn. An empty text is "none".

-- +goose Up
CREATE TABLE template_versions (
    name         text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    collection   text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL,
    body         text COLLATE "C" NOT NULL, -- JSON
    digest       text COLLATE "C" NOT NULL, -- of the body
    shipped      boolean NOT NULL,
    author_id    text COLLATE "C" NOT NULL REFERENCES people (id),
    written_at   timestamptz NOT NULL,
    reviewer_id  text COLLATE "C" REFERENCES people (id),
    reviewed_at  timestamptz,
    review_until timestamptz,
    reviewed     text COLLATE "C" NOT NULL, -- the digest that the review is of
    note         text COLLATE "C" NOT NULL, -- what the reviewer, or who withdrew it, says
    PRIMARY KEY (name, version)
);
CREATE INDEX template_versions_published ON template_versions (collection, name) WHERE state = 'published';
CREATE UNIQUE INDEX template_versions_in_force ON template_versions (name) WHERE state = 'published';

-- What was answered: a question is a template's version with its parameters, and
-- every caller of a day gets the same figures. They lie sealed.
CREATE TABLE template_figures (
    id       text COLLATE "C" PRIMARY KEY,
    question text COLLATE "C" NOT NULL,
    day      text COLLATE "C" NOT NULL, -- of the company's calendar
    as_of    bigint NOT NULL, -- microseconds
    body     bytea NOT NULL,
    UNIQUE (question, day)
);

-- Which figures each person was told last for each question: what they tell together
-- is looked at before more is told. The revision moves with each, so that two at once
-- are looked at one after the other.
CREATE TABLE template_seen (
    person_id  text COLLATE "C" NOT NULL REFERENCES people (id),
    collection text COLLATE "C" NOT NULL,
    question   text COLLATE "C" NOT NULL,
    figures_id text COLLATE "C" NOT NULL REFERENCES template_figures (id),
    seen_at    bigint NOT NULL, -- microseconds
    PRIMARY KEY (person_id, collection, question)
);
CREATE TABLE template_budgets (
    person_id  text COLLATE "C" NOT NULL REFERENCES people (id),
    collection text COLLATE "C" NOT NULL,
    revision   bigint NOT NULL,
    PRIMARY KEY (person_id, collection)
);

-- +goose Down
DROP TABLE template_budgets;
DROP TABLE template_seen;
DROP TABLE template_figures;
DROP TABLE template_versions;
