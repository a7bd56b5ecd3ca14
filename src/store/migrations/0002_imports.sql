-- Decks from others: where they came from, what was changed by whom, and how to take it back. And what a student
-- adds for themselves: notes and tags in the log, drafts, personal versions of cards of compiled-in decks.

ALTER TABLE event ADD COLUMN text TEXT;              -- noted: the note; tagged: the tags; relearn: old and new answer, JSON
ALTER TABLE state ADD COLUMN parked  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN relearn INTEGER NOT NULL DEFAULT 0;
CREATE INDEX state_parked ON state (id) WHERE parked = 1;

-- Own notes and tags: a cache of the log.
CREATE TABLE personal (
    id   INTEGER PRIMARY KEY REFERENCES name (id),
    note TEXT,
    tags TEXT NOT NULL                -- ' a b '
) STRICT;

-- Every import that was carried out.
CREATE TABLE import (
    id       INTEGER PRIMARY KEY,
    utc_ms   INTEGER NOT NULL,
    offset_s INTEGER NOT NULL,
    device   TEXT NOT NULL,
    source   TEXT NOT NULL,           -- file name as given
    sha256   BLOB NOT NULL,
    format   TEXT NOT NULL,
    summary  TEXT NOT NULL,           -- counts, JSON
    undone   INTEGER                  -- milliseconds since 1970 UTC, once taken back
) STRICT;

-- The decks an import wrote, with what is needed to take it back.
CREATE TABLE import_deck (
    import          INTEGER NOT NULL REFERENCES import (id),
    slug            TEXT NOT NULL,
    file            TEXT NOT NULL,    -- name in <home>/decks
    before          BLOB,             -- the file before, zstd; NULL when there was none
    after_sha256    BLOB,             -- of the file as written; NULL when only its base moved on
    after           BLOB,             -- the file as written, zstd; NULL where the base says the same (a new deck)
    base_moved      INTEGER NOT NULL DEFAULT 0, -- it changed the row of upstream
    before_upstream BLOB,             -- that row before; NULL when there was none
    PRIMARY KEY (import, slug)
) STRICT, WITHOUT ROWID;

-- Events an import wrote into the log, and pictures and sounds it brought.
CREATE TABLE import_event (
    import INTEGER NOT NULL REFERENCES import (id),
    event  BLOB NOT NULL,
    PRIMARY KEY (import, event)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_media (
    import INTEGER NOT NULL REFERENCES import (id),
    path   TEXT NOT NULL,             -- within <home>/decks
    sha256 BLOB NOT NULL,
    PRIMARY KEY (import, path)
) STRICT, WITHOUT ROWID;

-- Every field an import (or an edit) changed. Append-only.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    import INTEGER NOT NULL REFERENCES import (id),
    slug   TEXT NOT NULL,
    card   TEXT NOT NULL,             -- '' for several at once, whose ids are a JSON list in `after`
    field  TEXT NOT NULL,             -- path within the card; '' for the whole card
    action TEXT NOT NULL,             -- added, changed, removed, kept
    before TEXT,
    after  TEXT
) STRICT;
CREATE INDEX audit_import ON audit (import);
-- The same, each card by itself.
CREATE VIEW audited AS
SELECT a.id, j.key AS n, a.import, a.slug, coalesce(j.value, a.card) AS card, a.field, a.action, a.before,
    CASE WHEN a.card <> '' THEN a.after END AS after
FROM audit a LEFT JOIN json_each(CASE WHEN a.card = '' THEN a.after ELSE '[]' END) j;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;

-- The version of a deck that its author sent last: the base of the three-way merge.
CREATE TABLE upstream (
    slug    TEXT PRIMARY KEY,         -- the deck here
    origin  TEXT NOT NULL,            -- the id its author gave it
    import  INTEGER NOT NULL,
    version TEXT NOT NULL,
    body    BLOB NOT NULL             -- the deck as the author sent it: JSON, zstd
) STRICT, WITHOUT ROWID;

-- Files that an import (or its undo) has still to put in their place: written in full beside it, then renamed.
CREATE TABLE pending (
    path   TEXT PRIMARY KEY,          -- within <home>/decks
    ready  TEXT,                      -- the finished file beside it; NULL: the file goes
    before BLOB                       -- SHA-256 of the file it replaces; NULL when there is none
) STRICT, WITHOUT ROWID;

-- Personal versions of cards of compiled-in decks, with the text they were made from.
CREATE TABLE variant (
    key  TEXT PRIMARY KEY,            -- deck/card
    base TEXT NOT NULL,
    mine TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Unfinished cards. Never scheduled.
CREATE TABLE draft (
    id       INTEGER PRIMARY KEY,
    utc_ms   INTEGER NOT NULL,        -- when it was caught
    offset_s INTEGER NOT NULL,
    body     TEXT NOT NULL,           -- the card so far, JSON
    rotation TEXT,
    source   TEXT,                    -- notes file it came from
    source_id TEXT,                   -- and its id there
    base     TEXT,                    -- the body as the notes said it last
    later    INTEGER,                 -- study day until which it is postponed
    gone     TEXT                     -- why it is no draft any more: the card it became (deck/card), or 'dropped', 'merged'
) STRICT;
CREATE INDEX draft_open ON draft (utc_ms, later) WHERE gone IS NULL;
CREATE INDEX draft_noted ON draft (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX draft_source ON draft (source) WHERE source IS NOT NULL;

-- Cards that came from notes, as the notes said them last: the base of the merge with what was edited by hand since.
CREATE TABLE note_card (
    deck   TEXT NOT NULL,
    id     TEXT NOT NULL,             -- of the card in its deck, and in the comment of the notes
    source TEXT NOT NULL,             -- the file
    body   TEXT NOT NULL,             -- the card, JSON
    PRIMARY KEY (deck, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX note_card_source ON note_card (source);

-- Decisions about possible identifiers of patients: a fingerprint of what was found, never the text.
CREATE TABLE cleared (
    fingerprint BLOB PRIMARY KEY,
    utc_ms      INTEGER NOT NULL,
    decision    TEXT NOT NULL          -- kept
) STRICT, WITHOUT ROWID;
