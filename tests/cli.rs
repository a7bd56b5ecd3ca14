//! The commands as a user runs them.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, basics, decision, deck};
use serde_json::json;

#[test]
fn a_fresh_home_needs_no_setting_up() {
    let app = App::new();
    let today = app.json(&[]);
    assert_eq!((today["due"].as_u64(), today["new"].as_u64()), (Some(0), Some(20)));
    let next = app.json(&["next"]);
    assert_eq!(next["state"], "new");
    assert_eq!(next["options"][0]["letter"], "A");
    let text = next.to_string();
    for secret in ["verdict", "harm", "why", "rule", "if_positive", "best"] {
        assert!(!text.contains(&format!("\"{secret}\"")), "next gives {secret} away");
    }
    let decks = app.json(&["decks"]);
    for deck in ["stroke-neurovascular", "vte-periprocedural", "obgyn", "iodinated-contrast"] {
        let row = decks.as_array().unwrap().iter().find(|d| d["id"] == deck).unwrap();
        assert!(row["cards"].as_u64().unwrap() >= 15, "{row}");
    }
}

#[test]
fn sm2_is_walked_day_by_day() {
    let mut app = App::with_basics(1);
    app.ok(&["config", "new_per_day", "1"]);
    // (day, recalled, confidence) -> (grade, interval, ease, repetition, due); worked by hand from the publication.
    let steps = [
        ("2026-03-01", true, "sure", 5, 1, 2.6, 1, "2026-03-02"),
        ("2026-03-02", true, "think", 4, 6, 2.6, 2, "2026-03-08"),
        ("2026-03-08", true, "sure", 5, 16, 2.7, 3, "2026-03-24"), // 6 x 2.6 = 15.6
        ("2026-03-24", true, "guess", 3, 44, 2.56, 4, "2026-05-07"), // 16 x 2.7 = 43.2
        ("2026-05-07", false, "sure", 0, 1, 2.56, 0, "2026-05-08"), // a lapse leaves EF alone
        ("2026-05-08", true, "think", 4, 1, 2.56, 1, "2026-05-09"),
        ("2026-05-09", true, "think", 4, 6, 2.56, 2, "2026-05-15"),
        ("2026-05-15", true, "think", 4, 16, 2.56, 3, "2026-05-31"), // 6 x 2.56 = 15.36
    ];
    for (day, recalled, confidence, grade, interval, ease, repetition, due) in steps {
        app.on(day);
        assert_eq!(app.next_in("mine").as_deref(), Some("mine/b-1"), "{day}");
        let got = app.recall("mine/b-1", recalled, confidence);
        assert_eq!(
            got,
            json!({"card": "mine/b-1", "correct": recalled, "verdict": if recalled {"best"} else {"wrong"}, "best": null,
                   "grade": grade, "ease": ease, "interval": interval, "repetition": repetition, "due": due,
                   "again_today": grade < 4}),
            "{day}"
        );
        if grade < 4 {
            assert_eq!(app.json(&["next", "mine"])["state"], "again", "{day}");
            let again = app.recall("mine/b-1", true, "think");
            assert_eq!(
                (&again["interval"], &again["ease"]),
                (&json!(interval), &json!(ease)),
                "a repeat changes nothing"
            );
        }
        assert_eq!(app.next_in("mine"), None, "{day}");
    }
    // Not due one day early, due on the day and ever after.
    app.on("2026-05-30");
    assert_eq!(app.next_in("mine"), None);
    app.on("2026-07-30");
    assert_eq!(app.next_in("mine").as_deref(), Some("mine/b-1"));
    app.healthy();
}

#[test]
fn choosing_by_letter_id_and_what_is_acceptable() {
    let app = App::new();
    app.write_deck("mine", &deck("mine", &[decision("one", ""), decision("two", "")].join(",")));
    let shown = app.json(&["next", "mine"]);
    let letter =
        shown["options"].as_array().unwrap().iter().find(|o| o["id"] == "ct-pulmonary-angiography").unwrap()["letter"]
            .as_str()
            .unwrap()
            .to_lowercase();
    let got = app.json(&["answer", "mine/one", "--choice", &letter, "--confidence", "think"]);
    assert_eq!(
        (&got["correct"], &got["grade"], &got["best"]),
        (&json!(true), &json!(4), &json!("ct-pulmonary-angiography"))
    );
    let got = app.json(&["answer", "mine/two", "--choice", "nm-vq", "--confidence", "sure", "--miss", "gap"]);
    assert_eq!((&got["correct"], &got["grade"], &got["verdict"]), (&json!(false), &json!(2), &json!("acceptable")));
    let bad = app.run(&["answer", "mine/two", "--choice", "ct-pulmonary-angiografy", "--confidence", "sure"]);
    assert_eq!(bad.code, 1);
    assert!(bad.err.contains("did you mean \"ct-pulmonary-angiography\"?"), "{}", bad.err);
    let wrong = app.json(&["answer", "mine/two", "--choice", "none", "--confidence", "guess", "--miss", "reasoning"]);
    assert_eq!(wrong["grade"], 1);
}

#[test]
fn exit_codes_and_messages() {
    let app = App::with_basics(2);
    assert_eq!(app.run(&["nonsense"]).code, 2);
    assert_eq!(app.run(&["answer", "mine/b-1"]).code, 2);
    assert_eq!(app.run(&["undo"]).code, 3);
    assert_eq!(app.run(&["cards", "zzzzzz"]).code, 3);
    let missing = app.run(&["show", "mine/b-11"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.err.starts_with("error: there is no card \"mine/b-11\"\nhint: did you mean mine/b-1?"),
        "{}",
        missing.err
    );
    let short = app.run(&["show", "b-2"]);
    assert!(short.err.contains("did you mean mine/b-2?"), "{}", short.err);
    let deck = app.run(&["review", "mnie"]);
    assert_eq!(deck.code, 1);
    assert!(deck.err.contains("did you mean \"mine\"?"), "{}", deck.err);
    assert_eq!(app.run(&["config", "new_per_dya", "3"]).code, 1);
    assert_eq!(app.run(&["config", "new_per_day", "many"]).code, 1);
    assert_eq!(app.run(&["--now", "yesterday"]).code, 2);
    assert_eq!(app.run(&["--help"]).code, 0);
    for shell in ["bash", "zsh", "fish"] {
        assert!(app.ok(&["completions", shell]).out.contains("scanwise"));
    }
    assert!(app.ok(&["man"]).out.contains(".TH"));
}

#[test]
fn undo_takes_back_answers_one_by_one() {
    let app = App::with_basics(3);
    let before = app.json(&["cards", "--deck", "mine"]);
    app.recall("mine/b-1", true, "sure");
    app.recall("mine/b-2", false, "sure");
    assert_eq!(app.json(&["undo"])["card"], "mine/b-2");
    assert_eq!(app.json(&["undo"])["card"], "mine/b-1");
    assert_eq!(app.run(&["undo"]).code, 3);
    assert_eq!(app.json(&["cards", "--deck", "mine"]), before, "as if nothing had happened");
    assert_eq!(app.healthy(), 4, "yet everything is in the log");
}

#[test]
fn suspend_resume_and_reset() {
    let mut app = App::with_basics(1);
    app.recall("mine/b-1", true, "sure");
    app.on("2026-03-02");
    app.ok(&["suspend", "mine/b-1"]);
    assert_eq!(app.next_in("mine"), None);
    assert_eq!(app.run(&["suspend", "mine/b-1"]).code, 3);
    assert_eq!(app.json(&["decks"]).as_array().unwrap().iter().find(|d| d["id"] == "mine").unwrap()["suspended"], 1);
    app.ok(&["resume", "mine/b-1"]);
    assert_eq!(app.next_in("mine").as_deref(), Some("mine/b-1"));
    app.ok(&["reset", "mine/b-1"]);
    assert_eq!(app.json(&["next", "mine"])["state"], "new");
    assert_eq!(app.json(&["show", "mine/b-1"])["history"].as_array().unwrap().len(), 4);
    app.healthy();
}

#[test]
fn siblings_never_share_a_study_day() {
    let mut app = App::new();
    let family = r#""family":"f","modifier":"m","#;
    app.write_deck(
        "mine",
        &deck("mine", &[decision("one", family), decision("two", family), decision("three", family)].join(",")),
    );
    let answer = |app: &App, card: &str| {
        app.json(&["answer", card, "--choice", "ct-pulmonary-angiography", "--confidence", "sure"]);
    };
    let mut seen = Vec::new();
    for day in ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"] {
        app.on(day);
        let card = app.next_in("mine").unwrap();
        answer(&app, &card);
        assert_eq!(app.next_in("mine"), None, "{day}: a sibling of {card} came on the same day");
        seen.push(card);
    }
    assert!(["mine/one", "mine/two", "mine/three"].iter().all(|c| seen.iter().any(|s| s == c)), "{seen:?}");
}

#[test]
fn cloze_numbers_are_cards_of_their_own_and_siblings() {
    let mut app = App::new();
    let card =
        r#"{"id":"tnk","type":"cloze","domain":"neurology","text":"{{c1::0.25 mg/kg::dose}} within {{c2::4.5 h}}"}"#;
    app.write_deck("mine", &deck("mine", card));
    let next = app.json(&["next", "mine"]);
    assert_eq!((&next["card"], &next["text"]), (&json!("mine/tnk#1"), &json!("[dose] within 4.5 h")));
    app.recall("mine/tnk#1", true, "sure");
    assert_eq!(app.next_in("mine"), None);
    app.on("2026-03-02");
    // Both are wanted today; only one may come.
    let first = app.next_in("mine").unwrap();
    app.recall(&first, true, "sure");
    assert_eq!(app.next_in("mine"), None);
}

#[test]
fn daily_limits_hold_across_processes() {
    let mut app = App::with_basics(30);
    app.ok(&["config", "new_per_day", "3"]);
    let mut met = 0;
    while let Some(card) = app.next_in("mine") {
        app.recall(&card, true, "sure");
        met += 1;
    }
    assert_eq!(met, 3);
    app.on("2026-03-02");
    app.ok(&["config", "reviews_per_day", "2"]);
    let mut due = 0;
    while let Some(card) =
        app.json(&["next", "mine"]).as_object().filter(|n| n["card"].is_string() && n["state"] == "due")
    {
        app.recall(card["card"].as_str().unwrap(), true, "sure");
        due += 1;
        assert!(due < 10);
    }
    assert!(due <= 2, "{due}");
}

/// A table of moments: DST, flights and clocks set back neither lose nor double a day.
#[test]
fn days_survive_dst_flights_and_clocks_set_back() {
    // (where the card is answered first, where it must be due, where it must not be due yet)
    let table = [
        ("spring forward", "2026-03-07T22:00:00-05:00", "2026-03-08T04:00:00-04:00", "2026-03-08T03:59:00-04:00"),
        ("fall back", "2026-10-31T22:00:00-04:00", "2026-11-01T04:00:00-05:00", "2026-11-01T01:30:00-05:00"),
        ("flight west", "2026-06-10T08:00:00+09:00", "2026-06-11T04:00:00-07:00", "2026-06-10T23:00:00-07:00"),
        ("flight east", "2026-06-10T20:00:00-07:00", "2026-06-11T14:00:00+09:00", "2026-06-10T21:00:00-07:00"),
        ("after midnight", "2026-06-10T01:00:00-05:00", "2026-06-10T04:00:00-05:00", "2026-06-10T03:59:59-05:00"),
    ];
    for (name, first, due, not_yet) in table {
        let mut app = App::with_basics(1);
        app.at(first);
        app.recall("mine/b-1", true, "sure");
        app.at(not_yet);
        assert_eq!(app.next_in("mine"), None, "{name}: too early");
        app.at(due);
        assert_eq!(app.next_in("mine").as_deref(), Some("mine/b-1"), "{name}: lost a day");
    }
    // The clock goes back two days after an answer: nothing is due, nothing doubles, the log keeps its order.
    let mut app = App::with_basics(2);
    app.on("2026-03-10");
    app.recall("mine/b-1", true, "sure");
    app.on("2026-03-08");
    let got = app.recall("mine/b-1", true, "sure");
    assert_eq!((&got["repetition"], &got["due"]), (&json!(1), &json!("2026-03-11")));
    app.recall("mine/b-2", true, "sure");
    app.on("2026-03-11");
    assert_eq!(app.json(&["undo"])["card"], "mine/b-2", "the last answer is the one written last");
    app.healthy();
}

#[test]
fn editing_a_deck_by_hand_keeps_progress() {
    let mut app = App::with_basics(3);
    app.recall("mine/b-1", true, "sure");
    app.recall("mine/b-2", true, "sure");
    app.on("2026-03-02");
    // The wording changes.
    app.write_deck("mine", &basics("mine", 3).replace("Front 1", "A better front"));
    assert!(app.ok(&["show", "mine/b-1"]).out.contains("A better front"));
    assert_eq!(app.json(&["show", "mine/b-1"])["repetition"], 1);
    // The card goes, its history stays, and it comes back where it was.
    app.write_deck(
        "mine",
        &deck("mine", basics("x", 3).lines().skip(2).take(2).collect::<Vec<_>>().join("\n").trim_end_matches(',')),
    );
    let shown = app.json(&["show", "mine/b-1"]);
    assert_eq!((&shown["present"], shown["history"].as_array().unwrap().len()), (&json!(false), 1));
    assert_eq!(app.run(&["answer", "mine/b-1", "--recalled", "yes", "--confidence", "sure"]).code, 1);
    app.write_deck("mine", &basics("mine", 3));
    let shown = app.json(&["show", "mine/b-1"]);
    assert_eq!(
        (&shown["present"], &shown["repetition"], &shown["due"]),
        (&json!(true), &json!(1), &json!("2026-03-02"))
    );
    // The file goes and comes back.
    let path = app.home().join("decks/mine.json");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(app.run(&["next", "mine"]).code, 1);
    app.write_deck("mine", &basics("mine", 3));
    assert_eq!(app.json(&["next", "mine"])["state"], "due");
    app.healthy();
}

#[test]
fn a_broken_deck_is_reported_and_the_rest_works() {
    let app = App::with_basics(2);
    app.recall("mine/b-1", true, "sure");
    app.write_deck("mine", "{\"format\":1,\"id\":\"mine\",");
    app.write_deck("other", &basics("other", 1));
    let ran = app.ok(&["decks", "--json"]);
    assert!(ran.err.contains("warning: ") && ran.err.contains("mine.json"), "{}", ran.err);
    assert!(ran.err.contains("the version read before stays in use"), "{}", ran.err);
    let again = app.ok(&["decks"]);
    assert!(again.err.contains("mine.json"), "it is told until it is mended");
    assert_eq!(app.next_in("other").as_deref(), Some("other/b-1"));
    assert_eq!(app.json(&["show", "mine/b-1"])["present"], true);
    app.write_deck("mine", &basics("mine", 2));
    assert_eq!(app.ok(&["decks"]).err, "");
}

#[test]
fn two_decks_with_one_id_never_mix() {
    let app = App::with_basics(1);
    app.write_deck("zz-copy", &basics("mine", 5));
    app.write_deck("own-stroke", &basics("stroke-neurovascular", 1));
    let ran = app.ok(&["decks", "--json"]);
    assert!(ran.err.contains("zz-copy.json") && ran.err.contains("already used by"), "{}", ran.err);
    assert!(ran.err.contains("own-stroke.json") && ran.err.contains("a bundled deck"), "{}", ran.err);
    let decks: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(decks.as_array().unwrap().iter().find(|d| d["id"] == "mine").unwrap()["cards"], 1);
    std::fs::remove_file(app.home().join("decks/mine.json")).unwrap();
    app.ok(&["decks"]);
    let decks = app.json(&["decks"]);
    assert_eq!(
        decks.as_array().unwrap().iter().find(|d| d["id"] == "mine").unwrap()["cards"],
        5,
        "the name is free now"
    );
}

#[test]
fn the_same_seed_gives_the_same_queue_and_letters() {
    let a = App::new();
    let b = App::new();
    assert_eq!(a.json(&["next"]), b.json(&["next"]));
    assert_ne!(
        a.json(&["next", "--seed", "1"])["options"],
        a.json(&["next", "--seed", "2"])["options"],
        "another seed, other letters"
    );
}

#[test]
fn stats_tell_retention_and_forecast() {
    let mut app = App::with_basics(4);
    for card in ["mine/b-1", "mine/b-2", "mine/b-3"] {
        app.recall(card, true, "sure");
    }
    app.recall("mine/b-4", false, "guess");
    app.on("2026-03-02");
    app.recall("mine/b-1", true, "sure");
    app.recall("mine/b-2", false, "sure");
    let stats = app.json(&["stats"]);
    assert_eq!(stats["retention"]["all"], json!({"right": 1, "of": 2, "percent": 50}));
    assert_eq!(stats["first_answers"], json!({"right": 3, "of": 4, "percent": 75}));
    assert_eq!(stats["calibration"]["sure"]["of"], 5);
    assert_eq!(stats["forecast"][0], json!({"day": "2026-03-02", "due": 2}));
    assert_eq!(stats["domains"][0]["domain"], "neurology");
    // The field of a card is corrected: what was answered moves with it.
    app.write_deck("mine", &basics("mine", 4).replace("neurology", "ethics"));
    assert_eq!(app.json(&["stats"])["domains"][0]["domain"], "ethics");
    app.healthy();
}

#[test]
fn settings_that_scheduling_depends_on_replay_the_log() {
    let mut app = App::with_basics(1);
    app.at("2026-03-02T03:00:00-05:00");
    app.recall("mine/b-1", true, "sure");
    assert_eq!(app.json(&["show", "mine/b-1"])["due"], "2026-03-02");
    app.ok(&["config", "rollover_hour", "2"]);
    assert_eq!(app.json(&["show", "mine/b-1"])["due"], "2026-03-03");
    app.healthy();
}

#[test]
fn nothing_from_a_deck_reaches_the_terminal_as_a_control_sequence() {
    // Right-to-left override and C1 controls are refused by the reader; file names are not the reader's to refuse.
    let app = App::with_basics(1);
    let path = app.home().join("decks/evil\u{1b}[31m.json");
    std::fs::write(path, "{").unwrap();
    for args in [&["decks"][..], &["next"], &["doctor"], &["cards", "Front"], &[]] {
        let ran = app.run(args);
        for text in [&ran.out, &ran.err] {
            assert!(!text.contains('\u{1b}'), "{args:?}: {text:?}");
        }
    }
    let ran = app.run(&["show", "\u{1b}[2J\u{202e}x"]);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'), "{:?}", ran.err);
}

#[test]
fn a_renamed_file_or_a_copied_home_keeps_its_decks() {
    let app = App::with_basics(2);
    app.recall("mine/b-1", true, "sure");
    let decks = app.home().join("decks");
    std::fs::rename(decks.join("mine.json"), decks.join("renamed.json")).unwrap();
    let ran = app.ok(&["next", "mine", "--json"]);
    assert_eq!(ran.err, "");
    assert!(ran.out.contains("mine/b-2"), "{}", ran.out);
    let copy = app.home().with_file_name("copy");
    assert!(std::process::Command::new("cp").arg("-r").arg(app.home()).arg(&copy).status().unwrap().success());
    let ran = app.ok(&["next", "mine", "--json", "--home", copy.to_str().unwrap()]);
    assert!(ran.err.is_empty() && ran.out.contains("mine/b-2"), "{} {}", ran.err, ran.out);
    app.healthy();
}

#[test]
fn a_clash_of_ids_heals_when_either_side_changes() {
    let app = App::new();
    app.write_deck("a", &basics("mine", 1));
    app.write_deck("b", &basics("mine", 2));
    assert!(app.ok(&["decks"]).err.contains("b.json"));
    app.write_deck("a", &basics("other", 1));
    assert_eq!(app.ok(&["decks"]).err, "");
    // Both swap their ids in one go.
    app.write_deck("a", &basics("mine", 3));
    app.write_deck("b", &basics("other", 4));
    let ran = app.ok(&["decks", "--json"]);
    assert_eq!(ran.err, "");
    let decks: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let cards = |id: &str| decks.as_array().unwrap().iter().find(|d| d["id"] == id).unwrap()["cards"].clone();
    assert_eq!((cards("mine"), cards("other")), (json!(3), json!(4)));
    app.healthy();
}

#[test]
fn what_is_typed_is_not_trusted_and_json_is_one_document() {
    let app = App::with_basics(1);
    for args in [&["\u{1b}]0;pwn\u{7}"][..], &["check", "--\u{1b}[31mX"], &["--home"]] {
        let ran = app.run(args);
        assert_eq!(ran.code, 2);
        assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
    }
    for word in ["review", "man"] {
        let ran = app.run(&[word, "--json"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    }
    std::fs::write(app.home().join("decks/x\u{9b}\nerror: FAKE.json"), "{").unwrap();
    let ran = app.run(&["doctor", "--json"]);
    assert!(!ran.out.contains('\u{9b}') && serde_json::from_str::<serde_json::Value>(&ran.out).is_ok(), "{}", ran.out);
    assert_eq!(ran.err.lines().filter(|l| l.starts_with("error")).count(), 0, "{}", ran.err);
}

#[test]
fn a_wish_for_new_cards_counts_what_siblings_leave() {
    let mut app = App::new();
    let family = |f: &str| format!(r#""family":"{f}","modifier":"m","#);
    let cards: Vec<String> = (0..10)
        .flat_map(|i| {
            [
                decision(&format!("a{i}"), &family(&format!("f{i}"))),
                decision(&format!("b{i}"), &family(&format!("f{i}"))),
            ]
        })
        .collect();
    let alone: Vec<String> = (0..5).map(|i| decision(&format!("c{i}"), "")).collect();
    app.write_deck("mine", &deck("mine", &[cards, alone].concat().join(",")));
    app.ok(&["config", "new_per_day", "5"]);
    for i in 0..5 {
        app.json(&["answer", &format!("mine/a{i}"), "--choice", "none", "--confidence", "sure"]);
    }
    app.on("2026-03-02");
    // Five due, and five new ones that are no siblings of theirs.
    let today = app.json(&[]);
    assert_eq!((&today["due"], &today["new"], &today["left"]), (&json!(5), &json!(5), &json!(10)));
}
