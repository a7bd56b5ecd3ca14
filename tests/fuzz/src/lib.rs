//! What every reader owes, whatever it was given.

use scanwise::deck::format::{FORMAT, RawDeck};
use scanwise::deck::{Catalog, check, parse_card, print};
use scanwise::interchange::{Incoming, IncomingDeck, Trouble};
use scanwise::model::ids::check_id;
use scanwise::model::text::is_unsafe;
use std::collections::HashSet;

/// Nothing is told while fuzzing.
pub fn quiet(_: &str, _: u64, _: u64) {}

/// No character that must not reach a terminal.
#[track_caller]
pub fn assert_safe(text: &str) {
    if let Some(c) = text.chars().find(|c| is_unsafe(*c)) {
        panic!("{} in {text:?}", c.escape_unicode());
    }
}

/// Every card reads again, and the deck of them keeps every rule.
#[track_caller]
pub fn assert_sound(deck: &IncomingDeck) {
    let mut ids = HashSet::new();
    for card in &deck.cards {
        let read = parse_card(&card.json, Catalog::bundled()).unwrap_or_else(|| panic!("no card: {}", card.json));
        assert_eq!(read.id, card.id);
        assert_eq!(print::canonical(&card.json).as_deref(), Some(card.json.as_str()), "not in the order of the format");
        assert!(ids.insert(&card.id), "{} stands twice", card.id);
        // In JSON every control character is escaped; what is not can be told without reading it.
        assert!(!card.json.chars().any(is_unsafe), "{:?}", card.json);
    }
    assert_keeps_rules(deck.cards.iter().map(|c| c.json.as_str()));
    for id in &deck.removed {
        assert!(check_id(id).is_ok(), "{id}");
    }
}

/// A deck of these cards has no errors.
#[track_caller]
pub fn assert_keeps_rules<'c>(cards: impl Iterator<Item = &'c str>) {
    let header = RawDeck {
        format: Some(FORMAT),
        id: Some("fuzz".to_owned()),
        title: Some("Fuzz".to_owned()),
        ..RawDeck::default()
    };
    let text = print::deck(&header, cards);
    let checked = check(text.as_bytes(), Catalog::bundled());
    assert!(checked.deck.is_some(), "{:?} in {text}", checked.problems);
}

/// What came in is sound, and what is told of it names a place, a cause and a next step.
#[track_caller]
pub fn assert_incoming(incoming: &Incoming) {
    let mut ids = HashSet::new();
    for deck in &incoming.decks {
        assert_sound(deck);
        let id = deck.header.id.as_deref().expect("a deck has an id");
        assert!(ids.insert(id), "the deck {id} stands twice");
    }
    for Trouble { place, cause, hint } in &incoming.troubles {
        assert!(!place.is_empty() && !cause.is_empty() && !hint.is_empty(), "{place:?} {cause:?} {hint:?}");
    }
    for review in &incoming.history {
        assert!(incoming.decks[review.deck].cards.iter().any(|c| c.id == review.card), "a review of no card");
        assert!(review.grade <= 5);
    }
    for medium in &incoming.media {
        let name = &medium.name;
        assert_safe(name);
        assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
        assert!(!name.starts_with('.') && !name.contains(['/', '\\', ':', '\n']), "{name:?}");
        assert_eq!(std::fs::metadata(&medium.path).map(|m| m.len()).ok(), Some(medium.size), "{name:?}");
    }
}
