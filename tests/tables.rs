//! Tables and text encodings in; CSV, TSV and Markdown out; and files that mean harm.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use proptest::prelude::*;
use scanwise::deck::Catalog;
use scanwise::deck::format::{CardType, RawCard, RawDeck, RawOption};
use scanwise::deck::rules::Rules;
use scanwise::interchange::charset::to_text;
use scanwise::interchange::export::{OutCard, OutDeck, OutPart, Personal, csv, markdown};
use scanwise::interchange::table::{TableOptions, read};
use scanwise::interchange::{Incoming, IncomingDeck, ReadError};
use scanwise::model::{CardKey, Harm, Next, Source, Verdict};
use std::fmt::Write as _;

fn try_read(text: &str, name: &str) -> Result<Incoming, ReadError> {
    read(text, name, &TableOptions::default(), &mut |_, _, _| {})
}

fn table(text: &str, name: &str) -> Incoming {
    try_read(text, name).unwrap_or_else(|e| panic!("{e} ({})", e.hint))
}

fn mapped(text: &str, map: &str) -> Result<Incoming, ReadError> {
    let options = TableOptions { maps: vec![map.to_owned()], tabs: None };
    read(text, "x.csv", &options, &mut |_, _, _| {})
}

fn cards(deck: &IncomingDeck) -> Vec<RawCard> {
    deck.cards.iter().map(|c| serde_json::from_str(&c.json).unwrap()).collect()
}

/// "front|back|why" of each card of the only deck.
fn faces(incoming: &Incoming) -> Vec<String> {
    assert_eq!(incoming.decks.len(), 1, "{:?}", incoming.decks);
    let text = |c: RawCard| {
        let front = c.front.or(c.text).unwrap_or_default();
        format!("{front}|{}|{}", c.back.unwrap_or_default(), c.why.unwrap_or_default())
    };
    cards(&incoming.decks[0]).into_iter().map(text).collect()
}

fn troubles(incoming: &Incoming) -> Vec<String> {
    incoming.troubles.iter().map(|t| format!("{}: {} ({})", t.place, t.cause, t.hint)).collect()
}

fn out_deck(id: &str, title: &str, cards: Vec<RawCard>) -> OutDeck {
    let mut rules = Rules::new(Catalog::bundled());
    let cards = cards
        .into_iter()
        .enumerate()
        .map(|(i, raw)| {
            let card = rules.card(i, &raw).unwrap_or_else(|| panic!("{:#?}", rules.problems));
            let parts = card
                .parts()
                .into_iter()
                .map(|n| OutPart {
                    key: CardKey::join(id, &card.id, n),
                    state: scanwise::schedule::CardState::default(),
                    history: Vec::new(),
                })
                .collect();
            OutCard { card, raw, personal: None, parts }
        })
        .collect();
    let header = RawDeck {
        format: Some(1),
        id: Some(id.to_owned()),
        title: Some(title.to_owned()),
        version: Some("2026.11.1".to_owned()),
        authors: Some(vec!["A, \"B\"".to_owned()]),
        description: Some("Two\nlines; #1".to_owned()),
        ..RawDeck::default()
    };
    OutDeck { header, cards, media: None }
}

fn written(decks: &[OutDeck], tabs: bool) -> String {
    let mut out = Vec::new();
    csv::write(decks, tabs, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn base(id: &str, kind: CardType) -> RawCard {
    RawCard {
        id: Some(id.to_owned()),
        kind: Some(kind),
        domain: Some("neurology".to_owned()),
        tags: Some(vec!["stroke".to_owned(), "ct".to_owned()]),
        ..RawCard::default()
    }
}

fn basic(id: &str, front: &str, back: &str) -> RawCard {
    RawCard { front: Some(front.to_owned()), back: Some(back.to_owned()), ..base(id, CardType::Basic) }
}

fn decision(id: &str, text: &str) -> RawCard {
    let option = |study: Option<&str>, id: Option<&str>, verdict, harm| RawOption {
        id: id.map(str::to_owned),
        study: study.map(str::to_owned),
        text: id.map(|_| text.to_owned()),
        verdict: Some(verdict),
        harm,
        why: Some(text.to_owned()),
    };
    RawCard {
        vignette: Some(text.to_owned()),
        question: Some(text.to_owned()),
        options: Some(vec![
            option(Some("ct-head-without"), None, Verdict::Best, None),
            option(None, Some("no-imaging"), Verdict::Wrong, Some(Harm::Unsafe)),
        ]),
        rule: Some(text.to_owned()),
        next: Some(Next { if_positive: text.to_owned(), if_negative: text.to_owned() }),
        family: Some("fam".to_owned()),
        modifier: Some(text.to_owned()),
        covers: Some(vec!["stroke-first".to_owned()]),
        note: Some(text.to_owned()),
        sources: Some(vec![Source {
            body: "ACR".to_owned(),
            title: text.to_owned(),
            year: 2024,
            section: Some(text.to_owned()),
            url: Some("https://example.org/?a=1,2;3".to_owned()),
            checked: Some("2026-11".to_owned()),
            basis: None,
        }]),
        ..base(id, CardType::Decision)
    }
}

fn cloze(id: &str, text: &str) -> RawCard {
    RawCard {
        text: Some(format!("{text}{{{{c1::4.5 h::hint}}}} and {{{{c2::x}}}}")),
        why: Some(text.to_owned()),
        ..base(id, CardType::Cloze)
    }
}

/// Writes and reads both ways; everything must come back.
fn comes_back(decks: &[OutDeck]) {
    for tabs in [false, true] {
        let text = written(decks, tabs);
        let incoming = table(&text, "whatever.txt");
        assert_eq!(troubles(&incoming), Vec::<String>::new(), "{text}");
        assert_eq!(incoming.decks.len(), decks.len());
        for (got, sent) in incoming.decks.iter().zip(decks) {
            assert_eq!(got.header, sent.header);
            let raws: Vec<RawCard> = sent.cards.iter().map(|c| c.raw.clone()).collect();
            assert_eq!(cards(got), raws, "{text}");
        }
    }
}

const NASTY: &[&str] = &[
    "=1+1",
    "+5",
    "-5 mm",
    "@SUM(A1)",
    "'=1",
    "''",
    "a;b,c\td|e",
    "say \"hi\"",
    "\"",
    "two\nlines\n\nthree",
    "#1 cause",
    "#separator:tab",
    "  spaced  ",
    "\tstarts with a tab",
    "כאב חזה",
    "°≥µ – “q”",
    "👩\u{200d}⚕",
    "<b>&amp;</b>",
    "a\\b",
    "\n#x",
    "'",
    "#scanwise deck:{}",
    "null",
    "\"\"",
    "x\"\n\"y",
];

#[test]
fn every_field_of_every_type_comes_back_from_a_table() {
    let mut all = Vec::new();
    for (i, text) in NASTY.iter().enumerate() {
        all.push(basic(&format!("b{i}"), text, text));
        all.push(RawCard { why: Some((*text).to_owned()), ..basic(&format!("w{i}"), text, text) });
        all.push(decision(&format!("d{i}"), text));
        all.push(cloze(&format!("c{i}"), text));
    }
    all.push(RawCard { tags: None, sources: Some(Vec::new()), ..basic("bare", "f {{c1::not a cloze}}", "b") });
    comes_back(&[out_deck("one", "=One: \"the\" deck", all), out_deck("two", "Two", vec![basic("b0", "x", "y")])]);
    comes_back(&[out_deck("empty", "Empty", Vec::new())]);
}

#[test]
#[ignore]
fn zz_dump() {
    let mut all = Vec::new();
    for (i, text) in NASTY.iter().enumerate() {
        all.push(basic(&format!("b{i}"), text, text));
        all.push(cloze(&format!("c{i}"), text));
        all.push(decision(&format!("d{i}"), text));
    }
    let decks = [out_deck("one", "One: \"the\" deck", all), out_deck("two", "Two", vec![basic("b0", "x", "y")])];
    std::fs::write("/tmp/table-try/o.csv", written(&decks, false)).unwrap();
    std::fs::write("/tmp/table-try/o.tsv", written(&decks, true)).unwrap();
}

#[test]
fn the_shipped_decks_come_back_from_a_table() {
    let mut decks = Vec::new();
    for name in ["stroke-neurovascular", "vte-periprocedural", "dont-image"] {
        let path = format!("{}/decks/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let raw: RawDeck = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut deck = out_deck(name, "", raw.cards.clone().unwrap());
        deck.header = RawDeck { cards: None, schema: None, ..raw };
        decks.push(deck);
    }
    comes_back(&decks);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_a_card_may_hold_comes_back(texts in prop::collection::vec("[ -~\n\t\"',;#=+@°≥א-ת“”🩻{}-]{1,40}", 1..5)) {
        let fits: Vec<&String> = texts.iter().filter(|t| !t.trim().is_empty()).collect();
        let mut all = Vec::new();
        for (i, text) in fits.iter().enumerate() {
            all.push(basic(&format!("b{i}"), text, text));
            all.push(decision(&format!("d{i}"), text));
            if !text.contains("{") && !text.contains("}") {
                all.push(cloze(&format!("c{i}"), text));
            }
        }
        comes_back(&[out_deck("one", "One", all)]);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(decoded) = to_text(&bytes) {
            let _ = try_read(&decoded.text, "x.csv");
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(
        lines in prop::collection::vec("(#[a-z ]{0,16}:[ -~]{0,8}|#columns:.{0,9}|#guid column:[0-9]{1,4}|[a-c,\t\";'#{}:\\n]{0,30})", 0..12),
        map in "[a-z0-9=,]{0,12}",
    ) {
        let text = lines.join("\n");
        let _ = try_read(&text, "x.tsv");
        let _ = mapped(&text, &map);
    }
}

#[test]
fn no_cell_is_a_formula_and_what_is_personal_waits_to_be_asked_for() {
    let nasty: Vec<RawCard> = NASTY.iter().enumerate().map(|(i, t)| decision(&format!("d{i}"), t)).collect();
    let mut deck = out_deck("one", "=cmd()", nasty);
    let text = written(std::slice::from_ref(&deck), false);
    let rows: String = text.lines().skip_while(|l| l.starts_with('#')).collect::<Vec<_>>().join("\n");
    let mut cells = 0;
    for record in ::csv::ReaderBuilder::new().has_headers(false).from_reader(rows.as_bytes()).records() {
        for cell in &record.unwrap() {
            cells += 1;
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\n']), "{cell}");
        }
    }
    assert!(cells > 400);
    assert!(!text.contains("my note") && !text.contains("interval"));

    deck.cards.truncate(1);
    deck.cards[0].personal = Some(Personal { note: Some("=mine".to_owned()), tags: vec!["hard".to_owned()] });
    let text = written(&[deck], false);
    assert!(text.contains("my note,my tags\n") && text.contains("'=mine,hard\n"), "{text}");
    // The table says what it can't hold, and that is so.
    assert!(csv::CANNOT_HOLD.iter().any(|c| c.contains("personal notes")));
    let back = table(&text, "x.csv");
    assert!(!back.decks[0].cards[0].json.contains("mine"));
    assert!(back.history.is_empty() && back.mapping[0].contains("personal notes and progress are not read"));
}
