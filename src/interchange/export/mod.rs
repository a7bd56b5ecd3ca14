//! Decks out: JSON, Anki packages, tables, Markdown.

pub mod apkg;
pub mod csv;
pub mod gather;
pub mod json;
pub mod markdown;

use crate::deck::format::{RawCard, RawDeck};
use crate::log::Event;
pub use crate::log::Personal;
use crate::model::{Card, CardKey};
use crate::schedule::CardState;
use std::path::PathBuf;

/// One schedulable part of a card, with its progress.
#[derive(Debug, Clone)]
pub struct OutPart {
    /// Its name.
    pub key: CardKey,
    /// Its state; the default one when progress is not exported.
    pub state: CardState,
    /// Its events in order; empty when progress is not exported. What the student noted is not among them.
    pub history: Vec<Event>,
    /// The student's own notes and tags as events; empty unless they are exported.
    pub notes: Vec<Event>,
}

/// One card to write.
#[derive(Debug, Clone)]
pub struct OutCard {
    /// As checked; options of studies carry the catalog's name as their text.
    pub card: Card,
    /// As written.
    pub raw: RawCard,
    /// Only with `--with-notes`.
    pub personal: Option<Personal>,
    /// One, or one for each deletion of a cloze.
    pub parts: Vec<OutPart>,
}

/// One deck to write.
#[derive(Debug, Clone)]
pub struct OutDeck {
    /// Everything but the cards (`cards` is `None`).
    pub header: RawDeck,
    /// The cards in order.
    pub cards: Vec<OutCard>,
    /// Folder with the pictures and sounds its cards refer to, if any.
    pub media: Option<PathBuf>,
}
