//! What `import` says: of which file it speaks, what comes in, what it did, and what has to be taken back first. And
//! what a killed one leaves behind.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, decision};
use scanwise::model::Stamp;
use scanwise::store::Store;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};
use unicode_width::UnicodeWidthStr;

fn card(id: &str, front: &str, back: &str) -> Value {
    json!({"id": id, "type": "basic", "domain": "neurology", "front": front, "back": back})
}

fn deck(id: &str, version: &str, cards: &[Value]) -> Value {
    json!({"format": 1, "id": id, "title": "Anna's cards", "version": version, "authors": ["Anna"], "cards": cards})
}

fn four() -> [Value; 4] {
    [
        card("one", "Window for intravenous thrombolysis?", "4.5 hours"),
        card("two", "Wells low and D-dimer negative?", "No imaging"),
        card("three", "First study in suspected stones?", "CT without contrast"),
        card("four", "First study in biliary colic?", "Ultrasound"),
    ]
}

/// A file beside the home; its name within that folder, in which every command runs.
fn file(app: &App, name: &str, value: &Value) -> String {
    let path = app.home().parent().unwrap().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, value.to_string()).unwrap();
    name.to_owned()
}

#[test]
fn an_error_and_the_preview_name_the_path_as_it_was_given() {
    let app = App::new();
    let good = file(&app, "anna/deck.json", &deck("anna", "1", &four()));
    let mut value = deck("ben", "1", &four());
    value["cards"][1].as_object_mut().unwrap().remove("back");
    let broken = file(&app, "ben/deck.json", &value);
    let ran = app.run(&["import", &good, &broken, "--yes"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("anna/deck.json\n"), "{}", ran.out);
    assert!(ran.err.starts_with("error: ben/deck.json: line 1: cards[1].back"), "{}", ran.err);
    let plan = app.json(&["import", &good, "--dry-run"]);
    assert_eq!((&plan["source"], &plan["path"]), (&json!("deck.json"), &json!("anna/deck.json")));
    // Where a deck came from says nothing of the folders of this machine.
    let list = app.json(&["import", "--list"]);
    assert_eq!(list[0]["file"], "deck.json");
    assert!(!app.ok(&["import", "--list"]).out.contains("anna/"));
    // A conflict is one of a file too.
    let mut theirs = four();
    theirs[0]["why"] = "Theirs.".into();
    let next = file(&app, "new/deck.json", &deck("anna", "2", &theirs));
    let mine = app.home().join("decks/anna.json");
    let text = std::fs::read_to_string(&mine).unwrap();
    let mut own: Value = serde_json::from_str(&text).unwrap();
    own["cards"][0]["why"] = "Mine.".into();
    std::fs::write(&mine, own.to_string()).unwrap();
    let ran = app.run(&["import", &next, "--yes"]);
    assert!(ran.err.starts_with("error: new/deck.json: 1 card changed by both sides"), "{}", ran.err);
}

#[test]
fn a_new_card_shows_its_answer_in_one_line() {
    let app = App::new();
    let long = "Ultrasound of the right upper quadrant, fasting, and 痛みがある hepatobiliary scintigraphy only when it says nothing at all";
    let mut cards = vec![card("one", "First study in biliary colic?", long)];
    cards.push(serde_json::from_str(&decision("two", "")).unwrap());
    cards.push(json!({"id": "three", "type": "cloze", "domain": "neurology", "text": "TNK {{c1::0.25 mg/kg}}."}));
    let path = file(&app, "anna.json", &deck("anna", "1", &cards));
    for columns in ["40", "120"] {
        let ran = app.command(&["import", &path, "--dry-run"]).env("COLUMNS", columns).output().unwrap();
        let out = String::from_utf8(ran.stdout).unwrap();
        let wide = columns.parse::<usize>().unwrap();
        assert!(out.lines().all(|l| l.width() <= wide), "{out}");
        let after = |id: &str, n: usize| {
            let mut lines = out.lines().skip_while(|l| !l.starts_with(&format!("  + {id}: ")));
            lines.find(|l| l.starts_with("    = ")).map(|l| l.chars().take(n).collect::<String>()).unwrap()
        };
        assert_eq!(after("one", 30), "    = Ultrasound of the right ");
        assert_eq!(after("two", 30), "    = CT pulmonary angiography");
        assert!(out.lines().any(|l| l.starts_with("    = Ultrasound") && l.ends_with("...")), "{out}");
        assert_eq!(out.matches("    = ").count(), 2, "a cloze shows its answer already: {out}");
    }
    let out = app.ok(&["import", &path, "--dry-run", "--verbose"]).out;
    assert!(out.split_whitespace().collect::<Vec<_>>().join(" ").contains(long), "nothing is left out: {out}");
    let plan = app.json(&["import", &path, "--dry-run"]);
    let new = &plan["decks"][0]["new_cards"];
    assert_eq!(new[0], json!({"id": "one", "front": "First study in biliary colic?", "answer": long}));
    assert_eq!(new[1]["answer"], "CT pulmonary angiography");
    assert_eq!((&new[2]["front"], &new[2]["answer"]), (&json!("TNK {{c1::0.25 mg/kg}}."), &json!("0.25 mg/kg")));
    assert_eq!(plan["decks"][0]["new"], json!(["one", "two", "three"]));
}

#[test]
fn the_list_counts_everything_an_import_did() {
    let app = App::new();
    let mut cards = four().to_vec();
    cards.push(json!({"id": "five", "type": "cloze", "domain": "neurology", "text": "TNK {{c1::0.25 mg/kg}} in {{c2::4.5 h}}."}));
    app.ok(&["import", &file(&app, "v1.json", &deck("anna", "1", &cards)), "--yes", "--park"]);
    for (version, action) in [("2", "archive"), ("3", "suspend"), ("4", "keep")] {
        cards.pop();
        cards[0]["why"] = format!("Version {version}.").into();
        let path = file(&app, &format!("v{version}.json"), &deck("anna", version, &cards));
        app.ok(&["import", &path, "--yes", "--removed", action]);
    }
    let review = json!({"id": "019c1a2b-0000-7000-8000-000000000002", "at": "2026-02-01T09:00:00Z", "device": "x",
        "kind": "answered", "recalled": true, "confidence": "sure", "grade": 5, "ms": 1});
    let bundle = json!({"scanwise": "bundle", "decks": [deck("anna", "4", &cards)], "history": {"anna/one": [review]}});
    app.ok(&["import", &file(&app, "all.json", &bundle), "--yes", "--with-history"]);
    let out = app.ok(&["import", "--list"]).out;
    let said: Vec<&str> = out.lines().filter_map(|l| l.strip_prefix("    ")).collect();
    assert_eq!(
        said,
        [
            "anna: 2 unchanged; 1 review",
            "anna: 1 changed, 1 kept that its author removed, 1 unchanged",
            "anna: 1 changed, 1 suspended, 2 unchanged",
            "anna: 1 changed, 1 archived, 3 unchanged",
            "anna: 5 new, 5 parked",
        ]
    );
    let list = app.json(&["import", "--list"]);
    let of = |n: usize| &list[n]["summary"]["decks"][0];
    assert_eq!((&of(4)["new"], &of(4)["parked"]), (&json!(5), &json!(5)));
    assert_eq!((&of(3)["removed"], &of(3)["archived"], &of(3)["suspended"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!((&of(2)["removed"], &of(2)["archived"], &of(2)["suspended"]), (&json!(1), &json!(0), &json!(1)));
    assert_eq!((&of(1)["removed"], &of(1)["archived"], &of(1)["suspended"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(list[0]["summary"]["reviews"], 1);
}

/// A moment of the default clock, `minutes` later.
fn at(minutes: i64) -> Stamp {
    Stamp { utc_ms: 1_772_373_600_000 + minutes * 60_000, offset_s: -18_000 }
}

#[test]
fn an_undo_that_others_stand_on_says_which_to_take_back_first() {
    let app = App::new();
    let import = |name: &str, decks: &[Value]| {
        let bundle = json!({"scanwise": "bundle", "decks": decks});
        app.ok(&["import", &file(&app, name, &bundle), "--yes"]);
    };
    let of = |id: &str, version: &str| {
        let mut cards = four();
        cards[0]["id"] = format!("{id}-one").into();
        cards[0]["why"] = format!("Version {version}.").into();
        deck(id, version, &cards)
    };
    import("1.json", &[of("anna", "1")]);
    let mut one = Store::open(&app.home(), at(1)).unwrap();
    let plan = one.import_to_undo(Some(1)).unwrap().unwrap();
    import("2.json", &[of("anna", "2"), of("ben", "1")]);
    import("3.json", &[of("cleo", "1")]);
    // It stands on the first as well, by way of the second.
    import("4.json", &[of("ben", "2")]);
    let ran = app.run(&["import", "--undo", "1", "--yes"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("imports 4 and 2 came after import 1 and build on it"), "{}", ran.err);
    assert!(ran.err.contains("hint: take 4 back first, then 2: `scanwise import --undo 4`"), "{}", ran.err);
    // The same while an undo waits for an answer.
    let e = one.take_back(&plan, at(2)).unwrap_err();
    assert!(e.to_string().contains("imports 4 and 2 came after import 1"), "{e}");
    assert_eq!(e.hint(), "take 4 back first, then 2: `scanwise import --undo 4`");
    app.ok(&["import", "--undo", "4", "--yes"]);
    let ran = app.run(&["import", "--undo", "1", "--yes"]);
    assert!(ran.err.contains("import 2 came after import 1 and builds on it"), "{}", ran.err);
    app.ok(&["import", "--undo", "2", "--yes"]);
    app.ok(&["import", "--undo", "1", "--yes"]);
    let e = one.take_back(&plan, at(3)).unwrap_err();
    assert!(e.to_string().contains("import 1 was taken back already"), "{e}");
    app.healthy();
}

#[test]
fn a_flip_gets_no_name_that_a_cloze_has() {
    let app = App::new();
    let cloze = |id: &str, n: u8| {
        format!(r#"{{"id":"{id}","type":"cloze","domain":"neurology","text":"TNK {{{{c{n}::0.25 mg/kg}}}}."}}"#)
    };
    let cards = [decision("pe", ""), cloze("pe-pregnant", 1), cloze("tnk-0-25-mg-kg", 2)].join(",");
    app.write_deck("mine", &common::deck("mine", &cards));
    let out = app.ok(&["edit", "mine/pe", "--flip", "pregnant", "--print"]).out;
    assert!(out.lines().next().unwrap().contains("mine/pe-pregnant-2"), "{out}");
    // One whose only deletion is its second has a name too.
    let added = app.json(&["add", "--cloze", "TNK {{c1::0.25 mg/kg}}"]);
    assert_eq!(added["card"], "mine/tnk-0-25-mg-kg-2", "{added}");
}

fn leftovers(app: &App) -> Vec<String> {
    let names = std::fs::read_dir(app.home().join("decks")).unwrap().map(|e| e.unwrap().file_name());
    names.map(|n| n.to_string_lossy().into_owned()).filter(|n| n.starts_with('.')).collect()
}

/// An import in the midst of its work: it has its folder, and waits for the rest of its input.
fn under_way(app: &App) -> std::process::Child {
    let before = leftovers(app);
    let child = app
        .command(&["import", "-", "--yes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = (0..4_000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        leftovers(app).iter().any(|name| !before.contains(name))
    });
    assert!(begun, "no scratch folder");
    child
}

#[cfg(unix)]
#[test]
fn what_a_killed_import_left_goes_at_the_next_one_unless_another_is_at_work() {
    let app = App::new();
    let path = file(&app, "v1.json", &deck("anna", "1", &four()));
    app.ok(&["import", &path, "--yes"]);
    let mut killed = under_way(&app);
    let decks = app.home().join("decks");
    std::fs::write(decks.join(".anna.json.x.import"), "staged").unwrap();
    // It may still be at work: nothing that is young is touched.
    app.ok(&["import", &path, "--yes"]);
    assert_eq!(leftovers(&app).len(), 2);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(leftovers(&app).len(), 2);
    let mut other = under_way(&app);
    assert_eq!(leftovers(&app).len(), 1, "one was killed, and its leftovers went; the other is at work");
    other.kill().unwrap();
    other.wait().unwrap();
    // Where somebody is at work, what is old goes all the same.
    let mut other = under_way(&app);
    let old = std::fs::File::create(decks.join(".anna.json.old.import")).unwrap();
    old.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    app.ok(&["import", &path, "--yes"]);
    assert!(!leftovers(&app).contains(&".anna.json.old.import".to_owned()));
    assert_eq!(leftovers(&app).len(), 1);
    other.kill().unwrap();
    other.wait().unwrap();
    // What a committed import promised waits for its place, whoever is or is not at work.
    let hold = |name: &str| {
        let folder: PathBuf = decks.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("ct.png"), "picture").unwrap();
    };
    hold(".incoming-promised");
    let db = rusqlite::Connection::open(app.database()).unwrap();
    db.execute_batch(
        "CREATE TRIGGER kept BEFORE DELETE ON pending BEGIN SELECT RAISE (IGNORE); END;
         INSERT INTO pending (path, ready, before) VALUES ('anna.media/x.png', '.incoming-promised/x.png', NULL);",
    )
    .unwrap();
    app.ok(&["import", &path, "--yes"]);
    assert_eq!(leftovers(&app), [".incoming-promised"]);
    assert!(Path::new(&decks.join(".incoming-promised/ct.png")).exists());
}
