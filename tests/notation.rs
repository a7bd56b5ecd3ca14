//! Notes and editable text against what they must keep.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use proptest::prelude::*;
use scanwise::deck::format::{CardType, RawCard, RawDeck, RawOption};
use scanwise::interchange::notes::{self, NotesFile};
use scanwise::model::{Harm, Next, Source, Verdict};

const NEURO: &str = include_str!("fixtures/notes/neuro.md");

fn shipped_cards() -> Vec<RawCard> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/decks")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let deck: RawDeck = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            out.extend(deck.cards.unwrap());
        }
    }
    assert!(out.len() > 500);
    out
}

#[test]
fn a_page_of_notes_gives_its_cards_and_nothing_else() {
    let file = notes::read(NEURO, "neuro.md");
    assert_eq!(file.troubles, []);
    let kinds: Vec<_> = file.items.iter().map(|i| i.raw.kind.unwrap()).collect();
    assert_eq!(kinds, [CardType::Basic, CardType::Cloze, CardType::Decision, CardType::Decision]);
    assert!(file.items.iter().all(|i| i.raw.domain.as_deref() == Some("neurology")));

    let basic = &file.items[0];
    assert_eq!(
        basic.raw.front.as_deref(),
        Some("Which stroke patients go straight to CT and CT angiography?"),
        "emphasis is gone"
    );
    assert_eq!(
        basic.raw.back.as_deref(),
        Some("Those with signs of a large-vessel occlusion:\n- gaze deviation\n- aphasia or neglect")
    );
    assert_eq!(basic.raw.why.as_deref(), Some("Time lost here is brain; creatinine is not waited for."));
    assert_eq!(basic.raw.tags.as_deref().unwrap(), ["stroke", "lvo"]);
    assert_eq!((basic.line, basic.complete), (9, true));

    let cloze = &file.items[1];
    assert_eq!(
        cloze.raw.text.as_deref(),
        Some("TNK for stroke: {{c1::0.25 mg/kg::dose}}, at most {{c2::25 mg}}, within {{c3::4.5 h}}.")
    );
    assert_eq!(cloze.raw.why.as_deref(), Some("One bolus."));

    let decision = &file.items[2];
    assert_eq!(decision.id.as_deref(), Some("n-abc123def456"));
    assert!(decision.complete, "{:?}", decision.missing);
    assert_eq!(decision.raw.question.as_deref(), Some("Which study comes next?"));
    assert!(decision.raw.vignette.as_deref().unwrap().ends_with("D-dimer 1900 ng/mL."));
    let options = decision.raw.options.as_deref().unwrap();
    let named: Vec<_> = options.iter().map(|o| o.study.as_deref().or(o.id.as_deref()).unwrap()).collect();
    assert_eq!(named, ["ct-pulmonary-angiography", "nm-vq", "repeat-the-d-dimer", "no-imaging"]);
    let verdicts: Vec<_> = options.iter().map(|o| (o.verdict.unwrap(), o.harm)).collect();
    assert_eq!(
        verdicts,
        [
            (Verdict::Best, None),
            (Verdict::Acceptable, None),
            (Verdict::Wrong, Some(Harm::Delays)),
            (Verdict::Wrong, Some(Harm::Unsafe))
        ]
    );
    assert_eq!(options[3].why.as_deref(), Some("an embolism is likely enough to look for"));
    let source = &decision.raw.sources.as_deref().unwrap()[0];
    assert_eq!(source.cite(), "ACR, Suspected Pulmonary Embolism (2022), Variant 2");
    assert_eq!(source.checked.as_deref(), Some("2026-11"));

    let draft = &file.items[3];
    assert!(!draft.complete);
    assert_eq!(draft.missing, ["rule", "next", "why", "source"].map(|w| w).as_slice().to_vec().as_slice());
    assert_eq!(draft.raw.options.as_deref().unwrap()[0].study.as_deref(), Some("ct-head-without"));
    for item in &file.items {
        assert!(NEURO[item.span.clone()].trim() == &NEURO[item.span.clone()]);
    }
}

#[test]
fn every_shipped_card_goes_through_the_notation() {
    let cards = shipped_cards();
    let lost: Vec<_> = cards.iter().filter(|c| !notes::holds(c)).map(|c| c.id.as_deref().unwrap()).collect();
    assert_eq!(lost, Vec::<&str>::new());
    let mut cards = cards;
    // Ids are unique within a deck only.
    for (i, card) in cards.iter_mut().enumerate() {
        card.id = Some(format!("n-{i}"));
    }
    let read = notes::read(&notes::write(&cards), "all.md");
    assert_eq!(read.troubles, []);
    assert!(read.items.iter().all(|i| i.complete));
    let back: Vec<RawCard> = read.items.into_iter().map(|i| i.raw).collect();
    assert_eq!(back, cards);
}

/// Lines of a page, and whatever else a page may hold.
fn page() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        6 => prop::sample::select(vec![
            "Q: what", "A: that", "A:", "- item", "- [x] CTPA", "- [ ] none (unsafe) -- why", "- [~] V/Q", "> why", "  > reason",
            "? Man, 40. Which?", "?", "rule: r", "source: ACR, T (2022), s", "note: n", "{{c1::x}} is y", "- {{c2::z}}",
            "# Neuro", "## Stroke", "---", "===", "```", "~~~", "prose", "  indented", "    Q: code", "<div>", "<!--", "-->",
            "<!-- id: n-1 -->", "<!-- id: n-2 -->", "<pre>", "| a | b |", "|---|---|", "1. one", "[x]: y", "text\\", "`", "* * *", "\t- deep",
            "url: https://e.org", "question: Q?", "#tag", "A: x <!-- id: n-3 -->", "$$", "+++",
        ]).prop_map(str::to_owned),
        3 => Just(String::new()),
        1 => "\\PC{0,12}",
    ];
    (prop::collection::vec(line, 0..24), any::<bool>()).prop_map(|(lines, crlf)| lines.join(if crlf { "\r\n" } else { "\n" }))
}

fn cards_of(file: &NotesFile) -> Vec<RawCard> {
    file.items.iter().map(|i| RawCard { id: None, ..i.raw.clone() }).collect()
}

/// Without the comments that were put in: what was there before.
fn without(text: &str, ids: &[(std::ops::Range<usize>, String)]) -> String {
    let mut out = text.to_owned();
    for (_, id) in ids {
        for newline in ["\r\n", "\n"] {
            out = out.replace(&format!("{newline}<!-- id: {id} -->"), "");
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_page(text in any::<String>()) {
        let file = notes::read(&text, "x.md");
        for item in &file.items {
            prop_assert!(text.get(item.span.clone()).is_some());
        }
        let _ = notes::one_line(&text);
    }

    #[test]
    fn ids_change_nothing_but_ids(text in page()) {
        let file = notes::read(&text, "x.md");
        let ids = notes::new_ids("x.md", &file);
        let tied = notes::with_ids(&text, &ids);
        prop_assert_eq!(&without(&tied, &ids), &text);
        let again = notes::read(&tied, "x.md");
        prop_assert_eq!(cards_of(&again), cards_of(&file));
        prop_assert_eq!(notes::with_ids(&tied, &notes::new_ids("x.md", &again)), tied.clone());
        prop_assert_eq!(notes::with_ids(&tied, &again.items.iter().map(|i| (i.span.clone(), "other".to_owned())).filter(|(s, _)| !s.is_empty()).collect::<Vec<_>>()), tied);
    }
}
