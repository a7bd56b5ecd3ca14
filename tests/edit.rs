//! Changing a card: from a file, in an editor (a small script), and from inside a review.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::terminal::Terminal;
use common::{App, basics, decision, deck};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A card of a compiled-in deck.
const BUNDLED: &str = "stroke-neurovascular/sudden-aphasia-at-the-door";

/// Runs the program on a terminal with `editor` (the body of a shell script; $1 is the file) as EDITOR.
fn open(app: &App, size: (u16, u16), args: &[&str], editor: &str) -> Terminal {
    let script = app.home().with_extension("editor");
    std::fs::write(&script, format!("#!/bin/sh\n{editor}\n")).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    Terminal::open(app, size, args, &[("EDITOR", script.to_str().unwrap())])
}

const WIDE: (u16, u16) = (40, 100);
const PHONE: (u16, u16) = (20, 40);

fn text_of(app: &App, card: &str) -> String {
    app.ok(&["edit", card, "--print"]).out
}

/// Changes a card by replacing words in its printed text.
fn change(app: &App, card: &str, from: &str, to: &str) -> Value {
    let ran = app.typed(&["edit", card, "--from", "-", "--json"], &replaced(app, card, from, to));
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn replaced(app: &App, card: &str, from: &str, to: &str) -> String {
    let text = text_of(app, card);
    assert!(text.contains(from), "{from} is not in\n{text}");
    text.replace(from, to)
}

fn kept_texts(app: &App) -> Vec<PathBuf> {
    let folder = app.home().join("editing");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "txt")).collect()
}

fn one_decision() -> App {
    let app = App::new();
    app.write_deck("mine", &deck("mine", &decision("one", "")));
    app
}

#[test]
fn wording_keeps_the_schedule_and_a_new_answer_is_due_again() {
    let mut app = App::with_basics(1);
    app.recall("mine/b-1", true, "sure");
    app.on("2026-03-02").recall("mine/b-1", true, "sure");
    let due = app.json(&["show", "mine/b-1"])["due"].clone();

    let saved = change(&app, "mine/b-1", "Front 1", "Front, 1");
    assert_eq!((&saved["class"], &saved["saved"]), (&"wording".into(), &true.into()), "{saved}");
    assert_eq!(app.json(&["show", "mine/b-1"])["due"], due);

    let saved = change(&app, "mine/b-1", "Back 1", "Something else");
    assert_eq!(saved["class"], "answer");
    let row = app.json(&["show", "mine/b-1"]);
    assert_eq!(row["due"], "2026-03-02");
    assert_eq!(row["history"].as_array().unwrap().last().unwrap()["kind"], "relearn");
    let screen = app.typed(&["review", "mine", "--plain"], "1\ny\nq\n").out;
    assert!(screen.contains("Was: Back 1") && screen.contains("Now: Something else"), "{screen}");
    app.healthy();

    // And taken back like an import.
    app.undo_newest();
    assert_eq!(app.json(&["show", "mine/b-1"])["content"]["back"], "Back 1");
    app.healthy();
}

#[test]
fn two_changes_of_an_answer_are_one_and_a_change_taken_back_is_none() {
    let mut app = App::with_basics(1);
    app.recall("mine/b-1", true, "sure");
    let before = app.json(&["show", "mine/b-1"]);
    app.on("2026-03-02");
    change(&app, "mine/b-1", "Back 1", "Something else");
    change(&app, "mine/b-1", "Something else", "A third thing");
    let turn = app.json(&["show", "mine/b-1"])["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&turn["was"], &turn["now"]), (&"Back 1".into(), &"A third thing".into()), "{turn}");
    change(&app, "mine/b-1", "A third thing", "Back 1");
    let after = app.json(&["show", "mine/b-1"]);
    assert!(!app.typed(&["review", "mine", "--plain"], "q\n").out.contains("changed since"), "nothing is told twice");
    assert_eq!(after["content"], before["content"]);
    app.healthy();
}

#[test]
fn problems_are_told_at_their_lines() {
    let app = one_decision();
    let text = replaced(&app, "mine/one", "[best] ct-pulmonary-angiography", "[best] ct-pulmonary-angiogram");
    let line = 1 + text.lines().position(|l| l.starts_with("[best]")).unwrap();
    let ran = app.typed(&["edit", "mine/one", "--from", "-"], &text);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains(&format!("-:{line}: ")) && ran.out.contains("ct-pulmonary-angiography"), "{}", ran.out);

    let text = replaced(&app, "mine/one", "id: one", "id: two");
    let ran = app.typed(&["edit", "mine/one", "--from", "-"], &text);
    assert!(ran.code == 1 && ran.out.contains("the id can't change"), "{}", ran.out);
    assert_eq!(app.json(&["show", "mine/one"])["content"]["id"], "one");
}

#[test]
fn in_the_editor_problems_stand_under_their_lines_until_they_are_mended() {
    let app = one_decision();
    // The first time it empties the rule, the second time it mends it, and keeps what it was shown.
    let editor = r#"if grep -q '^rule: A rule' "$1"; then sed -i 's/^rule: .*/rule:/' "$1"
        else cp "$1" "$SCANWISE_HOME/seen"; sed -i 's/^rule:.*/rule: A better rule./' "$1"; fi"#;
    let mut t = open(&app, WIDE, &["edit", "mine/one"], editor);
    t.shows("\"rule\" is missing");
    t.shows("(e)dit again");
    t.press("e\n");
    t.shows("Saved mine/one: wording changed; its schedule stays as it is.");
    assert_eq!(t.end(), 0);
    let seen = std::fs::read_to_string(app.home().join("seen")).unwrap();
    assert!(seen.contains("# ^ error: \"rule\" is missing"), "{seen}");
    assert_eq!(app.json(&["show", "mine/one"])["content"]["rule"], "A better rule.");
    assert_eq!(kept_texts(&app), Vec::<PathBuf>::new(), "nothing is left on the desk");
    app.healthy();
}

#[test]
fn nothing_happens_when_nothing_is_changed_or_the_editor_fails() {
    let app = one_decision();
    let before = std::fs::read(app.home().join("decks/mine.json")).unwrap();
    let mut t = open(&app, WIDE, &["edit", "mine/one"], ":");
    t.shows("Nothing was changed.");
    assert_eq!(t.end(), 0);
    let mut t = open(&app, WIDE, &["edit", "mine/one"], "exit 3");
    t.shows("ended with an error");
    assert_eq!(t.end(), 1);
    assert_eq!(kept_texts(&app), Vec::<PathBuf>::new());
    let mut t = open(&app, WIDE, &["edit", "mine/one"], "echo 'rule: x' >>\"$1\"; exit 3");
    t.shows("the edited text is kept");
    assert_eq!(t.end(), 1);
    assert_eq!(kept_texts(&app).len(), 1);
    assert_eq!(std::fs::read(app.home().join("decks/mine.json")).unwrap(), before);
    let ran = app.run(&["edit", "mine/one"]);
    assert!(ran.code == 2 && ran.err.contains("--from FILE"), "{}", ran.err);
}

#[test]
fn a_killed_edit_is_offered_again() {
    let app = one_decision();
    let editor = "sed -i 's/^rule: .*/rule: Half done./' \"$1\"; echo ready; read x";
    let mut t = open(&app, WIDE, &["edit", "mine/one"], editor);
    t.shows("ready");
    let mut second = open(&app, WIDE, &["edit", "mine/one"], editor);
    second.shows("is being edited elsewhere");
    assert_eq!(second.end(), 1);
    t.line.kill();
    t.press("\n");
    drop(t);
    let kept = kept_texts(&app);
    assert_eq!(std::fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o077, 0, "for its owner alone");

    let mut t = open(&app, WIDE, &["edit", "mine/one"], ":");
    t.shows("was not finished");
    t.press("r\n");
    // Only looked at: it is not saved unasked.
    t.shows("(s)ave");
    t.press("s\n");
    t.shows("Saved mine/one");
    assert_eq!(t.end(), 0);
    assert_eq!(app.json(&["show", "mine/one"])["content"]["rule"], "Half done.");
    assert_eq!(kept_texts(&app), Vec::<PathBuf>::new());
}

#[test]
fn identifiers_need_a_decision() {
    let app = one_decision();
    let text = replaced(&app, "mine/one", "Patient one.", "Mr. Okafor, MRN 00123456, is short of breath.");
    let ran = app.typed(&["edit", "mine/one", "--from", "-"], &text);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("could identify a patient") && !ran.err.contains("Okafor"), "{}", ran.err);
    assert_eq!(app.json(&["show", "mine/one"])["content"]["vignette"], "Patient one.");

    let editor = "sed -i 's/Patient one[.]/Mr. Okafor is short of breath./' \"$1\"";
    let mut t = open(&app, WIDE, &["edit", "mine/one"], editor);
    t.shows("(f)ix");
    t.press("f\n");
    t.shows("Saved mine/one");
    assert_eq!(t.end(), 0);
    let vignette = app.json(&["show", "mine/one"])["content"]["vignette"].to_string();
    assert!(!vignette.contains("Okafor"), "{vignette}");
}

#[test]
fn a_hand_edit_made_meanwhile_is_merged_or_both_are_kept() {
    let app = one_decision();
    let hand = |from: &str, to: &str| format!("sed -i 's/{from}/{to}/' \"$SCANWISE_HOME/decks/mine.json\"; ");
    let typed = "sed -i 's/^rule: .*/rule: Typed./' \"$1\"";

    let mut t = open(&app, WIDE, &["edit", "mine/one"], &(hand("Which study?", "Which one?") + typed));
    t.shows("What was changed elsewhere meanwhile is in it too.");
    assert_eq!(t.end(), 0);
    let content = app.json(&["show", "mine/one"])["content"].clone();
    assert_eq!((&content["rule"], &content["question"]), (&"Typed.".into(), &"Which one?".into()));

    let typed = "sed -i 's/^rule: .*/rule: Typed again./' \"$1\"";
    let mut t = open(&app, WIDE, &["edit", "mine/one"], &(hand("Typed[.]", "By hand.") + typed));
    let screen = t.shows("(k)eep both");
    assert!(screen.contains("By hand.") && screen.contains("Typed again."), "{screen}");
    t.press("k\n");
    t.shows("Your text is kept");
    assert_eq!(t.end(), 1);
    assert_eq!(app.json(&["show", "mine/one"])["content"]["rule"], "By hand.");
    assert!(std::fs::read_to_string(&kept_texts(&app)[0]).unwrap().contains("rule: Typed again."));

    // Picked up again, the contradiction is still seen: what it was made from is remembered.
    let mut t = open(&app, WIDE, &["edit", "mine/one"], ":");
    t.shows("(r)esume");
    t.press("r\n");
    t.shows("(s)ave");
    t.press("s\n");
    t.shows("(k)eep both");
    t.press("t\n");
    t.shows("Saved mine/one");
    assert_eq!(t.end(), 0);
    assert_eq!(app.json(&["show", "mine/one"])["content"]["rule"], "Typed again.");

    // A text printed before a hand edit does not overwrite it.
    let old = replaced(&app, "mine/one", "Typed again.", "From a script.");
    change(&app, "mine/one", "Typed again.", "Newer.");
    let ran = app.typed(&["edit", "mine/one", "--from", "-"], &old);
    assert!(ran.code == 1 && ran.err.contains("was changed since"), "{}", ran.err);
    app.healthy();
}

#[test]
fn a_near_duplicate_and_new_lints_are_told() {
    let app = App::new();
    let front =
        "Sudden chest pain through to the back in a 54-year-old with a blood pressure of 178/96: which study first?";
    let cards = basics("mine", 2).replace("Front 1", front);
    app.write_deck("mine", &cards);
    let saved = change(&app, "mine/b-2", "Front 2", &front.replace("which study first?", "which study comes first?"));
    let warnings = saved["warnings"].to_string();
    assert!(warnings.contains("the same scenario as mine/b-1") && warnings.contains("Back 1"), "{warnings}");

    // What was so before is not told again.
    let saved = change(&app, "mine/b-2", "Back 2", "Back two");
    assert!(!saved["warnings"].to_string().contains("nearly the same"), "{saved}");
    let again = change(&app, "mine/b-2", "tags: t2", "tags: t2, t9");
    assert_eq!(again["warnings"], serde_json::json!([]));
}

fn sql(app: &App, statement: &str) {
    rusqlite::Connection::open(app.database()).unwrap().execute_batch(statement).unwrap();
}

fn content(app: &App, card: &str) -> Value {
    app.json(&["show", card])["content"].clone()
}

#[test]
fn a_personal_version_survives_an_update_of_its_deck() {
    let app = App::new();
    let rule = content(&app, BUNDLED)["rule"].as_str().unwrap().to_owned();
    let saved = change(&app, BUNDLED, "note:\n", "note: Seen on my first night.\n");
    assert_eq!(saved["own_version"], true);
    assert_eq!(content(&app, BUNDLED)["note"], "Seen on my first night.");
    assert!(app.ok(&["show", BUNDLED]).out.contains("your version"));
    assert!(app.ok(&["cards", "--deck", "stroke-neurovascular"]).out.contains("your version"));
    app.healthy();

    // The deck's author changed the rule meanwhile: as if the version were made from an older text.
    let older = "UPDATE variant SET base = json_set(base, '$.rule', 'An older rule.'), mine = json_set(mine, '$.rule', 'An older rule.');
         UPDATE card SET body = (SELECT mine FROM variant) WHERE id = (SELECT id FROM name WHERE key = (SELECT key FROM variant));
         UPDATE setting SET value = '' WHERE key = 'home.bundled';";
    sql(&app, older);
    let now = content(&app, BUNDLED);
    assert_eq!((&now["rule"], &now["note"]), (&rule.as_str().into(), &"Seen on my first night.".into()));
    let ran = app.ok(&["decks"]);
    assert_eq!(ran.err, "", "a clean merge needs no word");
    app.healthy();

    // ... and reading everything anew changes nothing.
    app.ok(&["doctor", "--repair"]);
    assert_eq!(content(&app, BUNDLED), now);
    app.healthy();

    let ran = app.run(&["edit", BUNDLED, "--restore"]);
    assert_eq!(ran.code, 1, "it asks");
    app.ok(&["edit", BUNDLED, "--restore", "--yes"]);
    assert_eq!(content(&app, BUNDLED)["note"], Value::Null);
    assert_eq!(app.run(&["edit", BUNDLED, "--restore", "--yes"]).code, 3);
    app.healthy();
}

#[test]
fn a_contradiction_keeps_the_personal_version_and_says_so() {
    let app = App::new();
    let rule = content(&app, BUNDLED)["rule"].as_str().unwrap().to_owned();
    change(&app, BUNDLED, &rule, "My own rule.");
    sql(
        &app,
        "UPDATE variant SET base = json_set(base, '$.rule', 'An older rule.');
         UPDATE setting SET value = '' WHERE key = 'home.bundled';",
    );
    for _ in 0..2 {
        let ran = app.ok(&["decks"]);
        assert!(ran.err.contains(BUNDLED) && ran.err.contains("your version stays"), "at every start: {}", ran.err);
    }
    assert_eq!(content(&app, BUNDLED)["rule"], "My own rule.");
    let health: Value = serde_json::from_str(&app.run(&["doctor", "--json"]).out).unwrap();
    assert_eq!((&health["ok"], &health["decks"][0]["file"]), (&true.into(), &BUNDLED.into()), "{health}");
    let text = text_of(&app, BUNDLED);
    assert!(text.contains(&format!("#   rule: {rule}")) && text.contains("rule: My own rule."), "{text}");

    // Closing the editor without a change and saying so is a decision.
    let mut t = open(&app, WIDE, &["edit", BUNDLED], ":");
    t.shows("Does your version");
    t.press("y\n");
    t.shows("Saved");
    assert_eq!(t.end(), 0);
    assert_eq!(app.ok(&["decks"]).err, "");
    assert_eq!(content(&app, BUNDLED)["rule"], "My own rule.");
    app.healthy();
}

#[test]
fn a_text_that_waited_does_not_overwrite_a_newer_version() {
    let app = App::new();
    let typed = "sed -i 's/^note:.*/note: Waited./; s/^rule:.*/rule:/' \"$1\"";
    let mut t = open(&app, WIDE, &["edit", BUNDLED], typed);
    t.shows("(k)eep");
    t.press("k\n");
    assert_eq!(t.end(), 1);
    change(&app, BUNDLED, "note:\n", "note: Newer.\n");
    let mend = "sed -i 's/^rule:.*/rule: Mine./' \"$1\"";
    let mut t = open(&app, WIDE, &["edit", BUNDLED], mend);
    t.shows("(r)esume");
    t.press("r\n");
    let screen = t.shows("(k)eep both");
    assert!(screen.contains("Newer.") && screen.contains("Waited."), "{screen}");
    t.press("f\n");
    t.shows("What was changed elsewhere meanwhile");
    assert_eq!(t.end(), 0);
    let now = content(&app, BUNDLED);
    assert_eq!((&now["note"], &now["rule"]), (&"Newer.".into(), &"Mine.".into()));
    app.healthy();
}

#[test]
fn a_card_that_its_deck_dropped_is_not_kept_alive_by_a_personal_version() {
    let app = App::new();
    change(&app, BUNDLED, "note:\n", "note: Mine.\n");
    let dropped = "stroke-neurovascular/no-longer-here";
    sql(
        &app,
        &format!(
            "INSERT INTO name (key) VALUES ('{dropped}');
             INSERT INTO variant SELECT '{dropped}', base, mine FROM variant;
             UPDATE setting SET value = '' WHERE key = 'home.bundled';"
        ),
    );
    let ran = app.ok(&["decks"]);
    assert!(ran.err.contains("its deck dropped this card") && ran.err.contains("--restore"), "{}", ran.err);
    app.ok(&["edit", dropped, "--restore", "--yes"]);
    assert_eq!(app.ok(&["decks"]).err, "");
    assert_eq!(content(&app, BUNDLED)["note"], "Mine.");
    app.healthy();
}

#[test]
fn an_interrupt_typed_in_the_editor_is_the_editors() {
    let app = one_decision();
    let editor = "trap 'echo caught' INT; echo up; read x; read x; sed -i 's/^rule: .*/rule: After./' \"$1\"";
    let mut t = open(&app, WIDE, &["edit", "mine/one"], editor);
    t.shows("up");
    t.press("\u{3}");
    t.shows("caught");
    t.press("\n\n");
    t.shows("Saved mine/one");
    assert_eq!(t.end(), 0);
    let mut t = open(&app, WIDE, &["review", "mine"], &editor.replace("After.", "Later."));
    t.shows("e edit");
    t.press("e");
    t.shows("up");
    t.press("\u{3}");
    t.shows("caught");
    t.press("\n\n");
    t.shows("Saved: ");
    t.press("q");
    assert_eq!(t.end(), 0);
    assert_eq!(content(&app, "mine/one")["rule"], "Later.");
}

#[test]
fn a_personal_version_with_another_answer_is_due_again() {
    let mut app = App::new();
    let answer = |app: &App| app.ok(&["answer", BUNDLED, "--choice", "ct-head-without", "--confidence", "sure"]);
    answer(&app);
    app.on("2026-03-05");
    let text = text_of(&app, BUNDLED).replace("[best] ct-head-without", "[acceptable] ct-head-without").replacen(
        "[acceptable] mri-brain-without",
        "[best] mri-brain-without",
        1,
    );
    let ran = app.typed(&["edit", BUNDLED, "--from", "-", "--json"], &text);
    let saved: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(saved["class"], "answer", "{saved}");
    let row = app.json(&["show", BUNDLED]);
    assert_eq!(row["due"], "2026-03-05");
    app.healthy();
    // Dropped before it was learned: the schedule is as if it had never been.
    let ran = app.ok(&["edit", BUNDLED, "--restore", "--yes"]);
    assert!(ran.out.contains("its schedule is as it was"), "{}", ran.out);
    assert_eq!(app.json(&["show", BUNDLED])["due"], "2026-03-02");
    app.healthy();
}

#[test]
fn an_edit_of_a_bundled_card_is_taken_back_like_an_import() {
    let mut app = App::new();
    app.ok(&["answer", BUNDLED, "--choice", "ct-head-without", "--confidence", "sure"]);
    app.on("2026-03-05");
    change(&app, BUNDLED, "note:\n", "note: First.\n");
    let text = text_of(&app, BUNDLED)
        .replace("note: First.", "note: Second.")
        .replace("[best] ct-head-without", "[acceptable] ct-head-without")
        .replacen("[acceptable] mri-brain-without", "[best] mri-brain-without", 1);
    app.typed(&["edit", BUNDLED, "--from", "-"], &text);
    assert_eq!(app.json(&["show", BUNDLED])["due"], "2026-03-05");
    let audit = app.json(&["import", "--audit", "2"]);
    assert!(audit.as_array().unwrap().iter().any(|a| a["field"] == "note" && a["after"] == "Second."), "{audit}");
    app.ok(&["edit", BUNDLED, "--restore", "--yes"]);

    for note in ["Second.", "First.", ""] {
        app.undo_newest();
        let row = app.json(&["show", BUNDLED]);
        assert_eq!(row["content"]["note"].as_str().unwrap_or_default(), note);
        assert_eq!(row["due"], if note == "Second." { "2026-03-05" } else { "2026-03-02" });
        app.healthy();
    }
    assert_eq!(app.json(&["show", BUNDLED])["own_version"], false);
}

#[test]
fn a_flip_joins_the_family_of_its_card() {
    let app = one_decision();
    let text = app.ok(&["edit", "mine/one", "--flip", "19 weeks pregnant", "--print"]).out;
    assert!(text.contains("id: one-19-weeks-pregnant") && text.contains("modifier: 19 weeks pregnant"), "{text}");
    let same = app.typed(&["edit", "mine/one", "--flip", "19 weeks pregnant", "--from", "-"], &text);
    assert!(same.out.contains("no card was made"), "{}", same.out);

    let flat = text.replace("Patient one.", "Patient one, pregnant.");
    let ran = app.typed(&["edit", "mine/one", "--flip", "19 weeks pregnant", "--from", "-", "--json"], &flat);
    let saved: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(saved["warnings"].to_string().contains("the best answer is still that of one"), "{saved}");
    assert_eq!(app.json(&["show", "mine/one"])["siblings"], serde_json::json!(["mine/one-19-weeks-pregnant"]));
    assert_eq!(app.json(&["show", "mine/one"])["family"], "one");
    app.healthy();
    // One edit, one undo.
    app.undo_newest();
    assert_eq!(app.json(&["show", "mine/one"])["family"], Value::Null);
    assert_eq!(app.json(&["show", "mine/one"])["siblings"], serde_json::json!([]));
    app.healthy();
}

#[test]
fn a_flip_from_the_text_of_its_original_is_a_card_of_its_own() {
    let app = one_decision();
    let text = replaced(&app, "mine/one", "Patient one.", "Patient one, pregnant.");
    let args = ["edit", "mine/one", "--flip", "19 weeks pregnant", "--from", "-", "--json"];
    let ran = app.typed(&args, &text);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let card = content(&app, "mine/one-19-weeks-pregnant");
    assert_eq!(card["modifier"], "19 weeks pregnant");
    assert_eq!(app.json(&["show", "mine/one-19-weeks-pregnant"])["siblings"], serde_json::json!(["mine/one"]));
    let again = app.typed(&args[..6], &text);
    assert_eq!(again.code, 3, "{}{}", again.out, again.err);
    assert!(again.err.contains("mine/one-19-weeks-pregnant is already so"), "{}", again.err);
    // Of a card of a compiled-in deck it would even have had the name that card has.
    let text = replaced(&app, BUNDLED, "vignette: A 71-year-old", "vignette: A 63-year-old");
    let ran = app.typed(&["edit", BUNDLED, "--flip", "no scanner for 40 minutes", "--from", "-", "--json"], &text);
    let saved: Value = serde_json::from_str(&ran.out).unwrap();
    let flip = saved["card"].as_str().unwrap();
    assert!(flip.starts_with("mine/sudden-aphasia-at-the-door-no-scanner"), "{saved}");
    assert_eq!(content(&app, flip)["modifier"], "no scanner for 40 minutes");
    app.healthy();
}

#[test]
fn an_edit_that_was_made_already_is_nothing_to_do() {
    let app = one_decision();
    let text = replaced(&app, "mine/one", "Patient one.", "Patient one, 40 years old.");
    assert_eq!(app.typed(&["edit", "mine/one", "--from", "-"], &text).code, 0);
    let again = app.typed(&["edit", "mine/one", "--from", "-"], &text);
    assert_eq!(again.code, 3, "{}{}", again.out, again.err);
    assert!(again.err.contains("mine/one is already so"), "{}", again.err);
    let again = app.typed(&["edit", "mine/one", "--from", "-", "--json"], &text);
    assert_eq!((again.code, again.out.contains("\"saved\": false")), (3, true), "{}{}", again.out, again.err);
    let other = text.replace("40 years", "50 years");
    let stale = app.typed(&["edit", "mine/one", "--from", "-"], &other);
    assert_eq!(stale.code, 1);
    assert!(stale.err.contains("since the text on standard input was printed"), "{}", stale.err);
}

#[test]
fn a_flip_of_a_bundled_card_is_kept_apart_from_it() {
    let app = App::new();
    let args = ["edit", BUNDLED, "--flip", "no scanner for 40 minutes"];
    let text =
        app.ok(&[&args[..], &["--print"]].concat()).out.replace("vignette: A 71-year-old", "vignette: A 63-year-old");
    let ran = app.typed(&[&args[..], &["--from", "-", "--json"]].concat(), &text);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let saved: Value = serde_json::from_str(&ran.out).unwrap();
    let flip = saved["card"].as_str().unwrap().to_owned();
    assert!(flip.starts_with("mine/sudden-aphasia-at-the-door-no-scanner"), "{saved}");
    let siblings = app.json(&["show", &flip])["siblings"].clone();
    assert!(siblings.as_array().unwrap().contains(&BUNDLED.into()), "{siblings}");
    app.healthy();
    // Answering one hides the other for the day.
    app.ok(&["answer", BUNDLED, "--choice", "ct-head-without", "--confidence", "sure"]);
    assert_eq!(app.next_in("mine"), None);
}

#[test]
fn e_in_a_review_edits_and_returns_to_the_same_card_on_a_phone() {
    let app = one_decision();
    let best = app.letter_of("ct-pulmonary-angiography");
    let editor = r#"if grep -q 'Patient one' "$1"; then sed -i 's/Patient one/Another patient/' "$1"
        else sed -i 's/^rule: .*/rule: Shorter./' "$1"; fi"#;
    let mut t = open(&app, PHONE, &["review", "mine"], editor);
    let first = t.shows("e edit");
    assert!(first.lines().all(|l| l.chars().count() <= 40), "{first}");
    t.press("e");
    let screen = t.shows("Another patient.");
    assert!(screen.contains("Saved: wording") || screen.contains("Saved: detail"), "{screen}");
    assert!(t.parser.screen().alternate_screen());
    t.press(&best);
    t.shows("how sure are you?");
    t.press("e");
    t.shows("means nothing here");
    t.press("s");
    t.shows("Right. You said: sure.");
    t.press("e");
    let screen = t.shows("Rule: Shorter.");
    assert!(screen.contains("Right. You said: sure."), "the answer stands: {screen}");
    t.press("\r");
    t.shows("All done for today.");
    assert_eq!(t.end(), 0);
    assert_eq!(app.healthy(), 1);
}

#[test]
fn a_failing_editor_in_a_review_is_only_a_note() {
    let app = one_decision();
    let mut t = open(&app, PHONE, &["review", "mine"], "exit 1");
    t.shows("e edit");
    t.press("e");
    t.shows("Not changed: the editor");
    assert!(t.screen().contains("Patient one."), "{}", t.screen());
    t.press("q");
    assert_eq!(t.end(), 0);
}

#[test]
fn plain_lines_edit_too() {
    let app = App::with_basics(1);
    let editor = "sed -i 's/Front 1/Front one/' \"$1\"";
    let mut t = open(&app, WIDE, &["review", "mine", "--plain"], editor);
    t.shows("e edit");
    t.press("edit\n");
    t.shows("Saved: ");
    t.shows("Front one");
    t.press("3\n");
    t.shows("y right");
    t.press("y\n");
    t.shows("All done for today.");
    assert_eq!(t.end(), 0);
    // Without a terminal it says what to do.
    let mut app = app;
    let ran = app.on("2026-03-05").typed(&["review", "mine", "--plain"], "e\nq\n");
    assert!(ran.out.contains("--from FILE"), "{}", ran.out);
    app.healthy();
}
