//! Our own JSON in: a deck, a bundle of decks, or a file of changes.
//!
//! | file | told by |
//! |---|---|
//! | a deck | it has `cards` |
//! | a bundle: decks, and on request histories | `"scanwise": "bundle"`, `decks`, `history` |
//! | what changed since a version | `"scanwise": "changes"`, `base`, `deck`, `removed` |
//! | several decks | a list of decks |

use super::incoming::{Format, Incoming, IncomingCard, IncomingDeck, ReadError, Tick, Trouble};
use super::journal;
use crate::deck::format::{RawCard, RawDeck};
use crate::deck::read::Stop;
use crate::deck::{self, Catalog, Problem, Severity};
use crate::model::CardKey;
use crate::model::ids::check_id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Most decks one file may hold.
const MAX_DECKS: usize = 1_000;

/// What [`Deserialize`] needs to tell the kinds of file apart; cards are left as slices of the text.
#[derive(Deserialize)]
struct Outer<'t> {
    scanwise: Option<String>,
    #[serde(borrow)]
    decks: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    deck: Option<&'t RawValue>,
    removed: Option<Vec<String>>,
    base: Option<Base>,
    #[serde(borrow)]
    history: Option<&'t RawValue>,
}

/// The version a file of changes was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The deck.
    pub id: String,
    /// Its version then.
    pub version: Option<String>,
}

/// Reads our own JSON.
///
/// # Errors
/// When it is none of the kinds above, or a deck in it has errors: nothing of a broken deck is used.
pub fn read(text: &str, tick: &mut Tick<'_>) -> Result<Incoming, ReadError> {
    let text = deck::read::strip_bom(text).trim_start();
    let mut incoming = Incoming { format: Some(Format::Json), ..Incoming::default() };
    if text.starts_with('[') {
        let decks: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| not_json(&e))?;
        all(&decks, &mut incoming, tick)?;
        return Ok(incoming);
    }
    // A plain deck says nothing of bundles; looking for one would read it all once more.
    if !text.contains("\"scanwise\"") {
        incoming.decks.push(one(text, "", tick)?);
        return Ok(incoming);
    }
    let outer: Outer<'_> = serde_json::from_str(text).map_err(|e| not_json(&e))?;
    match (outer.scanwise.as_deref(), outer.decks, outer.deck) {
        (Some("changes"), _, Some(changes)) => {
            let mut deck = one(changes.get(), "deck", tick)?;
            deck.partial = true;
            deck.made_from = outer.base.and_then(|b| b.version);
            deck.removed = outer.removed.unwrap_or_default();
            deck.removed.retain(|id| check_id(id).is_ok());
            incoming.decks.push(deck);
        }
        (Some("bundle"), Some(decks), _) => all(&decks, &mut incoming, tick)?,
        (Some(word @ ("bundle" | "changes")), ..) => {
            let what = if word == "bundle" { "decks" } else { "deck" };
            return Err(ReadError::new(
                "the file",
                format!("\"{what}\" is missing"),
                "ask for the file again; it is not whole",
            ));
        }
        (Some(other), ..) => {
            return Err(ReadError::new(
                "the file",
                format!("\"scanwise\": \"{other}\" is not known to this program"),
                "update scanwise",
            ));
        }
        _ => incoming.decks.push(one(text, "", tick)?),
    }
    if let Some(history) = outer.history {
        events(history.get(), &mut incoming);
    }
    Ok(incoming)
}

fn not_json(e: &serde_json::Error) -> ReadError {
    let place = if e.line() > 0 { format!("line {}, column {}", e.line(), e.column()) } else { "the file".to_owned() };
    let cause = e.to_string();
    let cause = cause.split(" at line ").next().unwrap_or(&cause).to_owned();
    ReadError::new(place, cause, "`scanwise check FILE` explains every problem of a deck")
}

fn all(decks: &[&RawValue], incoming: &mut Incoming, tick: &mut Tick<'_>) -> Result<(), ReadError> {
    if decks.len() > MAX_DECKS {
        let cause = format!("{} decks; at most {MAX_DECKS}", decks.len());
        return Err(ReadError::new("the file", cause, "import it in parts"));
    }
    for (i, deck) in decks.iter().enumerate() {
        let read = one(deck.get(), &format!("decks[{i}]"), tick)?;
        if incoming.decks.iter().any(|d| d.header.id == read.header.id) {
            let id = read.header.id.unwrap_or_default();
            return Err(ReadError::new(
                format!("decks[{i}]"),
                format!("the deck \"{id}\" stands twice"),
                "keep one of them",
            ));
        }
        incoming.decks.push(read);
    }
    Ok(())
}

/// Reads one deck; `place` is where in the file it stands.
fn one(text: &str, place: &str, tick: &mut Tick<'_>) -> Result<IncomingDeck, ReadError> {
    let mut cards: Vec<IncomingCard> = Vec::new();
    let expected = std::cell::Cell::new(0_u64);
    let read = deck::scan(
        text,
        Catalog::bundled(),
        |_, n| {
            expected.set(n as u64);
            Ok::<(), ()>(())
        },
        |i, card, raw, _| {
            if i % 1_024 == 0 {
                tick("reading cards", i as u64, expected.get());
            }
            cards.push(IncomingCard::checked(raw, card));
            Ok(())
        },
    );
    match read {
        Ok(_) => {
            let header = deck::read::header(text).map_err(|e| not_json(&e))?;
            Ok(IncomingDeck { header, cards, ..IncomingDeck::default() })
        }
        Err(Stop::Problems | Stop::Receiver(())) => Err(broken(text, place)),
    }
}

fn broken(text: &str, place: &str) -> ReadError {
    let checked = deck::check(text.as_bytes(), Catalog::bundled());
    let errors: Vec<&Problem> = checked.problems.iter().filter(|p| p.severity == Severity::Error).collect();
    let Some(first) = errors.first() else {
        return ReadError::new(place, "this is not a deck", "`scanwise check FILE` explains every problem");
    };
    let more = if errors.len() > 1 { format!(" (and {} more)", errors.len() - 1) } else { String::new() };
    let path = first.path.to_string();
    let mut at = if place.is_empty() { path } else { format!("{place}.{path}") };
    // Inside a bundle the line counts from the start of the deck, which helps nobody.
    if let Some(line) = first.place.filter(|_| place.is_empty()) {
        at = format!("line {}: {at}", line.line);
    }
    let hint = "the whole deck is refused, so that no half of it is learned; `scanwise check FILE` lists every problem";
    ReadError::new(at.trim_end_matches(['.', ':', ' ']), format!("{}{more}", first.cause), hint)
}

/// Cards and header of a deck's text, cards as compact JSON in their order; `None` when it has errors.
#[must_use]
pub fn parts(text: &str) -> Option<(RawDeck, Vec<(String, String)>)> {
    let mut cards = Vec::new();
    deck::scan(
        deck::read::strip_bom(text),
        Catalog::bundled(),
        |_, _| Ok::<(), ()>(()),
        |_, card, raw, _| {
            cards.push((card.id.clone(), deck::print::compact(raw)));
            Ok(())
        },
    )
    .ok()?;
    header(text).map(|header| (header, cards))
}

/// The header of a deck's text; `None` when it is not a deck.
#[must_use]
pub fn header(text: &str) -> Option<RawDeck> {
    deck::read::header(deck::read::strip_bom(text)).ok()
}

/// Histories by card key. What can't be read is told, never guessed.
fn events(text: &str, incoming: &mut Incoming) {
    let trouble = |place: String, cause: &str| Trouble {
        place,
        cause: cause.to_owned(),
        hint: "this part of the history is left out".to_owned(),
    };
    let Ok(by_card) = serde_json::from_str::<BTreeMap<String, Vec<Value>>>(text) else {
        incoming.troubles.push(trouble("history".to_owned(), "it is not a list of events for each card"));
        return;
    };
    for (name, list) in by_card {
        let Ok(card) = CardKey::parse(&name) else {
            incoming.troubles.push(trouble(format!("history of {name}"), "that is no card"));
            continue;
        };
        for (i, value) in list.iter().enumerate() {
            match journal::from_json(&card, value) {
                Some(event) => incoming.events.push(event),
                None => incoming.troubles.push(trouble(format!("history of {name}[{i}]"), "this event can't be read")),
            }
        }
    }
}

/// A deck's cards as the format's own type.
#[must_use]
pub fn raw_card(json: &str) -> Option<RawCard> {
    serde_json::from_str(json).ok()
}
