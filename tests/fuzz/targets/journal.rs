//! Any JSON as an event of a history: what reads writes, and reads again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::interchange::{journal, json};
use scanwise::model::CardKey;
use scanwise_fuzz::{assert_incoming, quiet};

fuzz_target!(|text: &str| {
    let card = CardKey::parse("deck/card").expect("a key");
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
    if let Some(event) = journal::from_json(&card, &value) {
        let written = journal::to_json(&event);
        assert_eq!(journal::from_json(&card, &written), Some(event), "{written}");
    }
    // The same as a history that came along with decks.
    let bundle =
        serde_json::json!({ "scanwise": "bundle", "decks": [], "history": { "deck/card": [value], "no": [] } });
    let incoming = json::read(&bundle.to_string(), &mut quiet).expect("a bundle");
    assert_incoming(&incoming);
    assert_eq!(incoming.events.len() + incoming.troubles.len(), 2, "each event is taken or told");
});
