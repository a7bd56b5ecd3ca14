//! Decks to text: fields in the order of the format, one card after the other, two spaces deep; so that the same deck
//! is always the same bytes and a change shows as the lines that changed.

use super::format::{RawCard, RawDeck};
use serde_json::ser::PrettyFormatter;

/// A card as compact JSON, fields in the order of the format. Two cards are equal when these texts are.
#[must_use]
pub fn compact(raw: &RawCard) -> String {
    // Strings, numbers and lists always serialize.
    serde_json::to_string(raw).unwrap_or_default()
}

/// The compact form of a card written in any way; `None` when it is not a card of the format.
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    serde_json::from_str::<RawCard>(text).ok().map(|raw| compact(&raw))
}

/// A whole deck: the header (whose own `cards` are left out), then every card, given as compact JSON.
#[must_use]
pub fn deck<'c>(header: &RawDeck, cards: impl IntoIterator<Item = &'c str>) -> String {
    let bare = RawDeck { cards: None, ..header.clone() };
    let head = serde_json::to_string_pretty(&bare).unwrap_or_default();
    let mut out = head.trim_end_matches(['}', '\n', ' ']).to_owned();
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str("\n  \"cards\": [");
    for (i, card) in cards.into_iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        push_card(&mut out, card);
    }
    out.push_str("\n  ]\n}\n");
    out
}

/// A whole deck in one line: for keeping, not for people.
#[must_use]
pub fn compact_deck<'c>(header: &RawDeck, cards: impl IntoIterator<Item = &'c str>) -> String {
    let bare = RawDeck { cards: Some(Vec::new()), ..header.clone() };
    let head = serde_json::to_string(&bare).unwrap_or_default();
    let mut out = head.trim_end_matches("]}").to_owned();
    for (i, card) in cards.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(card);
    }
    out.push_str("]}");
    out
}

/// One card, indented to stand in a deck's list.
fn push_card(out: &mut String, card: &str) {
    // From JSON to JSON without a card in between: a large deck is mostly this.
    let mut bytes = Vec::with_capacity(card.len() * 2);
    let mut from = serde_json::Deserializer::from_str(card);
    let mut to = serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::new());
    let done = serde_transcode::transcode(&mut from, &mut to);
    let pretty = done.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_else(|| card.to_owned());
    // Line ends inside strings are escaped, so every line of the text is a line of the structure.
    for (i, line) in pretty.lines().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        out.push_str("    ");
        out.push_str(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::{Catalog, check};

    #[test]
    fn a_printed_deck_reads_as_it_was_and_prints_the_same() {
        for bundled in crate::deck::bundled::BUNDLED {
            let mut raw: RawDeck = serde_json::from_str(bundled.text).expect("a deck");
            let cards: Vec<String> = raw.cards.take().into_iter().flatten().map(|c| compact(&c)).collect();
            let text = deck(&raw, cards.iter().map(String::as_str));
            let again = check(text.as_bytes(), Catalog::bundled()).deck.expect("still a deck");
            assert_eq!(Some(again), check(bundled.text.as_bytes(), Catalog::bundled()).deck);
            let reread: RawDeck = serde_json::from_str(&text).expect("a deck");
            assert_eq!(reread.cards.iter().flatten().map(compact).collect::<Vec<_>>(), cards);
        }
    }

    #[test]
    fn an_empty_deck_is_still_a_document() {
        let text = deck(&RawDeck { id: Some("a".into()), ..RawDeck::default() }, []);
        assert!(serde_json::from_str::<RawDeck>(&text).is_ok(), "{text}");
    }
}
