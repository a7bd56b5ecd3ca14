-- The review log and the names it speaks of are the truth; every other table is made from them and from deck files,
-- and can be made again.

-- Every card ever seen. The log points here, so that a name is written once.
CREATE TABLE name (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE          -- deck/card or deck/card#n
) STRICT;

-- The review log, append-only.
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,   -- order of arrival in this file
    id         BLOB NOT NULL UNIQUE CHECK (length(id) = 16),  -- UUIDv7; the order that counts
    device     TEXT NOT NULL,
    utc_ms     INTEGER NOT NULL,      -- milliseconds since 1970 UTC
    offset_s   INTEGER NOT NULL,      -- seconds east of UTC
    card       INTEGER NOT NULL REFERENCES name (id),
    kind       TEXT NOT NULL,
    picked     TEXT,                  -- option id
    recalled   INTEGER,               -- 0 or 1, for cards without options
    confidence TEXT,
    miss       TEXT,
    grade      INTEGER CHECK (grade BETWEEN 0 AND 5),
    ms         INTEGER,
    target     BLOB                   -- the event an undo or a debrief speaks of
) STRICT;
CREATE INDEX event_card ON event (card);
CREATE INDEX event_target ON event (target) WHERE target IS NOT NULL;

CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT RAISE (ABORT, 'the review log is append-only'); END;
CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT RAISE (ABORT, 'the review log is append-only'); END;
CREATE TRIGGER name_never_changes BEFORE UPDATE ON name
BEGIN SELECT RAISE (ABORT, 'names in the review log never change'); END;
CREATE TRIGGER name_never_goes BEFORE DELETE ON name
BEGIN SELECT RAISE (ABORT, 'names in the review log never change'); END;

-- What the user set, and a few notes of the program to itself (keys with a dot).
CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Decks as last read.
CREATE TABLE deck (
    id      INTEGER PRIMARY KEY,
    slug    TEXT NOT NULL UNIQUE,
    file    TEXT NOT NULL,            -- bundled:NAME, or the path of the user's file
    present INTEGER NOT NULL,
    title   TEXT NOT NULL,
    version TEXT NOT NULL,
    header  TEXT NOT NULL,            -- the other header fields, JSON
    families INTEGER NOT NULL DEFAULT 0,
    covers  INTEGER NOT NULL DEFAULT 0 -- decision points of the coverage map
) STRICT;

-- Files in <home>/decks as last seen, so that unchanged ones are not read again.
CREATE TABLE file (
    path     TEXT PRIMARY KEY,
    size     INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    settled  INTEGER NOT NULL,        -- 0: it was so young when read that a later write could hide in the same tick
    sha256   BLOB NOT NULL,
    deck     INTEGER REFERENCES deck (id),
    errors   INTEGER NOT NULL,
    problem  TEXT                     -- the first error, for the report
) STRICT, WITHOUT ROWID;

-- Cards as last read. Rows of removed cards stay, with present = 0.
CREATE TABLE card (
    id      INTEGER PRIMARY KEY REFERENCES name (id),
    deck    INTEGER NOT NULL REFERENCES deck (id),
    ord     INTEGER NOT NULL,         -- place in the deck
    kind    TEXT NOT NULL,
    domain  TEXT NOT NULL,
    family  INTEGER,                  -- hash of deck and family
    tags    TEXT NOT NULL,            -- ' a b '
    body    TEXT NOT NULL,            -- the card as its author wrote it
    present INTEGER NOT NULL,
    fresh   INTEGER NOT NULL          -- present, never answered, not suspended
) STRICT;
CREATE INDEX card_fresh ON card (deck, ord, family) WHERE fresh = 1;
CREATE INDEX card_family ON card (family) WHERE family IS NOT NULL;

-- The fold of each card's events: a cache.
CREATE TABLE state (
    id         INTEGER PRIMARY KEY REFERENCES name (id),
    repetition INTEGER NOT NULL,
    ease       INTEGER NOT NULL,      -- thousandths
    interval   INTEGER NOT NULL,      -- days
    band       INTEGER NOT NULL,      -- of the interval
    due        INTEGER,               -- study day
    first_day  INTEGER,
    last_day   INTEGER,
    again      INTEGER NOT NULL,
    answers    INTEGER NOT NULL,
    lapses     INTEGER NOT NULL,
    suspended  INTEGER NOT NULL,
    flagged    INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,      -- seq of its last answer that counts; 0 for none
    domain     TEXT NOT NULL,         -- under which its answers stand in tally
    family     INTEGER,               -- as in card
    live       INTEGER NOT NULL       -- has a due day, is present, is not suspended
) STRICT;
-- Everything a queue needs, so that planning never reads a card it does not show.
CREATE INDEX state_due ON state (band, due, family) WHERE live = 1;
CREATE INDEX state_suspended ON state (id) WHERE suspended = 1;
CREATE INDEX state_last_day ON state (last_day) WHERE last_day IS NOT NULL;

-- Answers that count, added up: a cache.
CREATE TABLE tally (
    day        INTEGER NOT NULL,
    domain     TEXT NOT NULL,
    stage      TEXT NOT NULL,
    confidence TEXT NOT NULL,
    grade      INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    ms         INTEGER NOT NULL,
    PRIMARY KEY (day, domain, stage, confidence, grade)
) STRICT, WITHOUT ROWID;
