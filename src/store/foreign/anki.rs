//! The tables of an Anki collection, schema 11 to 18.

use super::{Foreign, ForeignError, blob, number, text};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// Schemas that keep note types and decks in tables, not in JSON.
const TABLES_SINCE: i64 = 15;

/// The newest schema whose tables are known.
const NEWEST: i64 = 18;

/// The oldest schema whose tables are known (Anki 2.0).
const OLDEST: i64 = 11;

/// Most note types, decks, fields or templates.
const MAX_SMALL: u64 = 100_000;

/// Kinds of decks kept, all together, in bytes.
pub const MAX_DECK_KINDS: usize = 32 << 20;

/// An Anki collection.
pub struct AnkiDb {
    db: Foreign,
    schema: i64,
}

/// A note.
#[derive(Debug)]
pub struct NoteRow<'r> {
    /// Its id.
    pub id: i64,
    /// What identifies it wherever it is imported.
    pub guid: Cow<'r, str>,
    /// Its note type.
    pub notetype: i64,
    /// Tags, separated by spaces.
    pub tags: Cow<'r, str>,
    /// Fields, separated by 0x1f.
    pub fields: Cow<'r, str>,
}

/// A card of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CardRow {
    /// The note.
    pub note: i64,
    /// Place of the template, or number of the deletion less one.
    pub ord: i64,
    /// The deck it belongs to, also while it is in a filtered one.
    pub deck: i64,
    /// The card.
    pub id: i64,
}

/// One recorded review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewRow {
    /// Milliseconds since 1970 UTC.
    pub utc_ms: i64,
    /// The card.
    pub card: i64,
    /// The button, 1 to 4; 0 when it was no answer.
    pub button: i64,
    /// Milliseconds taken.
    pub ms: i64,
    /// 0 learning, 1 review, 2 relearning, 3 in a filtered deck, 4 and more: set by hand.
    pub kind: i64,
}

/// A note type, field or template as stored since schema 15; `config` is a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// The note type.
    pub notetype: i64,
    /// Place within the note type; 0 for the note type itself.
    pub ord: i64,
    /// Its name.
    pub name: String,
    /// The rest.
    pub config: Vec<u8>,
}

/// A deck as stored since schema 15.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckRow {
    /// Its id.
    pub id: i64,
    /// Its name, levels joined by 0x1f.
    pub name: String,
    /// What is only of its kind, a message; empty once all together are over [`MAX_DECK_KINDS`].
    pub kind: Vec<u8>,
}

/// Where note types and decks stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// As JSON: note types, then decks.
    Json(String, String),
    /// In tables.
    Tables {
        /// Note types.
        notetypes: Vec<NamedRow>,
        /// Their fields.
        fields: Vec<NamedRow>,
        /// Their templates.
        templates: Vec<NamedRow>,
        /// Decks.
        decks: Vec<DeckRow>,
    },
}

impl AnkiDb {
    /// Opens a copy of a collection.
    ///
    /// # Errors
    /// See [`ForeignError`]; also when it is of a schema that is not known.
    pub fn open(path: &Path) -> Result<Self, ForeignError> {
        let db = Foreign::open(path)?;
        let mut schema = None;
        db.rows("col", "SELECT ver FROM col", 1, |row| {
            schema = Some(number(row.get_ref(0)?));
            Ok(ControlFlow::Continue(()))
        })?;
        match schema {
            Some(schema @ OLDEST..=NEWEST) => Ok(Self { db, schema }),
            Some(n) if n > NEWEST => Err(ForeignError::Shape(format!(
                "it has schema {n}, made by a newer Anki; schemas {OLDEST} to {NEWEST} are known"
            ))),
            Some(n) => Err(ForeignError::Shape(format!("it has schema {n}; schemas {OLDEST} to {NEWEST} are known"))),
            None => Err(ForeignError::Shape("the table \"col\" is empty".to_owned())),
        }
    }

    /// Note types and decks.
    ///
    /// # Errors
    /// See [`ForeignError`].
    pub fn kept(&self) -> Result<Kept, ForeignError> {
        if self.schema < TABLES_SINCE {
            let mut kept = Kept::Json(String::new(), String::new());
            self.db.rows("col", "SELECT models, decks FROM col", 1, |row| {
                kept = Kept::Json(text(row.get_ref(0)?).into_owned(), text(row.get_ref(1)?).into_owned());
                Ok(ControlFlow::Continue(()))
            })?;
            return Ok(kept);
        }
        let (mut decks, mut left) = (Vec::new(), MAX_DECK_KINDS);
        self.db.rows("decks", "SELECT id, name, kind FROM decks NOT INDEXED", MAX_SMALL, |row| {
            let kind = blob(row.get_ref(2)?);
            let kind = if kind.len() <= left { kind.to_vec() } else { Vec::new() };
            left -= kind.len();
            decks.push(DeckRow { id: number(row.get_ref(0)?), name: text(row.get_ref(1)?).into_owned(), kind });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Kept::Tables {
            notetypes: self.named("notetypes", "SELECT id, 0, name, config FROM notetypes NOT INDEXED")?,
            fields: self.named("fields", "SELECT ntid, ord, name, config FROM fields NOT INDEXED")?,
            templates: self.named("templates", "SELECT ntid, ord, name, config FROM templates NOT INDEXED")?,
            decks,
        })
    }

    fn named(&self, table: &str, sql: &str) -> Result<Vec<NamedRow>, ForeignError> {
        let mut out = Vec::new();
        self.db.rows(table, sql, MAX_SMALL, |row| {
            out.push(NamedRow {
                notetype: number(row.get_ref(0)?),
                ord: number(row.get_ref(1)?),
                name: text(row.get_ref(2)?).into_owned(),
                config: blob(row.get_ref(3)?).to_vec(),
            });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(out)
    }

    /// Every note, in the order of its making.
    ///
    /// # Errors
    /// See [`ForeignError`].
    pub fn notes(&self, most: u64, mut each: impl FnMut(&NoteRow<'_>) -> ControlFlow<()>) -> Result<(), ForeignError> {
        self.db.rows("notes", "SELECT id, guid, mid, tags, flds FROM notes NOT INDEXED", most, |row| {
            Ok(each(&NoteRow {
                id: number(row.get_ref(0)?),
                guid: text(row.get_ref(1)?),
                notetype: number(row.get_ref(2)?),
                tags: text(row.get_ref(3)?),
                fields: text(row.get_ref(4)?),
            }))
        })
    }

    /// Note types that have notes, and how many.
    ///
    /// # Errors
    /// See [`ForeignError`].
    pub fn types_used(&self, most: u64) -> Result<BTreeMap<i64, u64>, ForeignError> {
        let mut out = BTreeMap::new();
        self.db.rows("notes", "SELECT mid FROM notes NOT INDEXED", most, |row| {
            *out.entry(number(row.get_ref(0)?)).or_default() += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(out)
    }

    /// Every card, sorted by note and place.
    ///
    /// # Errors
    /// See [`ForeignError`].
    pub fn cards(&self, most: u64) -> Result<Vec<CardRow>, ForeignError> {
        let mut out = Vec::new();
        self.db.rows("cards", "SELECT id, nid, ord, did, odid FROM cards NOT INDEXED", most, |row| {
            let (deck, home) = (number(row.get_ref(3)?), number(row.get_ref(4)?));
            out.push(CardRow {
                id: number(row.get_ref(0)?),
                note: number(row.get_ref(1)?),
                ord: number(row.get_ref(2)?),
                deck: if home == 0 { deck } else { home },
            });
            Ok(ControlFlow::Continue(()))
        })?;
        out.sort_unstable();
        Ok(out)
    }

    /// Every recorded review.
    ///
    /// # Errors
    /// See [`ForeignError`].
    pub fn reviews(&self, most: u64, mut each: impl FnMut(ReviewRow)) -> Result<(), ForeignError> {
        self.db.rows("revlog", "SELECT id, cid, ease, time, type FROM revlog NOT INDEXED", most, |row| {
            each(ReviewRow {
                utc_ms: number(row.get_ref(0)?),
                card: number(row.get_ref(1)?),
                button: number(row.get_ref(2)?),
                ms: number(row.get_ref(3)?),
                kind: number(row.get_ref(4)?),
            });
            Ok(ControlFlow::Continue(()))
        })
    }
}
