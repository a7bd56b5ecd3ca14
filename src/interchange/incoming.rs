//! What a file holds, before it meets the collection.

use crate::deck::alike::Print;
use crate::deck::format::{RawCard, RawDeck};
use crate::deck::print::compact;
use crate::log::Event;
use crate::model::{Card, Outline};
use std::path::PathBuf;
use std::rc::Rc;

/// What kind of file it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Our own deck, bundle or file of changes.
    Json,
    /// An Anki package.
    Anki,
    /// Comma- or tab-separated lines.
    Table,
}

impl Format {
    /// The word in reports and in the record of imports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Anki => "anki",
            Self::Table => "table",
        }
    }
}

/// Something in a file that could not be used, or not wholly; the rest of the file was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where: "note 17", "line 40", "media ct.png".
    pub place: String,
    /// What is wrong.
    pub cause: String,
    /// What becomes of it, and the next step.
    pub hint: String,
}

/// Why a whole file can't be read. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {cause}")]
pub struct ReadError {
    /// Where in the file: "the archive", "collection.anki21b", "line 3".
    pub place: String,
    /// What is wrong, with the limit it broke where there is one.
    pub cause: String,
    /// The next step.
    pub hint: String,
}

impl ReadError {
    /// Puts the three together.
    #[must_use]
    pub fn new(place: impl Into<String>, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { place: place.into(), cause: cause.into(), hint: hint.into() }
    }
}

/// How far a long read has come: what is being done, done so far, and of how many (0: not known).
pub type Tick<'a> = dyn FnMut(&str, u64, u64) + 'a;

/// One card as it came, in the shape of the deck format but not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingCard {
    /// Its id within the deck.
    pub id: String,
    /// The card as compact JSON with the fields in the order of the format: two cards are equal when these are.
    pub json: String,
    /// What it is compared by, when whoever read it had it at hand.
    pub print: Option<Print>,
    /// What it is stored by, likewise; only of a card that keeps every rule.
    pub outline: Option<Rc<Outline>>,
}

impl IncomingCard {
    /// From a card that was checked.
    #[must_use]
    pub fn checked(raw: &RawCard, card: &Card) -> Self {
        Self { print: Some(Print::of(card)), outline: Some(Rc::new(Outline::of(card))), ..Self::new(raw) }
    }

    /// From a card of the deck format.
    #[must_use]
    pub fn new(raw: &RawCard) -> Self {
        Self { id: raw.id.clone().unwrap_or_default(), json: compact(raw), print: None, outline: None }
    }
}

/// A deck as it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncomingDeck {
    /// Everything but the cards (`cards` is `None`). The id need not be valid yet.
    pub header: RawDeck,
    /// The cards, in the author's order; ids are unique.
    pub cards: Vec<IncomingCard>,
    /// It holds only what changed: cards that are not in it are not gone.
    pub partial: bool,
    /// For a partial deck: the version its author made it from.
    pub made_from: Option<String>,
    /// For a partial deck: ids of cards that its author removed.
    pub removed: Vec<String>,
}

/// A review that another program recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastReview {
    /// Place of the deck in [`Incoming::decks`].
    pub deck: usize,
    /// The card's id within the deck.
    pub card: String,
    /// Which deletion of a cloze, from 1.
    pub part: Option<u8>,
    /// Milliseconds since 1970 UTC.
    pub utc_ms: i64,
    /// SM-2 quality, 0 to 5; under 3 is a failure.
    pub grade: u8,
    /// Milliseconds the answer took.
    pub ms: u32,
}

/// A picture or sound, unpacked into a scratch folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// The name cards use in `[image: NAME]` or `[sound: NAME]`: one path component, nothing hidden.
    pub name: String,
    /// Where its bytes lie now.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// Everything one file holds.
#[derive(Debug, Default)]
pub struct Incoming {
    /// What kind of file it was.
    pub format: Option<Format>,
    /// The decks in it.
    pub decks: Vec<IncomingDeck>,
    /// What could not be used, or not wholly.
    pub troubles: Vec<Trouble>,
    /// Pictures and sounds that cards refer to.
    pub media: Vec<MediaFile>,
    /// Reviews recorded by whoever made the file; used only when asked.
    pub history: Vec<PastReview>,
    /// A history of our own that came along; used only when asked.
    pub events: Vec<Event>,
    /// How fields were understood, for people: "Basic: Front=front, Back=back".
    pub mapping: Vec<String>,
}
