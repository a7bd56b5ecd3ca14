//! Any text as a page of notes: cards keep the rules, ids change nothing else, and what is written reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::deck::format::RawCard;
use scanwise::interchange::{IncomingCard, notes};
use scanwise_fuzz::{assert_keeps_rules, assert_safe};

fuzz_target!(|text: &str| {
    let file = notes::read(text, "rotation.md");
    let mut done = 0;
    for item in &file.items {
        assert!(text.get(item.span.clone()).is_some() && item.span.start >= done, "{:?} after {done}", item.span);
        done = item.span.end;
        let json = IncomingCard::new(&item.raw).json;
        assert_safe(&json);
        assert!(!item.complete || item.missing.is_empty(), "{item:?}");
        // A draft says what it lacks or what is wrong.
        let place = format!("line {}", item.line);
        let told = file.troubles.iter().any(|t| t.place == place) || told_all(&file);
        assert!(item.complete || !item.missing.is_empty() || told, "{item:?}");
        if item.complete {
            let raw = RawCard { id: Some("fuzz".to_owned()), ..item.raw.clone() };
            assert_keeps_rules([IncomingCard::new(&raw).json.as_str()].into_iter());
        }
    }
    let ids = notes::new_ids("rotation.md", &file);
    let named = notes::with_ids(text, &ids);
    let again = notes::read(&named, "rotation.md");
    assert_eq!(again.items.len(), file.items.len(), "{named:?}");
    // Of two cards with one id the copy keeps its comment, and is told, until its author takes it away.
    let copies = file.troubles.iter().any(|t| t.cause.starts_with("another card of this file")) || told_all(&file);
    for (was, is) in file.items.iter().zip(&again.items) {
        assert!(is.id.is_some() || copies, "{named:?}");
        assert_eq!(RawCard { id: None, ..is.raw.clone() }, RawCard { id: None, ..was.raw.clone() }, "{named:?}");
    }
    assert!(copies || notes::new_ids("rotation.md", &again).is_empty(), "{named:?}");

    let cards: Vec<RawCard> = again.items.into_iter().filter(|i| notes::holds(&i.raw)).map(|i| i.raw).collect();
    let written = notes::write(&cards);
    let back: Vec<RawCard> = notes::read(&written, "rotation.md").items.into_iter().map(|i| i.raw).collect();
    assert_eq!(back, cards, "{written}");
});

/// So many troubles that not every one is told.
fn told_all(file: &notes::NotesFile) -> bool {
    file.troubles.len() >= 200
}
