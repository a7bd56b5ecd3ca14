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
        // A draft says what it lacks or what is wrong; of very many troubles not every one is told.
        let place = format!("line {}", item.line);
        let told = file.troubles.iter().any(|t| t.place == place) || file.troubles.len() >= 200;
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
    for (was, is) in file.items.iter().zip(&again.items) {
        assert!(is.id.is_some(), "{named:?}");
        assert_eq!(RawCard { id: None, ..is.raw.clone() }, RawCard { id: None, ..was.raw.clone() }, "{named:?}");
    }
    assert_eq!(notes::new_ids("rotation.md", &again), []);
    assert_eq!(notes::with_ids(&named, &ids_of(&again)), named, "tied twice");

    let cards: Vec<RawCard> = again.items.into_iter().filter(|i| notes::holds(&i.raw)).map(|i| i.raw).collect();
    let written = notes::write(&cards);
    let back: Vec<RawCard> = notes::read(&written, "rotation.md").items.into_iter().map(|i| i.raw).collect();
    assert_eq!(back, cards, "{written}");
});

fn ids_of(file: &notes::NotesFile) -> Vec<(std::ops::Range<usize>, String)> {
    file.items.iter().filter_map(|i| Some((i.span.clone(), i.id.clone()?))).collect()
}
