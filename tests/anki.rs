//! Anki packages: those the real library made, and hostile ones made here.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

#[path = "anki/hostile.rs"]
mod hostile;
#[path = "anki/made.rs"]
mod made;
#[path = "anki/real.rs"]
mod real;

use scanwise::deck::format::RawCard;
use scanwise::deck::{Catalog, parse_card};
use scanwise::interchange::anki::{AnkiOptions, read};
use scanwise::interchange::{Incoming, ReadError};
use std::path::Path;
use tempfile::TempDir;

/// Reads a package; the folder holds its media as long as it is kept.
fn read_with(path: &Path, wanted: &AnkiOptions) -> (TempDir, Result<Incoming, ReadError>) {
    let scratch = TempDir::new().unwrap();
    let read = read(path, scratch.path(), wanted, &mut |_, _, _| ());
    (scratch, read)
}

fn with_history() -> AnkiOptions {
    AnkiOptions { with_history: true, ..AnkiOptions::default() }
}

/// Every card with its deck, as checked by the rules of decks: `deck/id` and the card.
fn cards(incoming: &Incoming) -> Vec<(String, RawCard)> {
    let mut out = Vec::new();
    for deck in &incoming.decks {
        for card in &deck.cards {
            let checked = parse_card(&card.json, Catalog::bundled());
            assert_eq!(checked.expect(&card.json).id, card.id);
            let raw: RawCard = serde_json::from_str(&card.json).unwrap();
            out.push((format!("{}/{}", deck.header.id.as_deref().unwrap(), card.id), raw));
        }
    }
    out
}
