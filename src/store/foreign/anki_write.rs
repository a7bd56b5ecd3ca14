//! Writes a database that Anki imports: its schema 11, which every version since 2.1 reads.

use crate::store::error::{Result, StoreError};
use rusqlite::{Connection, params};
use sha1::{Digest, Sha1};
use std::path::{Path, PathBuf};

/// Tables as Anki names them. `sfld` has integer affinity there, so that numbers sort as numbers.
const SCHEMA: &str = "
    CREATE TABLE col (
        id INTEGER PRIMARY KEY, crt INTEGER NOT NULL, mod INTEGER NOT NULL, scm INTEGER NOT NULL,
        ver INTEGER NOT NULL, dty INTEGER NOT NULL, usn INTEGER NOT NULL, ls INTEGER NOT NULL,
        conf TEXT NOT NULL, models TEXT NOT NULL, decks TEXT NOT NULL, dconf TEXT NOT NULL, tags TEXT NOT NULL);
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY, guid TEXT NOT NULL, mid INTEGER NOT NULL, mod INTEGER NOT NULL,
        usn INTEGER NOT NULL, tags TEXT NOT NULL, flds TEXT NOT NULL, sfld INTEGER NOT NULL,
        csum INTEGER NOT NULL, flags INTEGER NOT NULL, data TEXT NOT NULL);
    CREATE TABLE cards (
        id INTEGER PRIMARY KEY, nid INTEGER NOT NULL, did INTEGER NOT NULL, ord INTEGER NOT NULL,
        mod INTEGER NOT NULL, usn INTEGER NOT NULL, type INTEGER NOT NULL, queue INTEGER NOT NULL,
        due INTEGER NOT NULL, ivl INTEGER NOT NULL, factor INTEGER NOT NULL, reps INTEGER NOT NULL,
        lapses INTEGER NOT NULL, left INTEGER NOT NULL, odue INTEGER NOT NULL, odid INTEGER NOT NULL,
        flags INTEGER NOT NULL, data TEXT NOT NULL);
    CREATE TABLE revlog (
        id INTEGER PRIMARY KEY, cid INTEGER NOT NULL, usn INTEGER NOT NULL, ease INTEGER NOT NULL,
        ivl INTEGER NOT NULL, lastIvl INTEGER NOT NULL, factor INTEGER NOT NULL, time INTEGER NOT NULL,
        type INTEGER NOT NULL);
    CREATE TABLE graves (usn INTEGER NOT NULL, oid INTEGER NOT NULL, type INTEGER NOT NULL);
    CREATE INDEX ix_notes_usn ON notes (usn);
    CREATE INDEX ix_notes_csum ON notes (csum);
    CREATE INDEX ix_cards_usn ON cards (usn);
    CREATE INDEX ix_cards_nid ON cards (nid);
    CREATE INDEX ix_cards_sched ON cards (did, queue, due);
    CREATE INDEX ix_revlog_usn ON revlog (usn);
    CREATE INDEX ix_revlog_cid ON revlog (cid);";

/// Version of the schema above.
const VERSION: i64 = 11;

/// "Not synchronized yet", in Anki's words.
const UNSYNCED: i64 = -1;

/// What the one row of `col` holds; the texts are JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Start of day 0, in seconds since 1970 UTC: due days count from it.
    pub created_s: i64,
    /// When it was written, in milliseconds.
    pub modified_ms: i64,
    /// Settings.
    pub conf: String,
    /// Note types by id.
    pub models: String,
    /// Decks by id.
    pub decks: String,
    /// Groups of deck options by id.
    pub dconf: String,
}

/// A note: fields from which its cards are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Number within the package.
    pub id: i64,
    /// What an importer knows it by.
    pub guid: String,
    /// Id of its note type.
    pub model: i64,
    /// When it was last changed, in seconds; the newer one wins at import.
    pub modified_s: i64,
    /// Tags without spaces in them.
    pub tags: Vec<String>,
    /// Fields in the note type's order. The first is plain text and names the note.
    pub fields: Vec<String>,
}

/// What is scheduled of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Card {
    /// Number within the package.
    pub id: i64,
    /// Its note.
    pub note: i64,
    /// Its deck.
    pub deck: i64,
    /// Which template or deletion, from 0.
    pub ord: i64,
    /// When it was last changed, in seconds.
    pub modified_s: i64,
    /// 0 new, 2 review.
    pub kind: i64,
    /// As `kind`, or -1 when suspended.
    pub queue: i64,
    /// Place among new cards, or the day it is due counted from [`Collection::created_s`].
    pub due: i64,
    /// Interval in days.
    pub interval: i64,
    /// Ease in thousandths.
    pub factor: i64,
    /// Answers in all.
    pub reps: i64,
    /// Times forgotten.
    pub lapses: i64,
    /// 0, or the color of its flag.
    pub flags: i64,
}

/// One line of the review log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// Milliseconds since 1970 UTC; made unique here.
    pub at_ms: i64,
    /// The card.
    pub card: i64,
    /// The button, 1 to 4.
    pub button: i64,
    /// Interval that was set, in days.
    pub interval: i64,
    /// Interval before.
    pub last_interval: i64,
    /// Ease afterwards, in thousandths.
    pub factor: i64,
    /// Time taken, in milliseconds.
    pub ms: i64,
    /// 0 learning, 1 review, 2 relearning.
    pub kind: i64,
}

/// A database being written, in one transaction.
pub struct Writer {
    conn: Connection,
    path: PathBuf,
}

impl Writer {
    /// Makes the database; nothing may be at `path`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create(path: &Path, collection: &Collection) -> Result<Self> {
        let make = || {
            let conn = Connection::open(path)?;
            // A scratch file: what a crash leaves of it is never read.
            conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN;")?;
            conn.execute_batch(SCHEMA)?;
            conn.execute(
                "INSERT INTO col (id, crt, mod, scm, ver, dty, usn, ls, conf, models, decks, dconf, tags)
                 VALUES (1, ?1, ?2, ?2, ?3, 0, 0, 0, ?4, ?5, ?6, ?7, '{}')",
                params![
                    collection.created_s,
                    collection.modified_ms,
                    VERSION,
                    collection.conf,
                    collection.models,
                    collection.decks,
                    collection.dconf
                ],
            )?;
            Ok(conn)
        };
        let conn = make().map_err(|e| StoreError::from_sqlite(path, e))?;
        Ok(Self { conn, path: path.to_owned() })
    }

    /// Adds a note.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn note(&self, note: &Note) -> Result<()> {
        let first = note.fields.first().map_or("", String::as_str);
        let tags = if note.tags.is_empty() { String::new() } else { format!(" {} ", note.tags.join(" ")) };
        self.insert(
            "INSERT INTO notes (id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, '')",
            params![
                note.id,
                note.guid,
                note.model,
                note.modified_s,
                UNSYNCED,
                tags,
                note.fields.join("\u{1f}"),
                first,
                checksum(first)
            ],
        )
    }

    /// Adds a card.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn card(&self, card: &Card) -> Result<()> {
        self.insert(
            "INSERT INTO cards (id, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue,
                                odid, flags, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, 0, 0, ?14, '')",
            params![
                card.id,
                card.note,
                card.deck,
                card.ord,
                card.modified_s,
                UNSYNCED,
                card.kind,
                card.queue,
                card.due,
                card.interval,
                card.factor,
                card.reps,
                card.lapses,
                card.flags
            ],
        )
    }

    /// Adds a line of the review log. Two reviews of one millisecond get neighboring ones: the time is Anki's key.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn review(&self, review: &Review) -> Result<()> {
        let sql = |e| StoreError::from_sqlite(&self.path, e);
        let mut taken = self.conn.prepare_cached("SELECT 1 FROM revlog WHERE id = ?1").map_err(sql)?;
        let mut id = review.at_ms;
        while taken.exists([id]).map_err(sql)? {
            id = id.saturating_add(1);
        }
        self.insert(
            "INSERT INTO revlog (id, cid, usn, ease, ivl, lastIvl, factor, time, type)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id,
                review.card,
                UNSYNCED,
                review.button,
                review.interval,
                review.last_interval,
                review.factor,
                review.ms,
                review.kind
            ],
        )
    }

    fn insert(&self, text: &str, values: impl rusqlite::Params) -> Result<()> {
        let run = || self.conn.prepare_cached(text)?.execute(values);
        run().map(|_| ()).map_err(|e| StoreError::from_sqlite(&self.path, e))
    }

    /// Commits and closes.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(self) -> Result<()> {
        let sql = |e| StoreError::from_sqlite(&self.path, e);
        self.conn.execute_batch("COMMIT;").map_err(sql)?;
        self.conn.close().map_err(|(_, e)| StoreError::from_sqlite(&self.path, e))
    }
}

/// The first 32 bits of the SHA-1 of a note's first field, by which Anki finds duplicates.
fn checksum(text: &str) -> i64 {
    let digest = Sha1::digest(text.as_bytes());
    digest.iter().take(4).fold(0, |n, b| (n << 8) | i64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_first_eight_digits_of_sha1() {
        // SHA-1("abc") starts a9993e36.
        assert_eq!(checksum("abc"), 0xa999_3e36);
    }

    #[test]
    fn a_written_database_is_whole_and_two_reviews_of_one_moment_are_both_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("c.anki21");
        let collection = Collection {
            created_s: 0,
            modified_ms: 1,
            conf: "{}".to_owned(),
            models: "{}".to_owned(),
            decks: "{}".to_owned(),
            dconf: "{}".to_owned(),
        };
        let writer = Writer::create(&path, &collection).expect("made");
        let note = Note {
            id: 1,
            guid: "g".to_owned(),
            model: 2,
            modified_s: 3,
            tags: vec!["a".to_owned(), "b".to_owned()],
            fields: vec!["d/c".to_owned(), "x".to_owned()],
        };
        writer.note(&note).expect("written");
        writer.card(&Card { id: 5, note: 1, ..Card::default() }).expect("written");
        let review =
            Review { at_ms: 7, card: 5, button: 3, interval: 1, last_interval: 0, factor: 2500, ms: 9, kind: 0 };
        writer.review(&review).expect("written");
        writer.review(&review).expect("written again");
        writer.finish().expect("closed");

        let conn = Connection::open(&path).expect("opens");
        let text = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, String>(0)).expect("a row");
        assert_eq!(text("PRAGMA quick_check"), "ok");
        assert_eq!(text("PRAGMA journal_mode"), "delete");
        assert_eq!(text("SELECT tags || '|' || flds FROM notes"), " a b |d/c\u{1f}x");
        assert_eq!(text("SELECT group_concat(id) FROM revlog"), "7,8");
    }
}
