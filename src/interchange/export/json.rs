//! Decks as our own JSON: one deck as it is; several, or a history, as a bundle; or only what changed.

use super::OutDeck;
use crate::deck::format::RawDeck;
use crate::deck::print;
use crate::interchange::journal;
use crate::interchange::json::Base;
use crate::log::Event;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// What JSON can't hold, for people.
pub const CANNOT_HOLD: &[&str] = &["pictures and sounds: only their names (an Anki package takes them along)"];

fn text_of(deck: &OutDeck) -> String {
    let cards: Vec<String> = deck.cards.iter().map(|c| print::compact(&c.raw)).collect();
    print::deck(&deck.header, cards.iter().map(String::as_str))
}

/// Writes decks. A single deck without a history (or notes) is a plain deck file; anything else is a bundle.
#[must_use]
pub fn write(decks: &[OutDeck]) -> String {
    let mut history = Map::new();
    for part in decks.iter().flat_map(|d| &d.cards).flat_map(|c| &c.parts) {
        // Notes travel beside the content, never in it: they stay the student's own wherever they go.
        let mut events: Vec<&Event> = part.history.iter().chain(&part.notes).collect();
        events.sort_by_key(|e| e.id);
        if !events.is_empty() {
            history.insert(part.key.to_string(), events.into_iter().map(journal::to_json).collect());
        }
    }
    if let ([deck], true) = (decks, history.is_empty()) {
        return text_of(deck);
    }
    let mut out = String::from("{\n\"scanwise\": \"bundle\",\n\"decks\": [\n");
    for (i, deck) in decks.iter().enumerate() {
        if i > 0 {
            out.push_str(",\n");
        }
        out.push_str(text_of(deck).trim_end());
    }
    out.push_str("\n]");
    if !history.is_empty() {
        out.push_str(",\n\"history\": ");
        out.push_str(&Value::Object(history).to_string());
    }
    out.push_str("\n}\n");
    out
}

/// What [`changes`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The file.
    pub text: String,
    /// Cards that are new or changed.
    pub changed: usize,
    /// Cards that are gone.
    pub removed: usize,
}

/// Writes only what changed in a deck since `base` (its header and its cards as compact JSON by id).
#[must_use]
pub fn changes(deck: &OutDeck, base: &RawDeck, base_cards: &[(String, String)]) -> Changes {
    let old: HashMap<&str, &str> = base_cards.iter().map(|(id, json)| (id.as_str(), json.as_str())).collect();
    let now: HashSet<&str> = deck.cards.iter().filter_map(|c| c.raw.id.as_deref()).collect();
    let cards: Vec<String> = deck
        .cards
        .iter()
        .map(|c| (c.raw.id.as_deref().unwrap_or_default(), print::compact(&c.raw)))
        .filter(|(id, json)| old.get(id) != Some(&json.as_str()))
        .map(|(_, json)| json)
        .collect();
    let removed: Vec<&str> = base_cards.iter().map(|(id, _)| id.as_str()).filter(|id| !now.contains(id)).collect();
    let about = Base { id: base.id.clone().unwrap_or_default(), version: base.version.clone() };
    let text = format!(
        "{{\n\"scanwise\": \"changes\",\n\"base\": {},\n\"removed\": {},\n\"deck\": {}\n}}\n",
        json!(about),
        json!(removed),
        print::deck(&deck.header, cards.iter().map(String::as_str)).trim_end()
    );
    Changes { text, changed: cards.len(), removed: removed.len() }
}
