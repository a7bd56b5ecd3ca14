//! Decks to text: fields in the order of the format, one card after the other, two spaces deep; so that the same deck
//! is always the same bytes and a change shows as the lines that changed.

use super::format::{RawCard, RawDeck};
use std::ops::Range;

/// What the first line of a card in a deck's list is indented by.
const INDENT: &str = "    ";

/// A card as compact JSON, fields in the order of the format. Two cards are equal when these texts are.
#[must_use]
pub fn compact(raw: &RawCard) -> String {
    let texts = [&raw.text, &raw.front, &raw.back, &raw.why, &raw.note, &raw.vignette];
    let about = texts.into_iter().flatten().map(String::len).sum::<usize>();
    let mut out = Vec::with_capacity(about + about / 16 + 256);
    // Strings, numbers and lists always serialize, and to a text.
    let _ = serde_json::to_writer(&mut out, raw);
    let mut out = String::from_utf8(out).unwrap_or_default();
    out.shrink_to_fit();
    out
}

/// The compact form of a card written in any way; `None` when it is not a card of the format.
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    serde_json::from_str::<RawCard>(text).ok().map(|raw| compact(&raw))
}

/// A whole deck: the header (whose own `cards` are left out), then every card, given as compact JSON.
#[must_use]
pub fn deck<'c>(header: &RawDeck, cards: impl IntoIterator<Item = &'c str>) -> String {
    deck_and_places(header, cards).0
}

/// A whole deck, and where in its text each card stands.
#[must_use]
pub fn deck_and_places<'c>(header: &RawDeck, cards: impl IntoIterator<Item = &'c str>) -> (String, Vec<Range<usize>>) {
    let cards: Vec<&str> = cards.into_iter().collect();
    let mut places = Vec::with_capacity(cards.len());
    let bare = RawDeck { cards: None, ..header.clone() };
    let head = serde_json::to_string_pretty(&bare).unwrap_or_default();
    // Room that is not used costs nothing, and a large text that has to move costs as much as its printing.
    let mut out = String::with_capacity(head.len() + 64 + cards.iter().map(|c| c.len() * 2).sum::<usize>());
    out.push_str(head.trim_end_matches(['}', '\n', ' ']));
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str("\n  \"cards\": [");
    for (i, card) in cards.into_iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        let start = out.len();
        push_card(&mut out, card);
        places.push(start + INDENT.len()..out.len());
    }
    out.push_str("\n  ]\n}\n");
    (out, places)
}

/// A whole deck in one line, piece by piece: for keeping, not for people.
pub fn compact_deck<'c>(header: &RawDeck, cards: impl IntoIterator<Item = &'c str>, put: &mut dyn FnMut(&str)) {
    let bare = RawDeck { cards: Some(Vec::new()), ..header.clone() };
    let head = serde_json::to_string(&bare).unwrap_or_default();
    put(head.trim_end_matches("]}"));
    for (i, card) in cards.into_iter().enumerate() {
        if i > 0 {
            put(",");
        }
        put(card);
    }
    put("]}");
}

/// One card, indented to stand in a deck's list: byte for byte what `serde_json`'s own printer would make of it. The text
/// is ours and known to be compact, so nothing is read from it: strings are copied, and breaks go between. A large deck
/// is mostly this.
fn push_card(out: &mut String, card: &str) {
    let mut depth = INDENT.len() / 2;
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        (0..depth).for_each(|_| out.push_str("  "));
    };
    out.push_str(INDENT);
    let bytes = card.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + 1;
        let empty = matches!((bytes[at], bytes.get(end)), (b'{', Some(b'}')) | (b'[', Some(b']')));
        match bytes[at] {
            b'"' => {
                let close = end_of_string(card, end);
                out.push_str(&card[at..close]);
                at = close;
                continue;
            }
            b'{' | b'[' if empty => {
                out.push_str(&card[at..=end]);
                at += 2;
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                out.push_str(&card[at..end]);
                line(out, depth);
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(out, depth);
                out.push_str(&card[at..end]);
            }
            b',' => {
                out.push(',');
                line(out, depth);
            }
            b':' => out.push_str(": "),
            // Digits and words, which are ASCII.
            other => out.push(char::from(other)),
        }
        at = end;
    }
}

/// Where the string ends that starts before `from`, its quote included.
fn end_of_string(json: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(n) = json[at..].find('"') {
        let quote = at + n;
        let escapes = json.as_bytes()[from..quote].iter().rev().take_while(|b| **b == b'\\').count();
        if escapes % 2 == 0 {
            return quote + 1;
        }
        at = quote + 1;
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::{Catalog, check};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use serde_json::{Map, Value};

    /// Any JSON, with all that printing could trip over: empty lists, quotes, backslashes, marks inside strings.
    fn json() -> impl Strategy<Value = Value> {
        let text = "[a\"\\\\{}\\[\\],:\n\té字 ]{0,6}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text, inner), 0..4).prop_map(|m| Value::from(Map::from_iter(m))),
            ]
        })
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

        #[test]
        fn a_card_is_laid_out_as_the_library_would(value in json()) {
            let mut ours = String::new();
            push_card(&mut ours, &value.to_string());
            let theirs = serde_json::to_string_pretty(&value).expect("JSON");
            // Line ends inside strings are escaped, so every line of the text is a line of the structure.
            let theirs: Vec<String> = theirs.lines().map(|line| format!("    {line}")).collect();
            prop_assert_eq!(ours, theirs.join("\n"));
        }
    }

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
