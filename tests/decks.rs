//! Shipped decks against the schema, and broken decks against the reader.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, basics, decision, deck};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scanwise::deck::{Catalog, check, format};
use std::path::PathBuf;

fn shipped() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/decks"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 4);
    files
}

#[test]
fn shipped_decks_are_in_order_and_fit_the_schema() {
    let schema = format::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for file in shipped() {
        let bytes = std::fs::read(&file).unwrap();
        let checked = check(&bytes, Catalog::bundled());
        assert!(checked.problems.is_empty(), "{}: {:#?}", file.display(), checked.problems);
        let deck = checked.deck.unwrap();
        assert_eq!(
            file.file_stem().unwrap().to_str(),
            Some(deck.header.id.as_str()),
            "a deck's file is named after it"
        );
        assert!(deck.cards.len() >= 15, "{}", file.display());
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
    }
}

#[test]
fn no_shipped_patient_stands_in_two_places() {
    let decks: Vec<_> =
        shipped().iter().map(|f| check(&std::fs::read(f).unwrap(), Catalog::bundled()).deck.unwrap()).collect();
    let refs: Vec<_> = decks.iter().collect();
    assert_eq!(scanwise::deck::lint::near_duplicates(&refs), []);
}

#[test]
fn warnings_have_places_and_count_only_when_asked() {
    let app = App::new();
    let path = app.write_deck("d", &deck("d", &decision("one", "")));
    let ran = app.run(&["check", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let report = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(report.contains(":2:63: cards[0].vignette: the vignette has 2 words; 40 to 110 read best"), "{report}");
    assert_eq!(app.run(&["check", "--strict", path.to_str().unwrap()]).code, 1);
    assert!(app.json(&["next", "d"])["card"].is_string(), "warnings keep no deck out");
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = jsonschema::validator_for(&format::schema()).unwrap();
    let good: serde_json::Value = serde_json::from_str(&deck("d", &decision("one", ""))).unwrap();
    assert!(validator.is_valid(&good));
    let edits: [fn(&mut serde_json::Value); 7] = [
        |d| d["cards"][0]["id"] = "Not An Id".into(),
        |d| d["cards"][0]["sources"] = serde_json::json!([]),
        |d| d["cards"][0]["front"] = "foreign".into(),
        |d| d["cards"][0]["options"][0]["verdict"] = "good".into(),
        |d| d["cards"][0].as_object_mut().unwrap().remove("rule").map(|_| ()).unwrap(),
        |d| d["extra"] = 1.into(),
        |d| d["cards"][0]["options"][0]["text"] = "study and text".into(),
    ];
    for (i, edit) in edits.iter().enumerate() {
        let mut bad = good.clone();
        edit(&mut bad);
        assert!(!validator.is_valid(&bad), "edit {i} passes the schema");
        assert!(check(bad.to_string().as_bytes(), Catalog::bundled()).errors() > 0, "edit {i} passes the reader");
    }
}

/// One file with ten planted faults: ten reports, each with its place.
fn ten_faults() -> Vec<u8> {
    let long = "x".repeat(5_000_000);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cards = [
        r#"{"id":"same","type":"basic","domain":"neurology","front":"a","back":"b"}"#.to_owned(),
        r#"{"id":"same","type":"basic","domain":"neurology","front":"a","back":"b"}"#.to_owned(),
        decision("two-best", "").replace(r#""verdict":"acceptable""#, r#""verdict":"best""#),
        decision("unknown-study", "").replace("\"study\":\"nm-vq\"", "\"study\":\"nm-vqq\""),
        decision("no-source", "").replace(r#""sources":[{"body":"ACR","title":"PE","year":2022}]"#, r#""tags":[]"#),
        r#"{"id":"bytes","type":"basic","domain":"neurology","front":"bad BYTE here","back":"b"}"#.to_owned(),
        r#"{"id":"comma","type":"basic","domain":"neurology","front":"a","back":"b",}"#.to_owned(),
        r#"{"id":"type","type":"basic","domain":"neurology","front":7,"back":"b"}"#.to_owned(),
        format!(r#"{{"id":"long","type":"basic","domain":"neurology","front":"{long}","back":"b"}}"#),
        decision("escape", "").replace("Patient escape.", "Patient \\u001b[31mred."),
        format!(r#"{{"id":"deep","type":"basic","domain":"neurology","front":"a","back":"b","note":{deep}}}"#),
    ];
    let text = deck("faults", &cards.join(",\n"));
    let mut bytes = text.into_bytes();
    let at = bytes.windows(4).position(|w| w == b"BYTE").unwrap();
    bytes[at] = 0xff;
    bytes
}

#[test]
fn ten_planted_faults_get_ten_reports() {
    let bytes = ten_faults();
    let checked = check(&bytes, Catalog::bundled());
    let found: Vec<(&str, Option<usize>)> =
        checked.problems.iter().map(|p| (p.rule, p.place.map(|at| at.line))).collect();
    // Lines are counted in the file: card n stands on line n + 1, decisions take six lines each.
    let rules: Vec<&str> = found.iter().map(|f| f.0).collect();
    for want in [
        "duplicate-id",
        "two-best",
        "unknown-study",
        "no-source",
        "not-utf8",
        "trailing-comma",
        "wrong-type",
        "too-long",
        "control-character",
        "too-deep",
    ] {
        assert_eq!(rules.iter().filter(|r| **r == want).count(), 1, "{want}: {found:?}");
    }
    assert!(found.iter().all(|f| f.1.is_some()), "every report has a line: {found:?}");
    assert!(found.windows(2).all(|w| w[0].1 <= w[1].1), "in the order of the file");
    assert_eq!(rules.len(), 10, "{found:?}");
    assert!(checked.deck.is_none());

    let app = App::with_basics(1);
    std::fs::write(app.home().join("decks/faults.json"), &bytes).unwrap();
    let ran = app.run(&["check", app.home().join("decks/faults.json").to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(!ran.out.contains('\u{1b}'));
    let next = app.ok(&["next", "mine", "--json"]);
    assert!(next.err.contains("faults.json"), "{}", next.err);
    assert!(next.out.contains("mine/b-1"), "the rest works");
}

#[test]
fn messages_name_place_cause_and_next_step() {
    let app = App::new();
    let text = deck("d", &decision("one", "").replace("\"verdict\":\"acceptable\"", "\"verdict\":\"acceptible\""));
    let path = app.write_deck("d", &text);
    let ran = app.run(&["check", path.to_str().unwrap()]);
    let report = ran.out.replace('\n', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        report.contains(":4:36: cards[0].options[1].verdict: \"acceptible\" is not one of: best, acceptable, wrong"),
        "{report}"
    );
    assert!(report.contains("hint: did you mean \"acceptable\"?"), "{report}");
    let json = app.run(&["check", path.to_str().unwrap(), "--json"]);
    let list: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((list[0]["ok"].as_bool(), list[0]["problems"][0]["line"].as_u64()), (Some(false), Some(4)));
}

#[test]
fn each_way_to_be_broken_has_words() {
    let basic =
        |more: &str| deck("d", &format!(r#"{{"id":"a","type":"basic","domain":"x","front":"a","back":"b"{more}}}"#));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "empty"),
        (b"   \n ".to_vec(), "empty"),
        (b"null".to_vec(), "wrong-type"),
        (b"[1,2".to_vec(), "not-json"),
        (b"{}".to_vec(), "missing"),
        (vec![0xff, 0xfe, b'{', 0, b'}', 0], "not-utf8"),
        (b"\x00\x01\x02".to_vec(), "not-json"),
        (vec![b'['; 1_000_000], "too-deep"),
        ("{\"a\":".repeat(100_000).into_bytes(), "too-deep"),
        (format!("{}xx\u{e9}", "[".repeat(33)).into_bytes(), "too-deep"),
        (format!("{}\u{1fac1}\u{1fac1}", "[".repeat(33)).into_bytes(), "too-deep"),
        (basic(r#","front":"again""#).into_bytes(), "doubled-field"),
        (basic(r#","fornt":"x""#).into_bytes(), "unknown-field"),
        (basic(r#","vignette":"x""#).into_bytes(), "foreign-field"),
        (basic("").replace("\"front\":\"a\"", "\"front\":\"\"").into_bytes(), "blank"),
        (basic("").replace("\"front\":\"a\"", "\"front\":\"\\ud800\"").into_bytes(), "not-json"),
        (basic("").replace("\"front\":\"a\"", "\"front\":\"two\nlines\"").into_bytes(), "raw-newline"),
        (basic("").replace("\"front\":\"a\"", "\"front\":\"x\u{202e}y\"").into_bytes(), "control-character"),
        (basic("").replace("\"back\"", "// note\n\"back\"").into_bytes(), "comment"),
        (basic("").replace(",\"back\"", " \"back\"").into_bytes(), "missing-comma"),
        (basic("").replace("\"format\":1", "\"format\":2").into_bytes(), "format"),
        (basic("").replace("\"format\":1", "\"format\":1e400").into_bytes(), "wrong-type"),
        (basic("").replace("\"id\":\"d\"", "\"id\":\"My Deck\"").into_bytes(), "bad-id"),
        (basic("").replace("\"x\"", "\"X Y\"").into_bytes(), "bad-id"),
        (deck("d", &decision("one", "").replace("\"harm\":\"unsafe\",", "")).into_bytes(), "no-harm"),
        (deck("d", &decision("one", "").replace("2022", "22")).into_bytes(), "year"),
        (deck("d", r#"{"id":"a","type":"cloze","domain":"x","text":"no deletion"}"#).into_bytes(), "cloze"),
    ];
    for (bytes, rule) in cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let checked = check(&bytes, Catalog::bundled());
        assert!(checked.deck.is_none() && checked.errors() > 0, "{shown}");
        assert!(checked.problems.iter().any(|p| p.rule == rule), "{shown}: wanted {rule}, got {:?}", checked.problems);
    }
    let bom = [b"\xef\xbb\xbf".as_slice(), basics("d", 1).as_bytes()].concat();
    assert!(check(&bom, Catalog::bundled()).deck.is_some(), "a byte order mark is forgiven");
}

#[test]
fn thousands_of_faults_on_one_line_are_bounded() {
    let card = r#"{"id":"X","type":"decision","domain":"x","fornt":1}"#;
    let text =
        format!("{{\"format\":1,\"id\":\"d\",\"title\":\"t\",\"cards\":[{}1]}}", format!("{card},").repeat(20_000));
    let checked = check(text.as_bytes(), Catalog::bundled());
    assert!(checked.problems.len() <= 1_001 && checked.errors() > 900, "{}", checked.problems.len());
    let noise: Vec<u8> = (0..1_000_000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[1]).collect();
    assert!(check(&noise, Catalog::bundled()).errors() > 0);
}

#[test]
fn lines_stay_true_after_a_cut() {
    let deep = format!("{}\n\n{}", "[".repeat(100), "]".repeat(100));
    let cards = format!(r#"{{"id":"a","type":"basic","domain":"x","front":"a","back":"b","note":{deep}}}"#)
        + ",\n"
        + r#"{"id":"a","type":"basic","domain":"x","front":"a","back":"b"}"#;
    let problems = check(deck("d", &cards).as_bytes(), Catalog::bundled()).problems;
    let lines: Vec<(&str, usize)> = problems.iter().map(|p| (p.rule, p.place.unwrap().line)).collect();
    assert_eq!(lines, [("too-deep", 2), ("duplicate-id", 5)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// No byte string makes the reader panic, and what it refuses it explains.
    #[test]
    fn any_bytes_are_read_or_explained(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let checked = check(&bytes, Catalog::bundled());
        prop_assert!(checked.deck.is_some() || checked.errors() > 0);
    }

    /// The same for a good deck with a hole or a splinter in it.
    #[test]
    fn a_damaged_deck_is_read_or_explained(at in 0_usize..900, cut in 0_usize..40, splinter in "\\PC{0,12}") {
        let text = deck("d", &[decision("one", "\"family\":\"f\",\"modifier\":\"m\","), decision("two", "")].join(","));
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.min(chars.len());
        let end = (at + cut).min(chars.len());
        chars.splice(at..end, splinter.chars());
        let damaged: String = chars.into_iter().collect();
        let checked = check(damaged.as_bytes(), Catalog::bundled());
        prop_assert!(checked.deck.is_some() || checked.errors() > 0);
        prop_assert!(checked.problems.iter().all(|p| p.place.is_some()));
    }

    /// Read, print, read: equal.
    #[test]
    fn what_is_read_prints_and_reads_back(front in "[ -~éü°≥]{1,60}", back in "[ -~]{1,60}", n in 1_usize..9) {
        let card = serde_json::json!({
            "id": format!("c-{n}"), "type": "basic", "domain": "x", "front": format!("q{front}"), "back": format!("a{back}")
        });
        let text = deck("d", &card.to_string());
        let raw: format::RawDeck = serde_json::from_str(&text).unwrap();
        let printed = serde_json::to_string(&raw).unwrap();
        let again: format::RawDeck = serde_json::from_str(&printed).unwrap();
        prop_assert_eq!(&raw, &again);
        let (a, b) = (check(text.as_bytes(), Catalog::bundled()), check(printed.as_bytes(), Catalog::bundled()));
        prop_assert!(a.deck.is_some());
        prop_assert_eq!(a.deck, b.deck);
    }
}
