//! Any bytes as a deck: `check` explains, the reader takes what `check` takes, and print and read are one round.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::deck::{Catalog, check, print};
use scanwise::interchange::json;
use scanwise_fuzz::{assert_incoming, quiet};

fuzz_target!(|bytes: &[u8]| {
    let checked = check(bytes, Catalog::bundled());
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
    for problem in &checked.problems {
        assert!(!problem.cause.is_empty());
        if let Some(place) = problem.place {
            assert!((1..=lines).contains(&place.line) && place.column >= 1, "{problem:?}");
        }
    }
    assert_eq!(checked.deck.is_none(), checked.errors() > 0, "{:?}", checked.problems);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = json::read(text, &mut quiet);
    let Ok(incoming) = read else {
        assert!(checked.deck.is_none(), "the importer refuses a deck that is right: {read:?}");
        return;
    };
    assert_incoming(&incoming);
    let (Some(deck), [incoming]) = (checked.deck, incoming.decks.as_slice()) else { return };
    let printed = print::deck(&incoming.header, incoming.cards.iter().map(|c| c.json.as_str()));
    let again = check(printed.as_bytes(), Catalog::bundled());
    assert_eq!(again.deck.as_ref(), Some(&deck), "{printed}");
    let mut compact = String::new();
    let cards = incoming.cards.iter().map(|c| c.json.as_str());
    print::compact_deck(&incoming.header, cards, &mut |piece| compact.push_str(piece));
    assert_eq!(check(compact.as_bytes(), Catalog::bundled()).deck, Some(deck), "{compact}");
    let (header, cards) = json::parts(&printed).expect("a printed deck has parts");
    assert_eq!(print::deck(&header, cards.iter().map(|(_, json)| json.as_str())), printed);
});
