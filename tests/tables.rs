//! Tables and text encodings in; CSV, TSV and Markdown out; and files that mean harm.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scanwise::deck::Catalog;
use scanwise::deck::format::{CardType, RawCard, RawDeck, RawOption};
use scanwise::deck::rules::Rules;
use scanwise::interchange::charset::to_text;
use scanwise::interchange::export::{OutCard, OutDeck, OutPart, Personal, csv, markdown};
use scanwise::interchange::table::{TableOptions, read};
use scanwise::interchange::{Incoming, IncomingDeck, ReadError};
use scanwise::model::{CardKey, Harm, Next, Source, Verdict};
use std::fmt::Write as _;
use std::path::PathBuf;

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
                    notes: Vec::new(),
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
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn any_text_a_card_may_hold_comes_back(texts in prop::collection::vec("[ -~\n\t\"',;#=+@°≥א-ת“”🩻{}-]{1,40}", 1..5)) {
        let fits: Vec<&String> = texts.iter().filter(|t| !t.trim().is_empty()).collect();
        let mut all = Vec::new();
        for (i, text) in fits.iter().enumerate() {
            all.push(basic(&format!("b{i}"), text, text));
            all.push(decision(&format!("d{i}"), text));
            if !text.contains(['{', '}']) {
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
    fn our_own_files_may_be_mangled(at in 0_usize..2_000, len in 0_usize..60, put in "[\"',\t\n#{}:x=]{0,3}") {
        let deck = out_deck("one", "One", vec![decision("d", "some \"text\""), cloze("c", "x, y "), basic("b", "#f", "=b")]);
        let mut text = written(&[deck], false);
        let at = at.min(text.len());
        text.replace_range(at..(at + len).min(text.len()), &put);
        if let Ok(incoming) = try_read(&text, "x.csv") {
            prop_assert!(incoming.decks.iter().map(|d| d.cards.len()).sum::<usize>() <= 20);
        }
    }

    #[test]
    fn any_text_keeps_its_place_in_the_document(text in "[ -~\n≥א-ת]{1,40}") {
        let blank = text.split('\n').any(|l| l.trim().is_empty());
        if !blank && !text.contains(['{', '}']) {
            keeps_its_place(text.trim());
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
    let empty = RawCard { tags: Some(Vec::new()), covers: Some(Vec::new()), ..basic("b", "[image: ct.png]", "b") };
    let mut deck = out_deck("one", "One", vec![empty]);
    deck.header.schema = Some("scanwise-deck.schema.json".to_owned());
    deck.cards[0].parts[0].state.flagged = true;
    let back = table(&written(&[deck], false), "x.csv");
    let got = &cards(&back.decks[0])[0];
    assert_eq!((&got.tags, &got.covers, &back.decks[0].header.schema), (&None, &None, &None));
    assert!(back.media.is_empty() && got.front.as_deref() == Some("[image: ct.png]"));
    for lost in ["empty list", "$schema", "a flag", "pictures"] {
        assert!(csv::CANNOT_HOLD.iter().any(|c| c.contains(lost)), "{lost}");
    }
}

fn fixture(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/tables", name].iter().collect();
    to_text(&std::fs::read(path).unwrap()).unwrap().text
}

#[test]
fn anki_exports_keep_their_decks_tags_and_names() {
    for name in ["anki-notes-html.txt", "anki-notes-plain.txt"] {
        let incoming = table(&fixture(name), name);
        assert_eq!(troubles(&incoming), Vec::<String>::new());
        let titles: Vec<_> =
            incoming.decks.iter().map(|d| (d.header.id.as_deref(), d.header.title.as_deref())).collect();
        let chest = (Some("radiology-chest"), Some("Radiology::Chest"));
        let neuro = (Some("radiology-neuro"), Some("Radiology::Neuro"));
        assert_eq!(titles, [chest, neuro, (Some("default"), Some("Default"))]);
        let chest = cards(&incoming.decks[0]);
        // SHA-256 of the guid "g_e$?AW4/9": the same note gets the same id from every file.
        assert_eq!(chest[0].id.as_deref(), Some("a-b1c471c400d7ca49"));
        assert_eq!(chest[0].domain.as_deref(), Some("chest"));
        assert_eq!(chest[0].tags, Some(vec!["chest".to_owned(), "x-ray-supine".to_owned()]));
        assert_eq!(chest[1].front.as_deref(), Some("#1 study for suspected aortic dissection"), "not a comment");
        // HTML knows no tabs.
        let back = chest[1].back.as_deref().unwrap_or_default().replace('\t', " ");
        assert_eq!(back, "CT angiography, \"triple\" phase not needed");
        let neuro = cards(&incoming.decks[1]);
        assert_eq!(neuro[0].kind, Some(CardType::Cloze));
        assert_eq!(neuro[0].why.as_deref(), Some("> MRI is sooner"));
        assert_eq!(cards(&incoming.decks[2])[0].back.as_deref(), Some("≥ 6 mm"));
        assert_eq!(incoming.decks[2].cards[0].id.len(), 18);
        assert!(
            incoming.mapping[0].contains("column 4=front, column 5=back")
                && incoming.mapping[0].contains("column 1=guid"),
            "{:?}",
            incoming.mapping
        );
    }
    // Our own name of a card is still its name after a visit to Anki.
    let visited = table("#separator:tab\n#guid column:1\n#deck column:2\nstroke/first-scan\tStroke\tq\ta\n", "x.txt");
    assert_eq!(visited.decks[0].cards[0].id, "first-scan");
    let bare = table(&fixture("anki-notes-bare.txt"), "Chest signs.txt");
    assert_eq!(bare.decks[0].header.id.as_deref(), Some("chest-signs"));
    assert_eq!(bare.decks[0].cards.len(), 4);
    assert_eq!(
        faces(&bare)[1].replace('\t', " "),
        "#1 study for suspected aortic dissection|CT angiography, \"triple\" phase not needed|"
    );
}

#[test]
fn header_lines_speak_for_every_row() {
    let text = "#separator:Pipe\n#html:false\n#tags:exam chest\n#deck:Rads::Chest::PE\n#notetype:Basic\n#if matches:keep both\n\
                #columns:Back|Front|Extra\nCTPA|Best test for PE?|if eGFR allows\n# a comment\n\nVQ|And in pregnancy?|\n";
    let incoming = table(text, "x.txt");
    assert_eq!(faces(&incoming), ["Best test for PE?|CTPA|if eGFR allows", "And in pregnancy?|VQ|"]);
    let card = &cards(&incoming.decks[0])[0];
    assert_eq!(card.tags, Some(vec!["exam".to_owned(), "chest".to_owned()]));
    assert_eq!(card.domain.as_deref(), Some("chest"));
    assert_eq!(incoming.decks[0].header.title.as_deref(), Some("Rads::Chest::PE"));
}

#[test]
fn a_header_row_is_known_by_its_names_in_any_case_and_order() {
    let text = "ANSWER,question,Explanation,Tags,Source,Domain,ID,Color\n\
                No imaging,\"Low back pain, no red flags?\",\"Two\nlines\",\"spine, low value\",ACR 2021,msk,low-back,red\n";
    let incoming = table(text, "x.csv");
    assert_eq!(faces(&incoming), ["Low back pain, no red flags?|No imaging|Two\nlines\n\nSource: ACR 2021"]);
    let card = &cards(&incoming.decks[0])[0];
    assert_eq!((card.id.as_deref(), card.domain.as_deref()), (Some("low-back"), Some("msk")));
    assert_eq!(card.tags, Some(["spine", "low", "value"].map(str::to_owned).to_vec()));
    assert!(incoming.mapping[0].ends_with("; not used: Color"), "{:?}", incoming.mapping);
    // One name of two is enough to see that the first row is no card; which column is the back must be said.
    let e = try_read("Front,Rückseite\nf,b\n", "x.csv").unwrap_err();
    assert!(
        e.to_string().starts_with("line 2: no row is a card; the first: no back") && e.hint.contains("--map"),
        "{e}"
    );
    assert_eq!(faces(&mapped("Front,Rückseite\nf,b\n", "Rückseite=back").unwrap()), ["f|b|"]);
    // A European spreadsheet: semicolons, and commas in the text.
    let incoming = table("Front;Back\nSize, in cm?;5,5 cm\nAnd, then?;stop\n", "x.csv");
    assert_eq!(faces(&incoming), ["Size, in cm?|5,5 cm|", "And, then?|stop|"]);
}

#[test]
fn without_names_the_order_counts_and_quizlet_has_no_quotes() {
    let incoming = table("a,b,c,d\ne,f,g,h\n", "x.csv");
    assert_eq!(faces(&incoming), ["a|b|c", "e|f|g"]);
    assert!(incoming.mapping[0].contains("column 3=why; not used: column 4"), "{:?}", incoming.mapping);

    let quizlet = "\"Thumbprint\" sign\tepiglottitis\n5\" nail, \"swallowed\tradiograph\n\"Egg on a string\tTGA\nwith a narrow mediastinum\nlast\tone";
    let incoming = table(quizlet, "quizlet.txt");
    assert_eq!(
        faces(&incoming),
        [
            "\"Thumbprint\" sign|epiglottitis|",
            "5\" nail, \"swallowed|radiograph|",
            "\"Egg on a string|TGA\nwith a narrow mediastinum|",
            "last|one|"
        ]
    );
    assert_eq!(incoming.troubles.len(), 1);
    assert_eq!(incoming.troubles[0].place, "line 4");
    // A spreadsheet's own tabs: here quotes are quotes.
    assert_eq!(faces(&table("a\t\"two\nlines\"\nb\tc\n", "x.txt")), ["a|two\nlines|", "b|c|"]);
}

#[test]
fn deletions_make_cloze_cards_wherever_they_stand() {
    let text =
        "Front,Back\n{{c1::CT}} first,extra\nDose?,{{c2::5 mg::amount}}\nSet {x},{{y}}\n{{c1::open,x\n{{c0::zero}},x\n";
    let incoming = table(text, "x.csv");
    assert_eq!(faces(&incoming), ["{{c1::CT}} first||extra", "Dose?\n\n{{c2::5 mg::amount}}||", "Set {x}|{{y}}|"]);
    let kinds: Vec<_> = cards(&incoming.decks[0]).iter().map(|c| c.kind.unwrap()).collect();
    assert_eq!(kinds, [CardType::Cloze, CardType::Cloze, CardType::Basic]);
    assert_eq!(incoming.troubles.len(), 2, "{:?}", incoming.troubles);
    assert!(incoming.troubles[0].cause.contains("not closed by '}}'"));
    assert_eq!(faces(&table("text\nonly {{c1::this}}\n", "x.csv")), ["only {{c1::this}}||"]);
}

#[test]
fn maps_say_which_column_is_what_or_what_was_meant() {
    let incoming =
        mapped("Frage,Antwort,Quelle,Rest\nf,a,q,r\n", "Frage=front, antwort=back,Quelle=source,4=ignore").unwrap();
    assert_eq!(faces(&incoming), ["f|a|Source: q"]);
    assert_eq!(faces(&mapped("b,f\n", "2=front,1=back").unwrap()), ["f|b|"]);
    assert_eq!(faces(&mapped("Front,Back,Extra\na,b,c\n", "Extra=back,Back=why").unwrap()), ["a|c|b"]);
    let wrong = |map: &str| {
        let e = mapped("Front,Back,Explanation\na,b,c\n", map).unwrap_err();
        format!("{e} ({})", e.hint)
    };
    assert_eq!(
        wrong("Explanaton=why"),
        "line 1: --map names a column \"Explanaton\" that is not there (did you mean \"Explanation\"?)"
    );
    assert_eq!(
        wrong("Q9x=why"),
        "line 1: --map names a column \"Q9x\" that is not there (the columns are \"Front\", \"Back\", \"Explanation\")"
    );
    assert_eq!(wrong("Back=bakc"), "--map: \"bakc\" is nothing a column can hold (did you mean \"back\"?)");
    assert!(wrong("Back").starts_with("--map: \"Back\" says no role"), "{}", wrong("Back"));
    assert!(wrong("7=front").contains("\"7\" that is not there"));
}

#[test]
fn ids_are_stable_unique_and_of_the_front() {
    let text = "front,back\nWhat is  X?,1\nwhat is x?,2\nWHAT IS X?,3\nother,4\n";
    let ids = |t: &str| -> Vec<String> { table(t, "x.csv").decks[0].cards.iter().map(|c| c.id.clone()).collect() };
    let first = ids(text);
    assert_eq!(first[1], format!("{}-2", first[0]));
    assert_eq!(first[2], format!("{}-3", first[0]));
    assert!(first[0].starts_with("t-") && first[0].len() == 18 && first[3] != first[0]);
    // New backs and other rows don't change an id.
    assert_eq!(ids("front,back\nother,new\nwhat is x?,new\n"), [first[3].clone(), first[0].clone()]);
    let twice = table("id,front,back\none,a,b\none,c,d\nNot an id!,e,f\n", "x.csv");
    assert_eq!(twice.decks[0].cards[0].id, "one");
    assert!(twice.decks[0].cards[1].id.starts_with("a-"));
    assert_eq!(
        troubles(&twice),
        ["line 3: line 2 is the same card already (\"one\") (the row is left out; give it an id of its own)"]
    );
}

#[test]
fn rows_that_are_no_cards_are_told_with_their_line_and_the_rest_is_read() {
    let long = "x".repeat(20_001);
    let text = format!(
        "front,back\n\"two\nlines\",ok\n\n,no front\nno back,\na,b,c\n,,,\n{long},b\nfine,too,,\n\"never\nclosed,x\ny,z\n"
    );
    let incoming = table(&text, "x.csv");
    assert_eq!(faces(&incoming), ["two\nlines|ok|", "fine|too|"]);
    assert!(incoming.decks[0].partial, "a card whose row can't be read is not gone");
    let told = troubles(&incoming);
    let starts = [
        "line 5: no front (\"no front\")",
        "line 6: no back (\"no back\")",
        "line 7: 3 fields where there are 2 columns",
        "line 9: \"front\" has 20,001 characters; at most 20,000",
        "line 11: a quote in this row is never closed; it takes in 3 lines, to the end",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (got, want) in told.iter().zip(starts) {
        assert!(got.starts_with(want), "{got}");
    }
    let many = format!("front,back\nq,a\n{}", "x\n".repeat(3_000));
    let incoming = table(&many, "x.csv");
    assert_eq!(incoming.troubles.len(), 1_001);
    assert_eq!(incoming.troubles.last().unwrap().cause, "2,000 more rows could not be read");
}

#[test]
fn lying_headers_are_told_from_the_truth() {
    let wrong = |text: &str| {
        let e = try_read(text, "x.txt").unwrap_err();
        assert!(!e.hint.is_empty());
        e.to_string()
    };
    assert_eq!(
        wrong("#separator:tab\n#columns:Front\tBack\na,b\nc,d\n"),
        "line 1: the file says its fields are between tabs, but no row holds one"
    );
    assert_eq!(
        wrong("#separator:comma\n#guid column:9\na,b\n"),
        "line 2: \"#guid column:9\" is past the last column; the rows have 2"
    );
    assert!(wrong("#tags column:two\na,b\n").starts_with("line 1: \"#tags column:two\" does not name a column"));
    assert!(wrong("#separator:comm\na,b\n").starts_with("line 1: \"#separator:comm\" is not a separator"));
    assert!(
        wrong("#separator:comma\n#columns:x,y,z,Front,Back\na,b\n")
            .contains("names 5 columns, but no row has more than 2")
    );
    assert!(wrong("#scanwise:9\na,b\n").contains("layout this program does not know"));
    let short = table("#separator:comma\n#columns:Front,Back,Extra\na,b\n", "x.txt");
    assert_eq!(faces(&short), ["a|b|"]);
    assert_eq!(
        troubles(&short)[0].split(" (").next(),
        Some("line 2: #columns names 3 columns, but no row has more than 2")
    );
    // A spreadsheet fills short lines up.
    let padded = table("#separator:Comma,,\n#html:false,,\n#columns:Front,Back,Extra\na,b,c\n", "x.csv");
    assert_eq!(faces(&padded), ["a|b|c"]);
    // The first term of a list may start with '#'.
    assert_eq!(faces(&table("#1 cause: trauma\tyes\n#2\tno\n", "x.txt"))[0], "#1 cause: trauma|yes|");
}

#[test]
fn every_common_encoding_is_read_and_named() {
    let text = "front,back\n“Löffler” ≥ 5,µ\n";
    let utf16 = |be: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let with = |mark: &[u8], bytes: Vec<u8>| [mark.to_vec(), bytes].concat();
    let cases = [
        (text.as_bytes().to_vec(), "UTF-8"),
        (with(b"\xef\xbb\xbf", text.as_bytes().to_vec()), "UTF-8"),
        (with(b"\xff\xfe", utf16(false)), "UTF-16LE"),
        (with(b"\xfe\xff", utf16(true)), "UTF-16BE"),
        (utf16(false), "UTF-16LE"),
        (utf16(true), "UTF-16BE"),
    ];
    for (bytes, charset) in cases {
        let decoded = to_text(&bytes).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.charset, decoded.lossy), (text, charset, false));
        assert_eq!(decoded.converted(), charset != "UTF-8");
    }
    let old = b"front,back\r\nThe \x93silver\x94 sign at 37 \xb0C \x96 5 \xb5m,it\x92s na\xefve\r\n";
    let decoded = to_text(old).unwrap();
    assert_eq!((decoded.charset, decoded.lossy), ("windows-1252", false));
    assert_eq!(faces(&table(&decoded.text, "x.csv")), ["The “silver” sign at 37 °C – 5 µm|it’s naïve|"]);
    // One broken byte does not turn every other ° into Â°.
    let broken = to_text(b"37 \xc2\xb0C \xe2\x89\xa5 5 \xc2\xb5m \xe2\x80\x93 \xff").unwrap();
    assert_eq!((broken.text.as_str(), broken.charset, broken.lossy), ("37 °C ≥ 5 µm – \u{fffd}", "UTF-8", true));
    let undefined = to_text(b"a high byte that means nothing: \x81").unwrap();
    assert!(undefined.lossy);
    let (russian, ..) =
        (b"\xc3\xf0\xf3\xe4\xed\xe0\xff \xea\xeb\xe5\xf2\xea\xe0, \xe1\xee\xeb\xfc \xe2 \xf1\xef\xe8\xed\xe5", ());
    assert_eq!(to_text(russian).unwrap().charset, "windows-1251");
}

#[test]
fn what_is_no_text_is_refused_with_a_next_step() {
    let noise: Vec<u8> = (0..4_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
    let files: [(&[u8], &str); 6] = [
        (b"PK\x03\x04rest", "a zip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"SQLite format 3\0", "a database"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        (&noise, "not text"),
        (b"a\0b\0\0\0\0", "not text"),
    ];
    for (bytes, what) in files {
        let e = to_text(bytes).unwrap_err();
        assert!(e.cause.contains(what) && !e.hint.is_empty(), "{e:?}");
    }
    // One stray zero in a long text is dropped, and told.
    let mut stray =
        b"front,back\nsome longer question that is here,and a longer answer that is there as well\0\n".to_vec();
    stray.extend_from_slice(&b"another longer question here,and an answer\n".repeat(3));
    let incoming = table(&to_text(&stray).unwrap().text, "x.csv");
    assert_eq!(incoming.decks[0].cards.len(), 4);
    assert!(!incoming.decks[0].cards[0].json.contains("\\u0000"));
    assert_eq!(troubles(&incoming)[0].split(" (").next(), Some("1 row: control characters in the text"));
}

#[test]
fn nothing_that_steers_a_terminal_gets_into_a_card() {
    let text =
        "front,back\n\u{1b}[31mred\u{1b}[0m \u{1b}]0;own\u{7}title,\u{202e}evil\u{202c}\u{9b}2J\nכאב?,\u{200f}כן\n";
    let incoming = table(text, "x.csv");
    assert_eq!(faces(&incoming), ["red title|evil2J|", "כאב?|כן|"]);
    assert_eq!(incoming.troubles[0].place, "2 rows");
    let all = format!("{incoming:?}");
    assert!(!all.contains('\u{1b}') && !all.contains('\u{202e}'));
    // Nor from names of decks and columns.
    let text = "#separator:comma\n#deck:a\u{1b}[2Jb\u{202e}\n#columns:Front,Back,E\u{1b}[1mx\na,b,c\n";
    let incoming = table(text, "x.csv");
    let all = format!("{} {}", incoming.decks[0].header.title.clone().unwrap(), incoming.mapping[0]);
    assert!(!all.contains('\u{1b}') && !all.contains('\u{202e}'), "{all}");
}

#[test]
fn line_ends_of_every_system_and_empty_files() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["front,back", "a,\"b", "c\"", "d,"].join(end) + end;
        let incoming = table(&text, "x.csv");
        assert_eq!(faces(&incoming), ["a|b\nc|"], "{end:?}");
        assert!(troubles(&incoming)[0].starts_with("line 4: no back"), "{end:?} {:?}", incoming.troubles);
    }
    for (text, cause) in [
        ("", "it is empty"),
        ("\u{feff}", "it is empty"),
        (" \r\n \n", "it is empty"),
        ("front,back\n", "there is no row of a card in it"),
        ("#separator:tab\n#html:true\n", "there is no row of a card in it"),
        (",,,\n,,\n", "there is no row of a card in it"),
        ("just one column\n", "no row is a card; the first: no back (\"just one column\")"),
    ] {
        assert_eq!(try_read(text, "x.csv").unwrap_err().cause, cause, "{text:?}");
    }
}

#[test]
fn rows_without_an_end_are_bounded() {
    let place = |text: &str| {
        let e = try_read(text, "x.csv").unwrap_err();
        format!("{}: {}", e.place, e.cause)
    };
    let line = format!("front,back\nq,a\n{}", "x".repeat(50 << 20));
    assert!(place(&line).starts_with("line 3: the row that starts here is longer than 4,194,304 bytes"));
    let quote = format!("front,back\n\"q,a\n{}", "question,answer\n".repeat(300_000));
    assert!(place(&quote).starts_with("line 2: the row that starts here is longer"));
    assert!(try_read(&quote, "x.csv").unwrap_err().hint.contains("quote"));
    let wide = format!("front,back\nq,a\n{}\n", ",".repeat(1_000_000));
    assert_eq!(place(&wide), "line 3: 1,000,001 fields in one row; at most 1,000");
    let columns = format!("#separator:comma\n#columns:{}\n", ",".repeat(2_000));
    assert_eq!(place(&columns), "line 2: #columns names 2001 columns; at most 1000");
    let mut decks = "deck,front,back\n".to_owned();
    for i in 0..2_100 {
        writeln!(decks, "deck {i},q{i},a").unwrap();
    }
    let incoming = table(&decks, "x.csv");
    assert_eq!((incoming.decks.len(), incoming.troubles.len()), (2_000, 100));
}

#[test]
fn equal_fronts_take_no_more_time_than_others() {
    let text = "same question,answer\n".repeat(30_000);
    let incoming = table(&text, "x.csv");
    assert!(incoming.decks[0].cards[29_999].id.ends_with("-30000"));
}

#[test]
fn long_reads_say_how_far_they_are() {
    let text = "q,a\n".repeat(10_000);
    let mut ticks = Vec::new();
    read(&text, "x.csv", &TableOptions::default(), &mut |_, done, of| ticks.push((done, of))).unwrap();
    assert!(ticks.len() >= 3 && ticks.is_sorted());
    assert_eq!(ticks.last(), Some(&(40_000, 40_000)));
}

fn document(deck: OutDeck) -> String {
    let mut out = Vec::new();
    markdown::write(&[deck], &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn no_text_of_a_card_breaks_the_document() {
    let breaking = [
        "<script>x</script>",
        "# no heading",
        "- no item",
        "1. no item",
        "> no quote",
        "---",
        "```",
        "![a](b)",
        "[a](b)",
        "*a* _b_",
        "<!-- id: other -->",
        "x\n===",
        "a\n\n    code",
        "| a |\n|---|",
        "&lt;",
        "Q: x\nA: y",
        "? x",
        "a -- b",
        "#tag",
        "\\",
        "~~x~~",
    ];
    breaking.iter().chain(NASTY).for_each(|t| keeps_its_place(t.trim()));
}

/// Renders a deck that holds this text everywhere: it is all there, and has made nothing but text.
fn keeps_its_place(text: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let deck = out_deck("one", text, vec![decision("d", text), basic("b", text, text), cloze("c", text)]);
    let written = document(deck);
    let (mut headings, mut items, mut quotes, mut comments, mut shown) = (0, 0, 0, 0, String::new());
    for event in Parser::new_ext(&written, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::Item) => items += 1,
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::Html(h) | Event::InlineHtml(h) => {
                let ours = ["<!-- deck: one -->", "<!-- id: d -->", "<!-- id: b -->", "<!-- id: c -->"];
                assert!(ours.contains(&h.trim()), "{h}\n{written}");
                comments += 1;
            }
            Event::Start(
                Tag::CodeBlock(_) | Tag::Image { .. } | Tag::Table(_) | Tag::Strikethrough | Tag::Emphasis,
            )
            | Event::Code(_) => panic!("{text:?} broke out:\n{written}"),
            Event::Start(Tag::Link { dest_url, .. }) => assert_eq!(&*dest_url, "https://example.org/?a=1,2;3"),
            Event::Text(t) => shown.push_str(&t),
            Event::SoftBreak | Event::HardBreak => shown.push('\n'),
            _ => {}
        }
    }
    assert_eq!((headings, items, quotes, comments), (3, 2, 3, 4), "{text:?}\n{written}");
    let plain: String = text.lines().map(str::trim).collect::<Vec<_>>().join("\n").replace('\t', " ");
    let times = shown.replace("{ {", "{{").matches(&plain).count();
    assert!(plain == "\\" || times >= 10, "{text:?} {times} times:\n{written}");
}

#[test]
fn the_questions_give_no_answer_away_and_the_answers_are_in_the_notation() {
    let mut deck =
        out_deck("one", "One", vec![decision("d", "TEXT"), basic("b", "Front", "BACK"), cloze("c", "about ")]);
    let text = document(deck.clone());
    let (questions, answers) = text.split_once("\n---\n").unwrap();
    assert!(
        questions.contains("**1.** TEXT\n\nTEXT\n\nA\\. CT head without IV contrast\\\nB\\. TEXT\n"),
        "{questions}"
    );
    assert!(questions.contains("**2.** Front\n") && questions.contains("about \\[hint\\] and x\n"), "{questions}");
    assert!(!questions.contains("BACK") && !questions.contains("[x]") && !questions.contains("why"));
    for part in [
        "**1. A:** CT head without IV contrast\n",
        "? TEXT\n\nquestion: TEXT\n\n- [x] CT head without IV contrast\n  > TEXT\n\n- [ ] TEXT (unsafe) (id: no-imaging)\n  > TEXT\n",
        "rule: TEXT\n\npositive: TEXT\n\nnegative: TEXT\n\nfamily: fam\n\nmodifier: TEXT\n\nnote: TEXT\n",
        "source: ACR, TEXT (2024), TEXT\n\nurl: <https://example.org/?a=1,2;3>\n\nchecked: 2026-11\n",
        "domain: neurology\n\ncovers: stroke-first\n\n#stroke #ct\n\n<!-- id: d -->\n",
        "Q: Front\nA: BACK\n",
        "about{{c1::4.5 h::hint}} and {{c2::x}}\n\n> about\n",
    ] {
        assert!(answers.replace("about {{", "about{{").contains(part), "{part}\n---\n{answers}");
    }
    // What it says it can't hold, it does not.
    assert!(markdown::CANNOT_HOLD.iter().any(|c| c.starts_with("progress")));
    assert!(!text.contains("My note"));
    deck.cards[0].personal = Some(Personal { note: Some("<b>mine</b>".to_owned()), tags: vec!["hard".to_owned()] });
    let text = document(deck);
    assert!(text.contains("<!-- id: d -->\n\n*My note:* \\<b\\>mine\\</b\\>\n\n*My tags:* hard\n"), "{text}");
}

#[test]
fn progress_has_columns_only_when_there_is_some() {
    use scanwise::log::{Event, EventId, EventKind};
    use scanwise::model::{Day, Stamp};
    let mut deck = out_deck("one", "One", vec![cloze("c", "about "), basic("b", "f", "b")]);
    let key = deck.cards[0].parts[1].key.clone();
    let part = &mut deck.cards[0].parts[1];
    part.state.due = Some(Day::from_date(chrono::NaiveDate::from_ymd_opt(2026, 3, 8).unwrap()));
    part.state.memory.interval = 6;
    part.state.answers = 2;
    assert!(
        !written(std::slice::from_ref(&deck), false).contains("interval"),
        "a state without history was not asked for"
    );
    let at = Stamp { utc_ms: 0, offset_s: 0 };
    let kind = EventKind::Reset;
    deck.cards[0].parts[1].history = vec![Event { id: EventId([0; 16]), device: "d".to_owned(), at, card: key, kind }];
    let text = written(&[deck.clone()], false);
    assert!(text.contains(",sources,due,interval,ease,repetition,answers,lapses\n"));
    assert!(text.contains(",about ,,,new 2026-03-08,new 6,new 2.500,new 0,new 2,new 0\n"), "{text}");
    assert!(text.contains(",new,new,new,new,new,new\n"), "{text}");
    let back = table(&text, "x.csv");
    assert!(back.history.is_empty() && back.troubles.is_empty());
    assert_eq!(cards(&back.decks[0])[0], deck.cards[0].raw);
}
