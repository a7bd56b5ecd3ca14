//! Out and in again: each format loses nothing that it can hold, and what it can't hold is said.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::App;
use scanwise::deck::bundled::BUNDLED;
use scanwise::interchange::export::{apkg, csv, json, markdown};
use scanwise::interchange::json::parts;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Cards of a deck file as compact JSON, by id.
fn cards(app: &App, deck: &str) -> BTreeMap<String, String> {
    let path = app.home().join("decks").join(format!("{deck}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    parts(&text).unwrap().1.into_iter().collect()
}

/// A deck with one of everything, and texts that trip writers up.
fn nasty() -> Value {
    let text =
        "=1+1, \"quoted\"; a\ttab\nand a line: 5 < 6 & 7 > 3 \u{2014} \u{5db}\u{5d0}\u{5d1} #tag ~ * _ | \\ `x` [y](z)";
    json!({"format": 1, "id": "nasty", "title": "Nasty", "version": "3", "language": "en", "license": "CC-BY-4.0",
        "authors": ["A", "B"], "description": "All of it.", "cards": [
        {"id": "d", "type": "decision", "domain": "pulmonary", "family": "f", "modifier": "19 weeks", "tags": ["a", "b"],
         "covers": ["pe-first"], "vignette": text, "question": "Which?",
         "options": [{"study": "ct-pulmonary-angiography", "verdict": "best", "why": text},
                     {"id": "own", "study": "nm-vq", "verdict": "acceptable", "why": "Second."},
                     {"id": "none", "text": "No imaging; \"none\"", "verdict": "wrong", "harm": "unsafe", "why": "No."}],
         "rule": "Rule, with a comma.", "next": {"if_positive": "Treat;", "if_negative": "Stop\nthere."}, "note": "A note.",
         "sources": [{"body": "ACR", "title": "PE, \"2022\"", "year": 2022, "section": "V 1", "url": "https://x.org/a?b=c&d",
                      "checked": "2026-11", "basis": "Summary"}]},
        {"id": "b", "type": "basic", "domain": "neurology", "front": text, "back": text, "why": "Because."},
        {"id": "c", "type": "cloze", "domain": "neurology", "text": "TNK {{c1::0.25 mg/kg::dose}} in {{c2::4.5 h}} < 5"}]})
}

fn with_nasty() -> App {
    let app = App::new();
    app.write_deck("nasty", &nasty().to_string());
    app.ok(&["decks"]);
    app
}

fn out(app: &App, decks: &[&str], name: &str, more: &[&str]) -> String {
    let file = app.home().join(name).to_string_lossy().into_owned();
    let mut args = vec!["export"];
    args.extend(decks);
    args.extend(["-o", &file]);
    args.extend(more);
    app.ok(&args);
    file
}

#[test]
fn every_format_brings_the_cards_back() {
    let app = with_nasty();
    let want = cards(&app, "nasty");
    for name in ["nasty.json", "nasty.apkg", "nasty.csv", "nasty.tsv"] {
        let file = out(&app, &["nasty"], name, &[]);
        let other = App::new();
        let plan = other.json(&["import", &file, "--yes", "--deck", "nasty"]);
        assert_eq!(plan["problems"], json!([]), "{name}");
        assert_eq!(cards(&other, "nasty"), want, "{name}");
        // A second export and import updates, and finds nothing to update.
        assert!(other.ok(&["import", &file, "--yes", "--deck", "nasty"]).out.contains("Nothing to change"), "{name}");
        other.healthy();
    }
}

/// What a deck file says of itself.
fn header(app: &App, deck: &str) -> Value {
    let text = std::fs::read_to_string(app.home().join("decks").join(format!("{deck}.json"))).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value.as_object_mut().unwrap().remove("cards");
    value
}

#[test]
fn a_package_brings_the_header_back() {
    let app = App::new();
    let mut deck = nasty();
    deck["title"] = "Neuro::CT: \"all\"".into();
    deck["description"] =
        "All --> of it --!> <b>5 < 6</b> & \"x\" \u{2014} \u{1f480}\n[sound:x.mp3] <!--scanwise {}-->".into();
    deck["authors"] = json!(["A -- B", "\u{5db}\u{5d0}\u{5d1}"]);
    app.write_deck("nasty", &deck.to_string());
    app.ok(&["decks"]);
    let want = header(&app, "nasty");
    let other = App::new();
    let plan = other.json(&["import", &out(&app, &["nasty"], "nasty.apkg", &[]), "--yes"]);
    assert_eq!(plan["problems"], json!([]));
    assert_eq!(header(&other, "nasty"), want);
    // And the next version updates it.
    deck["version"] = "4".into();
    deck["authors"] = json!(["C"]);
    app.write_deck("nasty", &deck.to_string());
    app.ok(&["decks"]);
    other.ok(&["import", &out(&app, &["nasty"], "nasty.apkg", &[]), "--yes"]);
    assert_eq!(
        (&header(&other, "nasty")["version"], &header(&other, "nasty")["authors"]),
        (&json!("4"), &json!(["C"]))
    );
    assert!(!apkg::CANNOT_HOLD.iter().any(|c| c.starts_with("a deck's version")), "{:?}", apkg::CANNOT_HOLD);
}

#[test]
fn every_shipped_card_survives_every_format() {
    let app = App::new();
    let slugs: Vec<String> =
        app.json(&["decks"]).as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap().to_owned()).collect();
    let names: Vec<&str> = slugs.iter().map(String::as_str).collect();
    let mut want: BTreeMap<String, String> = BTreeMap::new();
    for bundled in BUNDLED {
        want.extend(parts(bundled.text).unwrap().1);
    }
    for name in ["all.apkg", "all.csv", "all.md"] {
        let file = out(&app, &names, name, &[]);
        let other = App::new();
        let plan = other.json(&["import", &file, "--yes"]);
        let mut got: BTreeMap<String, String> = BTreeMap::new();
        for deck in plan["decks"].as_array().unwrap() {
            got.extend(cards(&other, deck["deck"].as_str().unwrap()));
        }
        // A deck whose every card is the compiled-in one, to the letter, is known for what it is.
        for id in plan["already_here"].as_array().unwrap() {
            let bundled = BUNDLED.iter().find(|b| b.file.trim_end_matches(".json") == id.as_str().unwrap()).unwrap();
            got.extend(parts(bundled.text).unwrap().1);
        }
        let lost: Vec<&String> = want.keys().filter(|id| got.get(*id) != want.get(*id)).collect();
        assert!(lost.is_empty(), "{name}: {} of {}: {:?}", lost.len(), want.len(), &lost[..lost.len().min(5)]);
    }
    // As JSON they are known for what they are.
    let file = out(&app, &names, "all.json", &[]);
    let plan = App::new().json(&["import", &file, "--dry-run"]);
    assert_eq!(plan["already_here"].as_array().unwrap().len(), BUNDLED.len());
    assert_eq!(plan["decks"], json!([]));
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    for list in [json::CANNOT_HOLD, apkg::CANNOT_HOLD, csv::CANNOT_HOLD, markdown::CANNOT_HOLD] {
        assert!(!list.is_empty());
    }
    // A table holds no review log: what was written of it is for the eye.
    let app = with_nasty();
    app.recall("nasty/b", true, "sure");
    let file = out(&app, &["nasty"], "nasty.csv", &["--with-history"]);
    let other = App::new();
    other.ok(&["import", &file, "--yes", "--with-history", "--deck", "nasty"]);
    assert_eq!(other.healthy(), 0);
    // A package holds the review, but not how sure it was.
    let file = out(&app, &["nasty"], "nasty.apkg", &["--with-history"]);
    let mut other = App::new();
    other.on("2026-03-02");
    other.ok(&["import", &file, "--yes", "--with-history", "--deck", "nasty"]);
    let shown = other.json(&["show", "nasty/b"]);
    assert_eq!((&shown["answers"], &shown["history"][0]["grade"]), (&json!(1), &json!(5)));
    assert_eq!(shown["due"], app.json(&["show", "nasty/b"])["due"]);
}

#[test]
fn nor_in_what_a_deck_says_of_itself() {
    let app = App::new();
    let mut deck = nasty();
    deck["description"] = "Cards about Mrs. Alvarez, MRN 00123456.".into();
    app.write_deck("nasty", &deck.to_string());
    let file = app.home().join("out.json");
    let ran = app.run(&["export", "nasty", "-o", &file.to_string_lossy()]);
    assert_eq!((ran.code, file.exists()), (1, false), "{}", ran.err);
    assert!(ran.err.contains("nasty the deck's description") && !ran.err.contains("Alvarez"), "{}", ran.err);
    assert!(ran.err.contains("at the top of its file"), "{}", ran.err);
    app.ok(&["export", "nasty", "--keep-findings", "-o", &file.to_string_lossy()]);
}

#[test]
fn a_patient_never_leaves_undecided() {
    let app = App::new();
    let mut deck = nasty();
    deck["cards"][1]["front"] = "Mr. Okafor, MRN 00123456, seen 3/14/26: which study?".into();
    app.write_deck("nasty", &deck.to_string());
    let file = app.home().join("out.json");
    for format in ["json", "apkg", "csv", "tsv", "md"] {
        let ran = app.run(&["export", "nasty", "-f", format, "-o", &file.to_string_lossy()]);
        assert_eq!((ran.code, file.exists()), (1, false), "{format}");
        assert!(ran.err.contains("nasty/b front") && ran.err.contains("--keep-findings"), "{}", ran.err);
        assert!(!ran.err.contains("Okafor") && !ran.err.contains("00123456"), "the text is not repeated: {}", ran.err);
    }
    app.ok(&["export", "nasty", "--keep-findings", "-o", &file.to_string_lossy()]);
    // Decided once, remembered; and the decision holds no text.
    app.ok(&["export", "nasty", "-o", &file.to_string_lossy()]);
    let db = String::from_utf8_lossy(&common::bytes(&app.database())).into_owned();
    let wal = std::fs::read(app.home().join("scanwise.db-wal")).map(|b| String::from_utf8_lossy(&b).into_owned());
    let cleared = format!("{db}{}", wal.unwrap_or_default());
    assert!(cleared.matches("Okafor").count() > 0, "the deck itself is there");
    // A note of one's own is looked at too, when it goes along.
    app.ok(&["annotate", "nasty/d", "--note", "Seen with Mrs. Adeyemi"]);
    app.ok(&["export", "nasty", "-o", &file.to_string_lossy()]);
    assert_eq!(app.run(&["export", "nasty", "--with-notes", "-o", &file.to_string_lossy()]).code, 1);
}

#[test]
fn a_page_of_notes_brings_in_no_patient() {
    let app = App::new();
    let page = "# Neurology\n\nQ: Mr. Okafor, MRN 00123456: which study?\nA: CT\n\nQ: First study in stroke?\nA: CT\n";
    let file = app.home().parent().unwrap().join("ward.md");
    std::fs::write(&file, page).unwrap();
    let ran = app.ok(&["import", &file.to_string_lossy(), "--yes"]);
    assert!(ran.out.contains("line 3") && ran.out.contains("could identify a patient"), "{}", ran.out);
    assert!(!ran.out.contains("Okafor"), "{}", ran.out);
    assert_eq!(cards(&app, "ward").len(), 1);
}

#[test]
fn notes_go_along_only_when_asked() {
    let app = with_nasty();
    app.ok(&["annotate", "nasty/b", "--note", "An old thought"]);
    app.ok(&["annotate", "nasty/b", "--note", "Ask about this on rounds", "--tag", "rounds"]);
    app.recall("nasty/b", true, "sure");
    assert!(!app.ok(&["export", "nasty"]).out.contains("rounds"));
    // The log of notes is not the log of reviews.
    let history = app.ok(&["export", "nasty", "--with-history"]).out;
    assert!(history.contains("answered") && !history.contains("rounds"), "{history}");
    let ran = app.ok(&["export", "nasty", "--with-notes"]);
    assert!(ran.out.contains("Ask about this on rounds") && ran.err.contains("WITH your own notes"), "{}", ran.err);
    assert!(!ran.out.contains("An old thought") && !ran.out.contains("answered"), "{}", ran.out);
    // They come back as one's own, never as the deck's.
    let file = out(&app, &["nasty"], "mine.json", &["--with-notes", "--with-history"]);
    let mut other = App::new();
    other.on("2026-03-02");
    other.ok(&["import", &file, "--yes", "--with-history"]);
    let shown = other.json(&["show", "nasty/b"]);
    assert_eq!((&shown["note"], &shown["own_tags"]), (&json!("Ask about this on rounds"), &json!(["rounds"])));
    assert!(!other.ok(&["export", "nasty"]).out.contains("rounds"));
    other.healthy();
}

#[test]
fn a_patient_hides_neither_in_tags_nor_in_a_corrected_answer() {
    let mut app = with_nasty();
    app.ok(&["annotate", "nasty/b", "--tag", "mrs-kowalski-mrn-1234567"]);
    assert_eq!(app.run(&["export", "nasty", "--with-notes"]).code, 1);
    app.ok(&["export", "nasty"]);
    app.ok(&["annotate", "nasty/b", "--untag", "mrs-kowalski-mrn-1234567"]);
    // The answer named a patient when it was learned; it was mended since, and the log remembers.
    let mut deck = nasty();
    deck["cards"][1]["back"] = "Mr. Finch, MRN 5553331, had PE".into();
    app.write_deck("nasty", &deck.to_string());
    app.recall("nasty/b", true, "sure");
    app.on("2026-03-02");
    deck["cards"][1]["back"] = "A pulmonary embolism".into();
    app.write_deck("nasty", &deck.to_string());
    assert_eq!(app.json(&["show", "nasty/b"])["history"].as_array().unwrap().last().unwrap()["kind"], "relearn");
    app.ok(&["export", "nasty"]);
    let ran = app.run(&["export", "nasty", "--with-history"]);
    assert!(ran.code == 1 && ran.err.contains("an answer in its history") && !ran.err.contains("Finch"), "{}", ran.err);
}

#[test]
fn a_printed_deck_finds_its_deck_again() {
    let app = with_nasty();
    let other = App::new();
    other.ok(&["import", &out(&app, &["nasty"], "one.md", &[]), "--yes"]);
    let plan = other.json(&["import", &out(&app, &["nasty"], "two.md", &[]), "--dry-run"]);
    assert_eq!((&plan["decks"][0]["deck"], &plan["decks"][0]["new"]), (&json!("nasty"), &json!([])));
}

#[test]
fn exports_are_whole_or_not_there() {
    let app = with_nasty();
    let ran = app.run(&["export", "nasty", "-o", "no/such/folder/x.json"]);
    assert_eq!((ran.code, ran.err.contains("hint: ")), (1, true), "{}", ran.err);
    assert_eq!(app.run(&["export", "nasty", "-f", "apkg"]).code, 2);
    assert_eq!(app.run(&["export", "nsty"]).code, 1);
    assert!(app.run(&["export", "nsty"]).err.contains("nasty"), "did you mean");
}
