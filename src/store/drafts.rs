//! Drafts: unfinished cards, kept at once and never scheduled; and what notes said of their cards last.

use super::Store;
use super::error::{Result, StoreError};
use crate::model::{Day, Stamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// An unfinished card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its number.
    pub id: i64,
    /// When it was caught.
    pub at: Stamp,
    /// The card so far, JSON.
    pub body: String,
    /// The rotation it was caught on.
    pub rotation: Option<String>,
    /// The file of notes it came from, with its id there.
    pub note: Option<NoteRef>,
    /// The study day until which it is postponed.
    pub later: Option<Day>,
    /// Why it is no draft any more: the card it became (`deck/card`), `dropped`, or the drafts made of it
    /// (`split into 3, 4`, `merged into 3`).
    pub gone: Option<String>,
}

impl Draft {
    /// It is postponed beyond this day.
    #[must_use]
    pub fn postponed(&self, today: Day) -> bool {
        self.later.is_some_and(|day| day > today)
    }
}

/// Where in notes a draft stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRef {
    /// The file.
    pub source: String,
    /// The id.
    pub id: String,
    /// The card as the notes said it last, JSON; the draft's body differs when it was worked on since.
    pub base: String,
}

/// A draft to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDraft {
    /// The card so far, JSON.
    pub body: String,
    /// The rotation.
    pub rotation: Option<String>,
    /// Where it stands in notes.
    pub note: Option<NoteRef>,
}

/// A change of the drafts. Several go into one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftChange {
    /// A new one.
    Add(NewDraft),
    /// Its text.
    Write {
        /// Which.
        id: i64,
        /// The card so far, JSON.
        body: String,
    },
    /// Its text and what its notes say now.
    Follow {
        /// Which.
        id: i64,
        /// The card so far, JSON.
        body: String,
        /// The card as the notes say it, JSON.
        base: String,
    },
    /// Not before this study day; `None` for at once.
    Postpone {
        /// Which.
        id: i64,
        /// Until when.
        later: Option<Day>,
    },
    /// It is no draft any more.
    End {
        /// Which.
        id: i64,
        /// The card it became, or `dropped`.
        why: String,
    },
    /// Its text is in the drafts that are added by the same call, before this: it rests as it was.
    EndInto {
        /// Which.
        id: i64,
        /// What was done: `split` or `merged`.
        how: &'static str,
    },
    /// It is a draft again.
    Restore {
        /// Which.
        id: i64,
    },
    /// What notes say of a card, once the card says it too.
    Noted(NoteCard),
}

/// A card as its notes said it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteCard {
    /// The deck it stands in.
    pub deck: String,
    /// Its id there, and in the notes.
    pub id: String,
    /// The file of notes.
    pub source: String,
    /// The card, JSON.
    pub body: String,
}

/// Drafts that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many, at most [`MOST_COUNTED`].
    pub count: u64,
    /// When the oldest was caught.
    pub oldest: Stamp,
}

/// Drafts that are counted at most: looking at today must cost the same however many wait.
pub const MOST_COUNTED: u64 = 1_000;

const COLUMNS: &str = "id, utc_ms, offset_s, body, rotation, source, source_id, base, later, gone";

fn draft(r: &Row<'_>) -> rusqlite::Result<Draft> {
    let (source, id, base): (Option<String>, Option<String>, Option<String>) = (r.get(5)?, r.get(6)?, r.get(7)?);
    Ok(Draft {
        id: r.get(0)?,
        at: Stamp { utc_ms: r.get(1)?, offset_s: r.get(2)? },
        body: r.get(3)?,
        rotation: r.get(4)?,
        note: source.zip(id).map(|(source, id)| NoteRef { source, id, base: base.unwrap_or_default() }),
        later: r.get::<_, Option<i32>>(8)?.map(Day),
        gone: r.get(9)?,
    })
}

fn apply(conn: &Connection, change: &DraftChange, new: &[i64], now: Stamp) -> rusqlite::Result<Option<i64>> {
    match change {
        DraftChange::Add(new) => {
            let note = new.note.as_ref();
            conn.prepare_cached(
                "INSERT INTO draft (utc_ms, offset_s, body, rotation, source, source_id, base)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                now.utc_ms,
                now.offset_s,
                new.body,
                new.rotation,
                note.map(|n| &n.source),
                note.map(|n| &n.id),
                note.map(|n| &n.base),
            ])?;
            return Ok(Some(conn.last_insert_rowid()));
        }
        DraftChange::Write { id, body } => {
            conn.prepare_cached("UPDATE draft SET body = ?2 WHERE id = ?1")?.execute(params![id, body])?;
        }
        DraftChange::Follow { id, body, base } => {
            conn.prepare_cached("UPDATE draft SET body = ?2, base = ?3 WHERE id = ?1")?
                .execute(params![id, body, base])?;
        }
        DraftChange::Postpone { id, later } => {
            conn.prepare_cached("UPDATE draft SET later = ?2 WHERE id = ?1")?
                .execute(params![id, later.map(|d| d.0)])?;
        }
        DraftChange::End { id, why } => {
            conn.prepare_cached("UPDATE draft SET gone = ?2 WHERE id = ?1")?.execute(params![id, why])?;
        }
        DraftChange::EndInto { id, how } => {
            let ids: Vec<String> = new.iter().map(ToString::to_string).collect();
            let why = format!("{how} into {}", ids.join(", "));
            conn.prepare_cached("UPDATE draft SET gone = ?2 WHERE id = ?1")?.execute(params![id, why])?;
        }
        DraftChange::Restore { id } => {
            conn.prepare_cached("UPDATE draft SET gone = NULL, later = NULL WHERE id = ?1")?.execute([id])?;
        }
        DraftChange::Noted(card) => {
            conn.prepare_cached("INSERT OR REPLACE INTO note_card (deck, id, source, body) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![card.deck, card.id, card.source, card.body])?;
        }
    }
    Ok(None)
}

impl Store {
    /// Changes drafts, all or nothing. Returns the numbers of the new ones.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn change_drafts(&mut self, changes: &[DraftChange], now: Stamp) -> Result<Vec<i64>> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let path = self.path.clone();
        self.write(|tx| {
            let mut new = Vec::new();
            for change in changes {
                let made = apply(tx, change, &new, now).map_err(|e| StoreError::from_sqlite(&path, e))?;
                new.extend(made);
            }
            Ok(new)
        })
    }

    /// The drafts that are open, oldest first.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE gone IS NULL ORDER BY utc_ms, id"))
            .and_then(|mut s| s.query_map([], draft)?.collect())
            .map_err(self.sql())
    }

    /// One draft, also one that is none any more.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn draft(&self, id: i64) -> Result<Option<Draft>> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE id = ?1"))
            .and_then(|mut s| s.query_row([id], draft).optional())
            .map_err(self.sql())
    }

    /// Every draft that ever came from a file of notes, oldest first.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn drafts_of(&self, source: &str) -> Result<Vec<Draft>> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE source = ?1 ORDER BY id"))
            .and_then(|mut s| s.query_map([source], draft)?.collect())
            .map_err(self.sql())
    }

    /// Every draft that notes of this id ever made, oldest first.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn drafts_noted(&self, id: &str) -> Result<Vec<Draft>> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE source_id = ?1 ORDER BY id"))
            .and_then(|mut s| s.query_map([id], draft)?.collect())
            .map_err(self.sql())
    }

    /// How many drafts wait today, and since when; the cost does not grow with the collection.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn drafts_waiting(&self, today: Day) -> Result<Option<Waiting>> {
        let found: Option<(u64, Option<i64>, Option<i32>)> = self
            .conn
            .prepare_cached(&format!(
                "SELECT count(*), min(utc_ms),
                     (SELECT offset_s FROM draft WHERE gone IS NULL AND coalesce(later, 0) <= ?1 ORDER BY utc_ms LIMIT 1)
                 FROM (SELECT utc_ms FROM draft WHERE gone IS NULL AND coalesce(later, 0) <= ?1
                       ORDER BY utc_ms LIMIT {MOST_COUNTED})"
            ))
            .and_then(|mut s| s.query_row([today.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional())
            .map_err(self.sql())?;
        Ok(found.and_then(|(count, utc_ms, offset_s)| {
            Some(Waiting { count, oldest: Stamp { utc_ms: utc_ms?, offset_s: offset_s? } })
        }))
    }

    /// The cards that came from a file of notes, as it said them last.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn note_cards(&self, source: &str) -> Result<Vec<NoteCard>> {
        self.conn
            .prepare_cached("SELECT deck, id, source, body FROM note_card WHERE source = ?1 ORDER BY id")
            .and_then(|mut s| s.query_map([source], note_card)?.collect())
            .map_err(self.sql())
    }

    /// What notes, whichever file it was, said last of a card.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn note_card(&self, deck: &str, id: &str) -> Result<Option<NoteCard>> {
        self.conn
            .prepare_cached("SELECT deck, id, source, body FROM note_card WHERE deck = ?1 AND id = ?2")
            .and_then(|mut s| s.query_row([deck, id], note_card).optional())
            .map_err(self.sql())
    }
}

fn note_card(r: &Row<'_>) -> rusqlite::Result<NoteCard> {
    Ok(NoteCard { deck: r.get(0)?, id: r.get(1)?, source: r.get(2)?, body: r.get(3)? })
}
