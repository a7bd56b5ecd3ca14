//! Decks in: preview, merge, undo, parking, provenance; and nothing half done.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, bytes, decision};
use scanwise::interchange::plan::{Options, Plan};
use scanwise::interchange::read::{self, ReadOptions};
use scanwise::model::{CardKey, Stamp};
use scanwise::store::Store;
use serde_json::{Value, json};
use std::path::PathBuf;

fn card(id: &str, front: &str, back: &str) -> Value {
    json!({"id": id, "type": "basic", "domain": "neurology", "front": front, "back": back})
}

fn deck(version: &str, cards: &[Value]) -> Value {
    json!({"format": 1, "id": "anna", "title": "Anna's cards", "version": version, "authors": ["Anna"], "cards": cards})
}

fn three() -> [Value; 3] {
    [
        card("one", "Window for intravenous thrombolysis?", "4.5 hours"),
        card("two", "Wells low and D-dimer negative?", "No imaging"),
        card("three", "First study in suspected stones?", "CT without contrast"),
    ]
}

trait Files {
    fn file(&self, name: &str, value: &Value) -> String;
    fn own(&self, deck: &str) -> Value;
    fn rewrite(&self, deck: &str, change: impl FnOnce(&mut Value));
    fn deck_path(&self, deck: &str) -> PathBuf;
}

impl Files for App {
    fn file(&self, name: &str, value: &Value) -> String {
        let path = self.home().parent().unwrap().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path.to_string_lossy().into_owned()
    }
    fn deck_path(&self, deck: &str) -> PathBuf {
        self.home().join("decks").join(format!("{deck}.json"))
    }
    fn own(&self, deck: &str) -> Value {
        serde_json::from_slice(&bytes(&self.deck_path(deck))).unwrap()
    }
    fn rewrite(&self, deck: &str, change: impl FnOnce(&mut Value)) {
        let mut value = self.own(deck);
        change(&mut value);
        std::fs::write(self.deck_path(deck), serde_json::to_string_pretty(&value).unwrap()).unwrap();
    }
}

fn decks(app: &App) -> Vec<String> {
    app.json(&["decks"]).as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let app = App::new();
    let file = app.file("anna.json", &deck("1", &three()));
    app.ok(&["decks"]);
    let before = bytes(&app.database());
    let ran = app.ok(&["import", &file, "--dry-run"]);
    for words in ["anna", "3 new", "one: Window for", "Dry run"] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
    let plan = app.json(&["import", &file, "--dry-run"]);
    assert_eq!((&plan["imported"], &plan["decks"][0]["new"]), (&json!(false), &json!(["one", "two", "three"])));
    assert!(!app.deck_path("anna").exists());
    assert_eq!(bytes(&app.database()), before);
    let left = std::fs::read_dir(app.home().join("decks")).unwrap().count();
    assert_eq!(left, 0, "nothing is left of what was unpacked");
}

#[test]
fn without_a_terminal_nothing_is_imported_unless_told_to() {
    let app = App::new();
    let file = app.file("anna.json", &deck("1", &three()));
    let ran = app.run(&["import", &file]);
    assert_eq!((ran.code, ran.err.contains("--yes")), (1, true), "{}", ran.err);
    assert!(!decks(&app).contains(&"anna".to_owned()));
    app.ok(&["import", &file, "--yes"]);
    assert!(decks(&app).contains(&"anna".to_owned()));
    app.healthy();
}

#[test]
fn importing_twice_equals_importing_once() {
    let app = App::new();
    let file = app.file("anna.json", &deck("1", &three()));
    app.ok(&["import", &file, "--yes"]);
    app.recall("anna/one", true, "sure");
    let (text, events) = (bytes(&app.deck_path("anna")), app.healthy());
    let again = app.ok(&["import", &file, "--yes"]);
    assert!(again.out.contains("Nothing to change"), "{}", again.out);
    assert_eq!((bytes(&app.deck_path("anna")), app.healthy()), (text, events));
}

#[test]
fn from_standard_input() {
    let app = App::new();
    let ran = app.typed(&["import", "-", "--yes"], &deck("1", &three()).to_string());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(decks(&app).contains(&"anna".to_owned()));
}

#[test]
fn mine_stays_mine_and_theirs_comes_in() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/two", true, "sure");
    app.ok(&["annotate", "anna/two", "--note", "Dr. asked this twice", "--tag", "rounds"]);
    app.ok(&["suspend", "anna/three"]);
    // Mine: a reason on "two", a card of my own, "three" gone from the file.
    app.rewrite("anna", |d| {
        d["cards"][1]["why"] = "My own reason.".into();
        let mine = card("mine", "My question?", "My answer");
        d["cards"].as_array_mut().unwrap().insert(2, mine);
    });
    let mut theirs = three();
    theirs[1]["front"] = "Wells low and D-dimer negative: what next?".into();
    theirs[1]["tags"] = json!(["pe"]);
    let [one, two, three_] = theirs;
    let v2 = deck("2", &[one, two, three_, card("four", "A new one?", "Yes")]);
    let plan = app.json(&["import", &app.file("v2.json", &v2), "--yes"]);
    let row = &plan["decks"][0];
    assert_eq!(row["new"], json!(["four"]));
    assert_eq!(row["changed"][0]["id"], "two");
    assert_eq!(row["changed"][0]["class"], "wording");
    let fields: Vec<&str> =
        row["changed"][0]["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["front", "tags"]);
    let now = app.own("anna");
    assert_eq!(now["version"], "2");
    let ids: Vec<&str> = now["cards"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["one", "two", "mine", "three", "four"], "my card keeps its place");
    let two = &now["cards"][1];
    assert_eq!(
        (&two["why"], &two["front"]),
        (&json!("My own reason."), &json!("Wells low and D-dimer negative: what next?"))
    );
    // Wording keeps the schedule; what is personal is untouched.
    let shown = app.json(&["show", "anna/two"]);
    assert_eq!((&shown["answers"], &shown["due"]), (&json!(1), &json!("2026-03-02")));
    assert_eq!((&shown["note"], &shown["own_tags"]), (&json!("Dr. asked this twice"), &json!(["rounds"])));
    assert_eq!(app.json(&["show", "anna/three"])["suspended"], true);
    app.healthy();
}

#[test]
fn a_conflict_is_listed_and_never_guessed() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.rewrite("anna", |d| d["cards"][2]["why"] = "Mine.".into());
    let mut theirs = three();
    theirs[2]["why"] = "Theirs.".into();
    theirs[0]["why"] = "New.".into();
    let v2 = app.file("v2.json", &deck("2", &theirs));
    let before = bytes(&app.deck_path("anna"));
    let ran = app.run(&["import", &v2, "--yes"]);
    assert_eq!(ran.code, 1);
    for words in ["three: why", "Mine.", "Theirs.", "Both changed"] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
    assert!(ran.err.contains("--mine or --theirs"), "{}", ran.err);
    assert_eq!(bytes(&app.deck_path("anna")), before, "nothing of it came in");
    app.ok(&["import", &v2, "--yes", "--theirs"]);
    assert_eq!(app.own("anna")["cards"][2]["why"], "Theirs.");
    app.ok(&["import", "--undo", "--yes"]);
    assert_eq!(bytes(&app.deck_path("anna")), before);
    app.ok(&["import", &v2, "--yes", "--mine"]);
    assert_eq!(app.own("anna")["cards"][2]["why"], "Mine.");
    assert_eq!(app.own("anna")["cards"][0]["why"], "New.");
}

#[test]
fn a_changed_answer_is_due_again_and_says_so() {
    let mut app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    for day in ["2026-03-01", "2026-03-02", "2026-03-08"] {
        app.on(day);
        app.recall("anna/one", true, "sure");
        app.recall("anna/two", true, "sure");
    }
    app.on("2026-03-10");
    let mut theirs = three();
    theirs[0]["back"] = "9 hours, with perfusion imaging".into();
    theirs[1]["back"] = "No imaging.".into();
    let plan = app.json(&["import", &app.file("v2.json", &deck("2", &theirs)), "--yes"]);
    assert_eq!(plan["decks"][0]["changed"][0]["class"], "answer");
    assert_eq!(plan["decks"][0]["changed"][1]["class"], "wording");
    assert_eq!(app.json(&["show", "anna/two"])["due"], "2026-03-25", "a point at the end changes nothing");
    assert_eq!(app.json(&["show", "anna/one"])["due"], "2026-03-10");
    assert_eq!(app.next_in("anna").as_deref(), Some("anna/one"));
    let ran = app.typed(&["review", "anna", "--plain", "--cards", "1"], "sure\ny\n");
    for words in ["changed since you learned it", "Was: 4.5 hours", "Now: 9 hours, with perfusion imaging"] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
    // Learned anew from the first interval, with its E-Factor kept and no lapse counted.
    let shown = app.json(&["show", "anna/one"]);
    assert_eq!((&shown["due"], &shown["lapses"], &shown["repetition"]), (&json!("2026-03-11"), &json!(0), &json!(1)));
    let again = app.typed(&["review", "anna", "--plain", "--cards", "1"], "sure\ny\n");
    assert!(!again.out.contains("changed since"), "it says so once\n{}", again.out);
    app.healthy();
}

#[test]
fn a_hand_edit_that_turns_the_answer_does_the_same() {
    let mut app = App::new();
    app.write_deck("mine", &common::deck("mine", &[decision("a", ""), decision("b", "")].join(",")));
    app.json(&["answer", "mine/a", "--choice", "ct-pulmonary-angiography", "--confidence", "sure"]);
    app.on("2026-03-02");
    let turned = decision("a", "")
        .replace(r#""verdict":"best""#, r#""verdict":"X""#)
        .replace(r#""verdict":"acceptable""#, r#""verdict":"best""#)
        .replace(r#""verdict":"X""#, r#""verdict":"acceptable""#);
    app.write_deck("mine", &common::deck("mine", &[turned, decision("b", "")].join(",")));
    let history = app.json(&["show", "mine/a"])["history"].clone();
    assert_eq!(history[1]["kind"], "relearn");
    assert!(history[1]["now"].as_str().unwrap().contains("V/Q"), "{history}");
    app.healthy();
}

#[test]
fn what_its_author_removed_is_kept_suspended_or_archived() {
    for (word, in_file, suspended) in [("keep", true, false), ("suspend", true, true), ("archive", false, false)] {
        let app = App::new();
        app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
        app.recall("anna/three", true, "sure");
        let [one, two, _] = three();
        let v2 = app.file("v2.json", &deck("2", &[one, two]));
        let plan = app.json(&["import", &v2, "--yes", "--removed", word]);
        assert_eq!(plan["decks"][0]["removed"], json!(["three"]));
        let ids = app.own("anna")["cards"].as_array().unwrap().len();
        assert_eq!(ids == 3, in_file, "{word}");
        let shown = app.json(&["show", "anna/three"]);
        assert_eq!((&shown["suspended"], &shown["present"]), (&json!(suspended), &json!(in_file)), "{word}");
        assert_eq!(shown["answers"], 1, "its history stays");
        // The next version does not bring the question up again.
        assert_eq!(app.json(&["import", &v2, "--dry-run"])["decks"][0]["removed"], json!([]), "{word}");
        app.healthy();
        app.ok(&["import", "--undo", "--yes"]);
        let back = app.json(&["show", "anna/three"]);
        assert_eq!((&back["suspended"], &back["present"]), (&json!(false), &json!(true)), "{word}");
        app.healthy();
    }
}

#[test]
fn undo_puts_everything_back() {
    let mut app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/one", true, "sure");
    let (text, one) = (bytes(&app.deck_path("anna")), app.json(&["show", "anna/one"]));
    app.on("2026-03-02");
    let mut theirs = three();
    theirs[0]["back"] = "9 hours".into();
    let v2 = app.file("v2.json", &deck("2", &theirs));
    app.ok(&["import", &v2, "--yes", "--park"]);
    app.ok(&["import", "--undo", "--yes"]);
    assert_eq!(bytes(&app.deck_path("anna")), text);
    let back = app.json(&["show", "anna/one"]);
    assert_eq!(
        (&back["due"], &back["interval"], &back["repetition"]),
        (&one["due"], &one["interval"], &one["repetition"])
    );
    // The base is the old one again: the same import has the same plan.
    assert_eq!(app.json(&["import", &v2, "--dry-run"])["decks"][0]["changed"][0]["id"], "one");
    app.ok(&["import", "--undo", "--yes"]);
    assert!(!decks(&app).contains(&"anna".to_owned()), "the deck came with the first import and goes with it");
    assert!(!app.deck_path("anna").exists());
    assert_eq!(app.json(&["show", "anna/one"])["answers"], 1, "no answer is ever lost");
    assert_eq!(app.run(&["import", "--undo", "--yes"]).code, 3);
    app.healthy();
}

#[test]
fn undo_keeps_what_was_edited_since() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    let mut theirs = three();
    theirs[0]["why"] = "Theirs.".into();
    app.ok(&["import", &app.file("v2.json", &deck("2", &theirs)), "--yes"]);
    app.rewrite("anna", |d| {
        d["cards"][1]["why"] = "Mine, written after the import.".into();
        d["cards"].as_array_mut().unwrap().push(card("mine", "Mine?", "Yes"));
    });
    let ran = app.ok(&["import", "--undo", "--yes"]);
    assert!(ran.out.contains("is kept"), "{}", ran.out);
    let now = app.own("anna");
    assert_eq!(now["cards"][0].get("why"), None);
    assert_eq!(now["cards"][1]["why"], "Mine, written after the import.");
    assert_eq!(now["cards"][3]["id"], "mine");
    app.healthy();
}

#[test]
fn undo_of_a_first_import_leaves_what_was_written_by_hand() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.rewrite("anna", |d| {
        d["cards"][1]["why"] = "Mine.".into();
        d["cards"].as_array_mut().unwrap().push(card("mine", "Mine?", "Yes"));
    });
    app.ok(&["import", "--undo", "--yes"]);
    let ids: Vec<Value> = app.own("anna")["cards"].as_array().unwrap().iter().map(|c| c["id"].clone()).collect();
    assert_eq!(ids, ["two", "mine"], "what was touched since is the user's; the rest goes");
    app.healthy();
}

#[test]
fn an_answer_learned_after_the_change_turns_back_with_the_deck() {
    let mut app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/one", true, "sure");
    app.on("2026-03-02");
    let mut theirs = three();
    theirs[0]["back"] = "9 hours".into();
    app.ok(&["import", &app.file("v2.json", &deck("2", &theirs)), "--yes"]);
    app.recall("anna/one", true, "sure");
    app.on("2026-03-03");
    app.ok(&["import", "--undo", "--yes"]);
    // The student learned "9 hours"; the card says 4.5 again, and says that it changed.
    let history = app.json(&["show", "anna/one"])["history"].clone();
    let last = history.as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["now"]), (&json!("relearn"), &json!("4.5 hours")));
    app.healthy();
}

#[test]
fn two_decks_of_one_name_are_kept_apart() {
    let app = App::new();
    app.ok(&["import", &app.file("anna.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/one", true, "sure");
    let mut other = deck("1", &[card("x", "Something else entirely?", "Yes"), card("y", "And this?", "No")]);
    other["authors"] = json!(["Another Anna"]);
    let file = app.file("other.json", &other);
    let plan = app.json(&["import", &file, "--yes"]);
    assert_eq!(plan["decks"][0]["deck"], "anna-2");
    assert!(plan["decks"][0]["kept_apart"].as_str().unwrap().contains("\"anna\""), "{plan}");
    assert_eq!(app.own("anna")["cards"].as_array().unwrap().len(), 3);
    // Its next version finds its own copy, and the first deck's finds its own.
    other["version"] = "2".into();
    other["cards"][0]["why"] = "New.".into();
    assert_eq!(app.json(&["import", &app.file("other.json", &other), "--yes"])["decks"][0]["deck"], "anna-2");
    assert_eq!(app.json(&["import", &app.file("v2.json", &deck("2", &three())), "--yes"])["decks"][0]["deck"], "anna");
    // A deck that comes with the program is never mixed with.
    let mut bundled = deck("9", &three());
    bundled["id"] = "obgyn".into();
    assert_eq!(app.json(&["import", &app.file("ob.json", &bundled), "--yes"])["decks"][0]["deck"], "obgyn-2");
    app.healthy();
}

#[test]
fn a_deck_of_my_own_without_a_base_is_asked_about() {
    let app = App::new();
    app.write_deck("anna", &deck("1", &three()).to_string());
    app.ok(&["decks"]);
    let mut theirs = three();
    theirs[0]["front"] = "Window for thrombolysis?".into();
    let file = app.file("v2.json", &deck("2", &theirs));
    let ran = app.run(&["import", &file, "--yes"]);
    assert_eq!(ran.code, 1, "without a base nobody knows who changed it\n{}", ran.out);
    app.ok(&["import", &file, "--yes", "--theirs"]);
    assert_eq!(app.own("anna")["cards"][0]["front"], "Window for thrombolysis?");
}

#[test]
fn parked_cards_wait_and_are_released_by_deck_tag_or_name() {
    let app = App::new();
    let mut cards = three();
    cards[0]["tags"] = json!(["stroke"]);
    app.ok(&["import", &app.file("anna.json", &deck("1", &cards)), "--yes", "--park"]);
    assert_eq!(app.next_in("anna"), None);
    let row = |app: &App| {
        let all = app.json(&["decks"]);
        all.as_array().unwrap().iter().find(|d| d["id"] == "anna").unwrap()["parked"].clone()
    };
    assert_eq!(row(&app), 3);
    // What the student suspends is no longer merely parked.
    app.ok(&["resume", "anna/three"]);
    app.ok(&["suspend", "anna/three"]);
    app.ok(&["resume", "--tag", "stroke"]);
    assert_eq!(row(&app), 1);
    app.ok(&["resume", "--deck", "anna"]);
    assert_eq!(row(&app), 0);
    assert_eq!(app.json(&["show", "anna/three"])["suspended"], true);
    assert_eq!(app.run(&["resume", "--deck", "anna"]).code, 3);
    app.healthy();
}

#[test]
fn doubles_and_contradictions_are_told_with_their_sources() {
    let app = App::new();
    app.ok(&["import", &app.file("anna.json", &deck("1", &three())), "--yes"]);
    let sourced = |body: &str| json!([{"body": body, "title": "Stroke", "year": 2026}]);
    let mut same = card("p", "WINDOW for intravenous thrombolysis", "4.5 hours");
    same["sources"] = sourced("AHA");
    let mut against = card("q", "Wells low and D-dimer negative?", "CT pulmonary angiography");
    against["sources"] = sourced("Nobody");
    let ben = json!({"format": 1, "id": "ben", "title": "Ben", "cards": [same, against, card("r", "Fresh?", "Yes")]});
    let file = app.file("ben.json", &ben);
    let plan = app.json(&["import", &file, "--dry-run"]);
    let alike = plan["decks"][0]["alike"].as_array().unwrap();
    assert_eq!(alike.len(), 2, "{plan}");
    assert_eq!(
        (&alike[0]["id"], &alike[0]["other"], &alike[0]["likeness"]),
        (&json!("p"), &json!("anna/one"), &json!("normalized"))
    );
    let both = &alike[1]["contradiction"];
    assert_eq!(both[0]["sources"][0], "Nobody, Stroke (2026)");
    assert_eq!((&both[1]["card"], &both[1]["answer"]), (&json!("anna/two"), &json!("No imaging")));
    assert!(app.ok(&["import", &file, "--dry-run"]).out.contains("Contradictions"));
    let done = app.json(&["import", &file, "--yes", "--duplicates", "skip"]);
    assert_eq!((&done["decks"][0]["skipped"], &done["decks"][0]["new"]), (&json!(["p"]), &json!(["q", "r"])));
    assert_eq!(app.own("ben")["cards"].as_array().unwrap().len(), 2);
    // Left out once, left out of the next version too.
    assert_eq!(app.json(&["import", &file, "--dry-run"])["decks"][0]["new"], json!([]));
}

#[test]
fn where_a_deck_came_from_is_told_and_every_field_is_in_the_audit() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    let came =
        |id: &str| json!({"deck": "anna", "card": id, "field": "", "action": "added", "before": null, "after": null});
    assert_eq!(app.json(&["import", "--audit", "1"]), json!([came("one"), came("two"), came("three")]));
    let mut theirs = three();
    theirs[1]["why"] = "Theirs.".into();
    app.ok(&["import", &app.file("from-anna.json", &deck("2", &theirs)), "--yes"]);
    let all = app.json(&["decks"]);
    let from = &all.as_array().unwrap().iter().find(|d| d["id"] == "anna").unwrap()["from"];
    assert_eq!((&from["file"], &from["version"], &from["import"]), (&json!("from-anna.json"), &json!("2"), &json!(2)));
    assert_eq!(from["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(from["by"], json!(["Anna"]));
    assert_eq!(app.json(&["show", "anna/one"])["from"], *from);
    assert!(app.ok(&["show", "anna/one"]).out.contains("from-anna.json"));
    let audit = app.json(&["import", "--audit", "2"]);
    assert_eq!(
        audit,
        json!([{"deck": "anna", "card": "two", "field": "why", "action": "changed", "before": null, "after": "Theirs."}])
    );
    let list = app.json(&["import", "--list"]);
    assert_eq!(list.as_array().unwrap().len(), 2);
}

#[test]
fn a_broken_deck_is_refused_whole() {
    let app = App::new();
    let mut broken = deck("1", &three());
    broken["cards"][1].as_object_mut().unwrap().remove("back");
    let ran = app.run(&["import", &app.file("broken.json", &broken), "--yes"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("cards[1].back") && ran.err.contains("hint: "), "{}", ran.err);
    assert!(!app.deck_path("anna").exists());
    for (name, text) in
        [("empty", ""), ("cut", "{\"format\": 1, \"id\""), ("deep", &"[".repeat(100_000)), ("odd", "{\"a\": 1}")]
    {
        let path = app.home().parent().unwrap().join(name);
        std::fs::write(&path, text).unwrap();
        let ran = app.run(&["import", &path.to_string_lossy(), "--yes"]);
        assert_eq!(ran.code, 1, "{name}: {}", ran.out);
        assert!(ran.err.contains("hint: "), "{name}: {}", ran.err);
    }
    let ran = app.run(&["import", "no-such-file.json", "--yes"]);
    assert_eq!(ran.code, 1);
}

#[test]
fn a_file_of_changes_changes_only_what_is_in_it() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    let other = App::new();
    let v1 = other.file("v1.json", &deck("1", &three()));
    other.ok(&["import", &v1, "--yes"]);
    other.rewrite("anna", |d| {
        d["version"] = "2".into();
        d["cards"][0]["why"] = "Because.".into();
        d["cards"].as_array_mut().unwrap().remove(2);
        d["cards"].as_array_mut().unwrap().push(card("new", "New?", "Yes"));
    });
    let out = other.home().join("changes.json").to_string_lossy().into_owned();
    let ran = other.ok(&["export", "anna", "--only-changed", &v1, "-o", &out]);
    assert!(ran.err.contains("2 cards, 1 removed"), "{}", ran.err);
    let plan = app.json(&["import", &out, "--yes", "--removed", "archive"]);
    let row = &plan["decks"][0];
    assert_eq!((&row["new"], &row["removed"]), (&json!(["new"]), &json!(["three"])));
    assert_eq!(row["changed"][0]["id"], "one");
    let ids: Vec<Value> = app.own("anna")["cards"].as_array().unwrap().iter().map(|c| c["id"].clone()).collect();
    assert_eq!(ids, ["one", "two", "new"], "\"two\" was not in the file and stays");
    // The whole second version then has nothing new to say.
    let whole = other.home().join("v2.json").to_string_lossy().into_owned();
    other.ok(&["export", "anna", "-o", &whole]);
    assert!(app.ok(&["import", &whole, "--yes"]).out.contains("Nothing to change"));
}

#[test]
fn killed_after_the_commit_the_next_start_finishes() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    // As a kill between the commit and the rename leaves it: the new file beside, the promise in the database.
    let mut theirs = three();
    theirs[0]["why"] = "Theirs.".into();
    let v2 = app.file("v2.json", &deck("2", &theirs));
    let old = bytes(&app.deck_path("anna"));
    app.ok(&["import", &v2, "--yes"]);
    let new = bytes(&app.deck_path("anna"));
    std::fs::write(app.deck_path("anna"), &old).unwrap();
    std::fs::write(app.home().join("decks/.anna.json.x.import"), &new).unwrap();
    let db = rusqlite::Connection::open(app.database()).unwrap();
    let sha = <sha2::Sha256 as sha2::Digest>::digest(&old).to_vec();
    db.execute("INSERT INTO pending (path, ready, before) VALUES ('anna.json', '.anna.json.x.import', ?1)", [sha])
        .unwrap();
    drop(db);
    assert_eq!(app.json(&["show", "anna/one"])["content"]["why"], "Theirs.");
    assert_eq!(bytes(&app.deck_path("anna")), new);
    app.healthy();
    // A hand edit in that very gap is kept beside, and told.
    let db = rusqlite::Connection::open(app.database()).unwrap();
    std::fs::write(app.home().join("decks/.anna.json.y.import"), &new).unwrap();
    std::fs::write(app.deck_path("anna"), b"{\"my\": \"edit\"}").unwrap();
    db.execute("INSERT INTO pending (path, ready, before) VALUES ('anna.json', '.anna.json.y.import', x'00')", [])
        .unwrap();
    drop(db);
    let ran = app.ok(&["decks"]);
    assert!(ran.err.contains("anna.json.kept-1"), "{}", ran.err);
    assert_eq!(bytes(&app.home().join("decks/anna.json.kept-1")), b"{\"my\": \"edit\"}");
    app.healthy();
}

#[test]
fn a_history_travels_only_when_asked_and_only_once() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/one", true, "sure");
    app.recall("anna/two", false, "think");
    app.ok(&["suspend", "anna/three"]);
    let out = app.home().join("all.json").to_string_lossy().into_owned();
    let ran = app.ok(&["export", "anna", "--with-history", "-o", &out]);
    assert!(ran.err.contains("WITH your schedule"), "{}", ran.err);
    let mut other = App::new();
    other.on("2026-03-02");
    other.ok(&["import", &out, "--yes"]);
    assert_eq!(other.healthy(), 0, "new cards, no history");
    other.ok(&["import", &out, "--yes", "--with-history"]);
    assert_eq!(other.healthy(), 3);
    other.ok(&["import", &out, "--yes", "--with-history"]);
    assert_eq!(other.healthy(), 3);
    for name in ["anna/one", "anna/two", "anna/three"] {
        let (a, b) = (app.json(&["show", name]), other.json(&["show", name]));
        assert_eq!(
            (&a["due"], &a["ease"], &a["suspended"], &a["history"]),
            (&b["due"], &b["ease"], &b["suspended"], &b["history"])
        );
    }
    // Content alone says nothing of how one answered.
    let plain = app.ok(&["export", "anna"]).out;
    assert!(!plain.contains("history") && !plain.contains("confidence"), "{plain}");
}

#[test]
fn events_from_the_future_are_left_out_whatever_they_say_of_their_time() {
    let app = App::new();
    let event = |id: &str, at: &str| json!({"id": id, "at": at, "device": "x", "kind": "answered", "recalled": true, "confidence": "sure", "grade": 5, "ms": 1});
    let bundle = json!({"scanwise": "bundle", "decks": [deck("1", &three())], "history": {
        // An id of the far future on an event that claims to be old would make every later id lower than this one.
        "anna/one": [event("ffffffff-ffff-7fff-bfff-ffffffffffff", "2026-02-01T09:00:00Z")],
        "anna/two": [event("019c1a2b-0000-7000-8000-000000000001", "2027-02-01T09:00:00Z")],
        "anna/three": [event("019c1a2b-0000-7000-8000-000000000002", "2026-02-01T09:00:00Z")]}});
    let ran = app.ok(&["import", &app.file("b.json", &bundle), "--yes", "--with-history"]);
    assert!(ran.out.contains("2 reviews left out"), "{}", ran.out);
    assert_eq!(app.healthy(), 1);
    app.recall("anna/one", true, "sure");
    app.ok(&["undo"]);
    assert_eq!(app.json(&["show", "anna/one"])["due"], Value::Null, "the last answer is still the last");
    assert_eq!(app.json(&["show", "anna/three"])["answers"], 1);
}

#[test]
fn a_history_taken_back_comes_in_again_with_the_next_import() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/one", true, "sure");
    let out = app.home().join("all.json").to_string_lossy().into_owned();
    app.ok(&["export", "anna", "--with-history", "-o", &out]);
    let mut other = App::new();
    other.on("2026-03-02");
    other.ok(&["import", &out, "--yes", "--with-history"]);
    let first = other.json(&["show", "anna/one"]);
    other.ok(&["import", "--undo", "--yes"]);
    assert_eq!(other.json(&["show", "anna/one"])["answers"], 0);
    other.ok(&["import", &out, "--yes", "--with-history"]);
    let again = other.json(&["show", "anna/one"]);
    assert_eq!((&again["answers"], &again["due"], &again["ease"]), (&first["answers"], &first["due"], &first["ease"]));
    other.healthy();
    // And back and forth once more.
    other.ok(&["import", "--undo", "--yes"]);
    assert_eq!(other.json(&["show", "anna/one"])["answers"], 0);
    other.ok(&["import", &out, "--yes", "--with-history"]);
    assert_eq!(other.json(&["show", "anna/one"])["answers"], 1);
    other.healthy();
}

#[test]
fn undo_of_an_import_that_turned_an_answer_back_restores_the_change() {
    let mut app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    app.recall("anna/one", true, "sure");
    let mut theirs = three();
    theirs[0]["back"] = "9 hours".into();
    app.on("2026-03-05");
    app.ok(&["import", &app.file("v2.json", &deck("2", &theirs)), "--yes"]);
    let turned = app.json(&["show", "anna/one"]);
    app.on("2026-03-08");
    app.ok(&["import", &app.file("v3.json", &deck("3", &three())), "--yes"]);
    assert_ne!(app.json(&["show", "anna/one"])["due"], turned["due"], "a change taken back is none");
    app.on("2026-03-09");
    app.ok(&["import", "--undo", "--yes"]);
    let back = app.json(&["show", "anna/one"]);
    for field in ["due", "interval", "repetition", "changed", "answers"] {
        assert_eq!(back[field], turned[field], "{field}");
    }
    app.healthy();
}

/// A moment of the default clock, `minutes` later.
fn at(minutes: i64) -> Stamp {
    Stamp { utc_ms: 1_772_373_600_000 + minutes * 60_000, offset_s: -18_000 }
}

/// The newest change of decks that was not taken back.
fn newest(store: &Store) -> Option<i64> {
    store.imports(100).unwrap().into_iter().find(|i| !i.undone).map(|i| i.number)
}

#[test]
fn an_undo_that_was_asked_about_too_long_takes_back_nothing_else() {
    let app = App::new();
    let mut one = Store::open(&app.home(), at(0)).unwrap();
    let key = CardKey::parse("stroke-neurovascular/sudden-aphasia-at-the-door").unwrap();
    let theirs: Value = serde_json::from_str(&one.bundled_card(&key).unwrap().unwrap()).unwrap();
    let version = |store: &mut Store, note: &str, minutes: i64| {
        let mut mine = theirs.clone();
        mine["note"] = note.into();
        let mine = scanwise::deck::print::canonical(&mine.to_string()).unwrap();
        assert!(store.set_variant(&key, &mine, at(minutes)).unwrap());
        mine
    };
    version(&mut one, "First.", 1);
    let plan = one.import_to_undo(newest(&one)).unwrap().unwrap();
    // While one process asks, another takes the same edit back and makes a new one.
    let mut two = Store::open(&app.home(), at(2)).unwrap();
    let same = two.import_to_undo(newest(&two)).unwrap().unwrap();
    two.take_back(&same, at(3)).unwrap();
    let kept = version(&mut two, "Second.", 4);
    assert!(one.take_back(&plan, at(5)).is_err());
    assert_eq!(one.variant(&key).unwrap().map(|v| v.mine), Some(kept));
    let last = one.import_to_undo(newest(&one)).unwrap().unwrap();
    one.take_back(&last, at(6)).unwrap();
    assert_eq!(one.variant(&key).unwrap(), None);
    app.healthy();
}

#[test]
fn an_import_counts_by_the_settings_of_the_moment_it_is_written() {
    let app = App::new();
    let review = |id: &str, at: &str| json!({"id": id, "at": at, "device": "x", "kind": "answered", "recalled": true, "confidence": "sure", "grade": 5, "ms": 1});
    // Answered at 05:00: with a day that ends at 6 it belongs to the day before.
    let events = [review("019c1a2b-0000-7000-8000-000000000001", "2026-02-01T05:00:00-05:00")];
    let bundle = json!({"scanwise": "bundle", "decks": [deck("1", &three())], "history": {"anna/one": events}});
    let file = app.file("b.json", &bundle);
    let mut one = Store::open(&app.home(), at(0)).unwrap();
    let options = Options { with_history: true, ..Options::default() };
    let incoming = |file: &str| {
        let scratch = tempfile::TempDir::new().unwrap();
        let options = ReadOptions { maps: Vec::new(), with_history: true };
        read::read(file.as_ref(), "b.json", scratch.path(), &options, &mut |_, _, _| {}).unwrap()
    };
    let plan = Plan::make(&one, incoming(&file), &options, &mut |_, _, _| {}).unwrap();
    let write = plan.write("b.json", [0; 32], &options, at(1));
    app.ok(&["config", "rollover_hour", "6"]);
    one.carry_out(&write, at(1)).unwrap();
    app.healthy();
    assert_eq!(app.json(&["show", "anna/one"])["due"], "2026-02-01");
    let undo = one.import_to_undo(None).unwrap().unwrap();
    app.recall("anna/one", true, "sure");
    app.ok(&["config", "rollover_hour", "3"]);
    one.take_back(&undo, at(2)).unwrap();
    app.healthy();
}

#[test]
fn everybodys_card_ids_do_not_make_two_decks_one() {
    let app = App::new();
    let of = |author: &str, title: &str, cards: &[Value]| json!({"format": 1, "id": "notes", "title": title, "authors": [author], "cards": cards});
    let cleo = of(
        "Cleo",
        "Cleo's",
        &[card("q1", "First study in stroke?", "CT head"), card("q2", "Contrast allergy?", "Ask what happened")],
    );
    let dan = of(
        "Dan",
        "Dan's",
        &[
            card("q1", "Hip pain in a limping child?", "Ultrasound"),
            card("q2", "Bilious vomiting on day one?", "Upper GI series"),
        ],
    );
    app.ok(&["import", &app.file("cleo.json", &cleo), "--yes"]);
    let plan = app.json(&["import", &app.file("dan.json", &dan), "--yes"]);
    assert_eq!(plan["decks"][0]["deck"], "notes-2");
    assert_eq!(app.own("notes")["cards"][0]["front"], "First study in stroke?");
    // Reworded, it is still Cleo's.
    let mut again = cleo.clone();
    again["cards"][0]["front"] = "Which study comes first in stroke?".into();
    assert_eq!(app.json(&["import", &app.file("cleo2.json", &again), "--yes"])["decks"][0]["deck"], "notes");
}

#[test]
fn an_edit_of_ones_own_does_not_stand_before_the_undo_of_an_import() {
    let app = App::new();
    app.ok(&["import", &app.file("v1.json", &deck("1", &three())), "--yes"]);
    let mut theirs = three();
    theirs[0]["why"] = "Theirs.".into();
    app.ok(&["import", &app.file("v2.json", &deck("2", &theirs)), "--yes"]);
    let text = app.ok(&["edit", "anna/two", "--print"]).out.replace("No imaging", "No imaging at all");
    let ran = app.typed(&["edit", "anna/two", "--from", "-"], &text);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // An import that another builds on waits for it.
    let ran = app.run(&["import", "--undo", "1", "--yes"]);
    assert!(ran.code == 1 && ran.err.contains("hint: take 2 back first: `scanwise import --undo 2`"), "{}", ran.err);
    app.ok(&["import", "--undo", "--yes"]);
    let now = app.own("anna");
    assert_eq!((now["cards"][0].get("why"), &now["cards"][1]["back"]), (None, &json!("No imaging at all")));
    // The edit goes by its number, and leaves the base alone.
    app.ok(&["import", "--undo", "3", "--yes"]);
    assert_eq!(app.own("anna")["cards"][1]["back"], "No imaging");
    let v2 = app.file("v2.json", &deck("2", &theirs));
    assert_eq!(app.json(&["import", &v2, "--dry-run"])["decks"][0]["changed"][0]["id"], "one");
    app.healthy();
}

#[test]
fn a_table_under_another_name_finds_the_deck_it_is_told() {
    let app = App::new();
    let write = |name: &str, text: &str| {
        let path = app.home().parent().unwrap().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let v1 =
        write("mine.csv", "id,front,back\na,First study in stroke?,CT head\nb,Stone in pregnancy?,Renal ultrasound\n");
    let v2 = write(
        "mine-v2.csv",
        "id,front,back\na,First study in stroke?,CT head\nb,Stone in pregnancy?,Renal and bladder ultrasound\n",
    );
    app.ok(&["import", &v1, "--yes", "--deck", "mine"]);
    let plan = app.json(&["import", &v2, "--yes", "--deck", "mine"]);
    assert_eq!((&plan["decks"][0]["changed"][0]["id"], &plan["decks"][0]["conflicts"]), (&json!("b"), &json!([])));
}

#[test]
fn what_is_odd_about_a_file_is_said() {
    let app = App::new();
    app.ok(&["import", &app.file("v2.json", &deck("2026.11", &three())), "--yes"]);
    let ran = app.ok(&["import", &app.file("v1.json", &deck("2026.9", &three())), "--dry-run"]);
    assert!(ran.out.contains("OLDER"), "{}", ran.out);
    let changes = json!({"scanwise": "changes", "base": {"id": "anna", "version": "7"}, "removed": [],
        "deck": deck("2027", &[card("four", "New?", "Yes")])});
    let file = app.file("c.json", &changes);
    // Nothing in it is known here by content, so it is a deck of its own of which most is missing.
    let ran = App::new().run(&["import", &file, "--dry-run"]);
    assert!(ran.out.contains("only a part of the deck"), "{}", ran.out);
}

#[test]
fn from_a_pipe_with_a_name() {
    let app = App::new();
    let ran = app.typed(&["import", "/dev/stdin", "--yes"], &deck("1", &three()).to_string());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(decks(&app).contains(&"anna".to_owned()));
}

#[test]
fn an_answer_made_to_look_like_another_is_still_another() {
    // Both have one number in a hash whose steps can be taken back.
    let app = App::new();
    let front = "First study for sudden tearing chest pain?";
    let mut first = deck("1", &[card("q", front, "CT chest(     A(")]);
    app.ok(&["import", &app.file("x1.json", &first), "--yes"]);
    first["id"] = "other".into();
    first["cards"][0]["back"] = "MRI020334kLvZXg)".into();
    let ran = app.ok(&["import", &app.file("x2.json", &first), "--yes", "--duplicates", "skip"]);
    assert!(ran.out.contains("1 new") && !ran.out.contains("exact"), "{}", ran.out);
}

#[test]
fn what_a_file_does_not_say_of_a_deck_stays() {
    let app = App::new();
    let mut first = deck("1", &three());
    first["license"] = "CC-BY-4.0".into();
    first["description"] = "Window times.".into();
    app.ok(&["import", &app.file("v1.json", &first), "--yes"]);
    let mut second = first.clone();
    second.as_object_mut().unwrap().retain(|field, _| !["license", "authors"].contains(&field.as_str()));
    second["description"] = "Window times, and doses.".into();
    app.ok(&["import", &app.file("v2.json", &second), "--yes"]);
    let own = app.own("anna");
    assert_eq!((&own["license"], &own["authors"]), (&json!("CC-BY-4.0"), &json!(["Anna"])));
    assert_eq!(own["description"], "Window times, and doses.");
    // And it is still theirs to change, for nobody changed it here.
    let mut third = second.clone();
    third["license"] = "CC0-1.0".into();
    third["authors"] = json!(["Anna", "Berta"]);
    app.ok(&["import", &app.file("v3.json", &third), "--yes"]);
    let own = app.own("anna");
    assert_eq!((&own["license"], &own["authors"]), (&json!("CC0-1.0"), &json!(["Anna", "Berta"])));
}

/// Every row that decks are stored in, except when the file was looked at.
fn stored(app: &App) -> Vec<String> {
    let db = rusqlite::Connection::open(app.database()).unwrap();
    let mut rows = Vec::new();
    for table in ["deck", "card", "name", "event"] {
        let mut all = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
        let width = all.column_count();
        let row = |r: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
            let cells = (0..width).map(|i| r.get::<_, rusqlite::types::Value>(i));
            Ok(format!("{table} {:?}", cells.collect::<rusqlite::Result<Vec<_>>>()?))
        };
        rows.extend(all.query_map([], row).unwrap().map(Result::unwrap));
    }
    rows
}

#[test]
fn an_import_stores_what_reading_its_file_would() {
    let app = App::new();
    let mut shipped: Value = serde_json::from_str(include_str!("../decks/stroke-neurovascular.json")).unwrap();
    shipped["id"] = "borrowed".into();
    let cards = shipped["cards"].as_array_mut().unwrap();
    cards.truncate(12);
    cards.push(card("odd", "Quote \" and \\ ?", "{\"a\": [ ]}"));
    cards.push(json!({
        "id": "two-parts", "type": "cloze", "domain": "chest", "tags": ["ct", "dose"], "text": "{{c1::A}} and {{c2::B}}",
    }));
    let reread = |step: &str| {
        let written = stored(&app);
        let db = rusqlite::Connection::open(app.database()).unwrap();
        assert_eq!(db.execute("UPDATE file SET sha256 = x'00', settled = 0", []).unwrap(), 1);
        drop(db);
        app.healthy();
        assert_eq!(stored(&app), written, "{step}");
    };
    app.ok(&["import", &app.file("v1.json", &shipped), "--yes"]);
    assert!(stored(&app).iter().any(|row| row.contains("borrowed/two-parts#2")));
    reread("a new deck");
    // Merged: one of theirs, one of mine, one that is gone and one that is only here.
    app.rewrite("borrowed", |deck| {
        deck["cards"][1]["tags"] = json!(["mine"]);
        deck["cards"].as_array_mut().unwrap().push(card("only-here", "Only here?", "Yes"));
    });
    app.ok(&["decks"]);
    shipped["cards"][0]["domain"] = "moved".into();
    shipped["cards"].as_array_mut().unwrap().remove(5);
    app.ok(&["import", &app.file("v2.json", &shipped), "--yes", "--removed", "archive"]);
    reread("a merged deck");
}
