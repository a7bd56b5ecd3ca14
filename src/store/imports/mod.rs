//! Decks from others: one transaction for everything an import changes, and one to take it all back.
//!
//! Files can't be part of a database transaction. So the finished files are first written in full beside their places
//! and synced; then the transaction commits, which names them in `pending`; then they are renamed. Killed before the
//! commit nothing has happened; killed after it, the next start renames what is left.

mod at_work;
mod carry;
mod files;
mod look;
pub(super) mod personal;
mod undo;

pub use files::{Packed, Staged};
pub use look::{AuditRow, ImportRow, Origin, StoredDeck};
pub use undo::{UndoDeck, UndoPlan};

use crate::deck::format::RawDeck;
use crate::log::Event;
use crate::model::{CardKey, Outline};
use std::ops::Range;
use std::rc::Rc;

/// Everything one import changes.
#[derive(Debug)]
pub struct ImportWrite {
    /// The file's name as given.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// `json`, `anki`, `table`, `notes` or `edit`.
    pub format: &'static str,
    /// Counts for people and scripts, JSON.
    pub summary: String,
    /// The decks.
    pub decks: Vec<DeckWrite>,
    /// Pictures and sounds, already unpacked on the home's file system.
    pub media: Vec<Staged>,
    /// New cards that wait until they are released.
    pub park: Vec<CardKey>,
    /// Cards to suspend because their author removed them.
    pub suspend: Vec<CardKey>,
    /// Reviews to take into the log; those already there are left alone.
    pub history: Vec<Event>,
}

/// What becomes of one deck.
#[derive(Debug)]
pub struct DeckWrite {
    /// Its id here.
    pub slug: String,
    /// Its file's name in `<home>/decks`.
    pub file: String,
    /// The file as it was when the import was planned; `None` when there was none.
    pub before: Option<Vec<u8>>,
    /// The file's new text; `None` leaves the file alone.
    pub text: Option<DeckText>,
    /// The deck as its author sent it, which the next merge starts from; `None` leaves the old one.
    pub upstream: Option<NewUpstream>,
    /// Every field changed.
    pub audit: Vec<Audited>,
}

/// A deck's file as it will stand.
#[derive(Debug)]
pub struct DeckText {
    /// The file's text.
    pub text: String,
    /// What is in it, when whoever wrote it knows; without it the text is read.
    pub known: Option<KnownDeck>,
}

/// What is in a deck's text: every card keeps every rule, and stands where it is said to stand.
#[derive(Debug)]
pub struct KnownDeck {
    /// Its header.
    pub header: RawDeck,
    /// Its cards in their order, and the place of each in the text.
    pub cards: Vec<(Rc<Outline>, Range<usize>)>,
}

/// A deck as its author sends it now.
#[derive(Debug)]
pub struct NewUpstream {
    /// The id its author gave it.
    pub origin: String,
    /// Its version.
    pub version: String,
    /// The deck, JSON.
    pub body: Packed,
}

/// A deck as its author sent it last.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Upstream {
    /// The id its author gave it.
    pub origin: String,
    /// Its version.
    pub version: String,
    /// The deck, JSON.
    pub body: String,
}

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The card's id within the deck; empty for several cards that came in, whose ids are a JSON list in `after`.
    pub card: String,
    /// Path within the card; empty for the whole card.
    pub field: String,
    /// What happened.
    pub action: Action,
    /// Before, JSON.
    pub before: Option<String>,
    /// After, JSON.
    pub after: Option<String>,
}

/// What happened to a card or field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It came in.
    Added,
    /// It changed.
    Changed,
    /// It went.
    Removed,
    /// Its author removed it, and it stays here.
    Kept,
}

impl Action {
    /// The word in the audit.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Kept => "kept",
        }
    }
}
